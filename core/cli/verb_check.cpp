// SPDX-License-Identifier: Apache-2.0
#include "cli/context.hpp"
#include "cli/doctor.hpp"
#include "cli/json_view.hpp"
#include "cli/verb_list.hpp"

#include <filesystem>
#include <utility>

namespace holdfast::cli {
namespace {

void addRoom(std::vector<DiskRoom>& disks, const std::string& path, const std::string& holds) {
  std::error_code none;
  const auto space = std::filesystem::space(path, none);
  if (!path.empty() && !none) {
    disks.push_back({path, holds, space.available, space.capacity});
  }
}

// Where images are is said by the engines. An engine on another machine has none of its paths here.
std::vector<DiskRoom> roomFor(const boost::json::value& info) {
  std::vector<DiskRoom> disks;
  for (const auto& runtime : list(info, "runtimes")) {
    const auto* const engine = member(runtime, "engine");
    const std::string path = engine == nullptr ? "" : rawText(*engine, "dataRoot");
    addRoom(disks, path, "images of " + text(runtime, "name"));
  }
  addRoom(disks, rawText(info, "stateDirectory"), "the agent's memory");
  return disks;
}

int run(Context& context) {
  CheckInput input;
  const Answer info = get(context, "/v1/info");
  input.now = info.at;
  input.info = info.body;
  input.plugins = get(context, "/v1/plugins").body;
  input.notifiers = get(context, "/v1/notifiers").body;
  input.services = get(context, "/v1/services").body;
  input.disks = roomFor(input.info);

  const auto findings = examine(input);
  if (context.wantsJson()) {
    printJson(context, checkJson(findings));
  } else {
    context.console.out(checkText(findings));
  }
  return verdictOf(findings) == Verdict::Failed ? kFailed : kDone;
}

}  // namespace

VerbSpec checkVerb() {
  return {.name = "check",
          .summary = "look over everything the agent needs, with what to do",
          .details =
              "Configuration, target, engines, registries, clock, disk, plugins, notifiers and the "
              "connection to "
              "the cloud: a verdict for each, and what to do where something is wrong. Nothing is "
              "changed. Exits 1 when something has failed. The files of the configuration are "
              "checked by "
              "'holdfastd --check-config', without a running agent.",
          .examples =
              "holdfast check\n"
              "holdfast check -o json",
          .run = run};
}

}  // namespace holdfast::cli

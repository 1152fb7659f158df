// SPDX-License-Identifier: Apache-2.0
#include "cli/version_view.hpp"

#include "cli/json_view.hpp"
#include "cli/section_writer.hpp"

namespace holdfast::cli {
namespace json = boost::json;
namespace {

constexpr std::string_view kVersion = HOLDFAST_VERSION;

std::string engineVersion(const json::value& runtime) {
  const json::value* const engine = member(runtime, "engine");
  if (engine == nullptr || !flag(runtime, "available")) {
    const std::string problem = text(runtime, "problem");
    return problem.empty() ? "not known yet" : "not reachable: " + problem;
  }
  return text(*engine, "name") + " " + text(*engine, "version") + " (API " +
         text(*engine, "apiVersion") + ")";
}

}  // namespace

std::string versionText(const json::value* info) {
  SectionWriter out;
  out.field("holdfast", kVersion);
  if (info == nullptr) {
    out.field("holdfastd", "not reachable");
    return out.result();
  }
  static const json::value kNone;
  const json::value* const found = member(*info, "versions");
  const json::value& versions = found == nullptr ? kNone : *found;
  out.field("holdfastd", text(versions, "agent"));
  out.field("SDK", text(versions, "sdk"));
  out.field("ABI", text(versions, "abi"));
  for (const json::value& runtime : list(*info, "runtimes")) {
    out.field(text(runtime, "name"), engineVersion(runtime));
  }
  return out.result();
}

json::value versionJson(const json::value* info) {
  return json::object{{"client", {{"version", kVersion}}},
                      {"agent", info == nullptr ? json::value() : *info}};
}

}  // namespace holdfast::cli

// SPDX-License-Identifier: Apache-2.0
#include "runtime/common/engine_info.hpp"

#include "holdfast/support/json.hpp"

#include <array>
#include <optional>
#include <string>
#include <utility>

namespace holdfast::runtime {
namespace {

// The kernel's words for machines, as GOARCH has them.
std::string_view goArchitecture(std::string_view machine) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kWords = {{
      {"x86_64", "amd64"},
      {"aarch64", "arm64"},
      {"armv7l", "arm"},
      {"armv6l", "arm"},
      {"i686", "386"},
      {"i386", "386"},
  }};
  for (const auto& [kernel, go] : kWords) {
    if (machine == kernel) {
      return go;
    }
  }
  return machine;
}

}  // namespace

sdk::Status tellEngineInfo(EngineClient& engine, sdk::Call& call, sdk::EngineInfoSink& sink) {
  int number = 0;
  const sdk::Status version = engine.version(call, number);
  if (!version.ok()) {
    return version;
  }
  const EngineAnswer answer = engine.call(call, {.path = "/info"});
  if (!answer.ok()) {
    return answer.status;
  }
  if (answer.http() != 200) {
    return engine.refuse(call, kLook, answer.response);
  }
  const std::optional<boost::json::value> body = bodyOf(answer);
  if (!body) {
    return engine.noJson(call, answer);
  }
  const EngineFacts facts = engine.dialect().factsOf(*body, number);
  sdk::EngineInfo info;
  info.cpus = static_cast<std::int32_t>(facts.cpus);
  info.memoryBytes = facts.memoryBytes;
  info.name = engine.dialect().name();
  info.version = facts.version;
  info.apiVersion = facts.apiVersion;
  info.architecture = goArchitecture(facts.machine);
  info.dataRoot = facts.dataRoot;
  info.rootless = facts.rootless ? 1 : 0;
  sink.engineInfo(info);
  return {};
}

}  // namespace holdfast::runtime

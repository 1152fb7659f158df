// SPDX-License-Identifier: Apache-2.0
#include "runtime/docker/engine_info.hpp"

#include "holdfast/support/json.hpp"

#include <array>
#include <optional>
#include <string>
#include <utility>

namespace holdfast::docker {
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
  int minor = 0;
  const sdk::Status version = engine.version(call, minor);
  if (!version.ok()) {
    return version;
  }
  const EngineAnswer answer = engine.call(call, {.path = "/info"});
  if (!answer.ok()) {
    return answer.status;
  }
  if (answer.http() != 200) {
    return EngineClient::refuse(call, runtime::kLook, answer.response);
  }
  const std::optional<boost::json::value> body = bodyOf(answer);
  if (!body) {
    return noJson(call, answer);
  }
  const std::string apiVersion = "1." + std::to_string(minor);
  sdk::EngineInfo info;
  info.cpus = static_cast<std::int32_t>(support::jsonInteger(*body, {"NCPU"}));
  info.memoryBytes = support::jsonInteger(*body, {"MemTotal"});
  info.name = "Docker";
  info.version = support::jsonText(*body, {"ServerVersion"});
  info.apiVersion = apiVersion;
  info.architecture = goArchitecture(support::jsonText(*body, {"Architecture"}));
  info.dataRoot = support::jsonText(*body, {"DockerRootDir"});
  sink.engineInfo(info);
  return {};
}

}  // namespace holdfast::docker

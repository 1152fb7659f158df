// SPDX-License-Identifier: Apache-2.0
#include "runtime/docker/docker_dialect.hpp"

#include "holdfast/support/json.hpp"
#include "runtime/common/ownership.hpp"
#include "runtime/docker/create_body.hpp"
#include "runtime/docker/error_table.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace holdfast::docker {
namespace {

namespace json = boost::json;
using runtime::ObjectForm;

// "1.41" -> 41; 0 for anything else.
int minorOf(std::string_view version) {
  constexpr std::string_view kMajor = "1.";
  int minor = 0;
  if (version.starts_with(kMajor)) {
    version.remove_prefix(kMajor.size());
    std::from_chars(version.data(), version.data() + version.size(), minor);
  }
  return minor;
}

}  // namespace

std::string_view DockerDialect::name() const {
  return "Docker";
}

std::string_view DockerDialect::permissionHint() const {
  return "run the agent as root or in the group docker";
}

runtime::PingVerdict DockerDialect::judgePing(const support::HttpResponse& response,
                                              const std::string& where) const {
  if (!response.header("libpod-api-version").empty()) {
    return {0, where + " belongs to Podman: load the plugin podman and give the address to it"};
  }
  if (response.status != 200) {
    return {0, "Docker at " + where + " answers: " + errorTextOf(response)};
  }
  const std::string_view offered = response.header("api-version");
  const int minor = std::min(minorOf(offered), kMaxApiMinor);
  if (minor < kMinApiMinor) {
    return {0, "the engine at " + where + " offers API version '" + std::string(offered) +
                   "'; 1.40 (Docker 19.03) or later is needed"};
  }
  return {minor, {}};
}

std::string DockerDialect::basePath(int version, bool) const {
  return "/v1." + std::to_string(version);
}

std::span<const runtime::ErrorRule> DockerDialect::errorTable() const {
  return docker::errorTable();
}

std::string DockerDialect::errorTextOf(const support::HttpResponse& response) const {
  return runtime::errorText(response);
}

std::string DockerDialect::rootOf(std::string_view text) const {
  return std::string(text);
}

runtime::EngineFacts DockerDialect::factsOf(const json::value& info, int version) const {
  runtime::EngineFacts facts;
  facts.version = support::jsonText(info, {"ServerVersion"});
  facts.apiVersion = "1." + std::to_string(version);
  facts.machine = support::jsonText(info, {"Architecture"});
  facts.dataRoot = support::jsonText(info, {"DockerRootDir"});
  facts.cpus = support::jsonInteger(info, {"NCPU"});
  facts.memoryBytes = support::jsonInteger(info, {"MemTotal"});
  if (const json::array* options = support::jsonArray(info, {"SecurityOptions"})) {
    facts.rootless = std::any_of(options->begin(), options->end(), [](const json::value& option) {
      return support::jsonText(option).starts_with("name=rootless");
    });
  }
  return facts;
}

std::string DockerDialect::refusalOf(const runtime::ContainerSpec& spec) const {
  return docker::refusalOf(spec);
}

std::string DockerDialect::createPath(std::string_view name) const {
  return "/containers/create?name=" + support::urlEncode(name);
}

json::object DockerDialect::createBody(const runtime::ContainerSpec& spec, int version) const {
  return docker::createBody(spec, version);
}

json::value DockerDialect::laterNetworks(const json::object& labels) const {
  const std::string_view noted = runtime::labelOf(labels, kNetworksLabel);
  const std::optional<json::value> networks =
      noted.empty() ? std::nullopt : support::parseJson(noted);
  return networks && networks->is_object() ? *networks : json::value(nullptr);
}

bool DockerDialect::saysNameTaken(const support::HttpResponse& response) const {
  return response.status == 409;
}

sdk::ContainerState DockerDialect::stateOf(std::string_view word) const {
  if (word == "running") {
    return sdk::ContainerState::Running;
  }
  if (word == "exited" || word == "dead") {
    return sdk::ContainerState::Exited;
  }
  if (word == "created") {
    return sdk::ContainerState::Created;
  }
  return word == "paused" ? sdk::ContainerState::Paused : sdk::ContainerState::Changing;
}

bool DockerDialect::manages(const json::object& labels) const {
  return runtime::isManaged(labels);
}

std::string_view DockerDialect::graceQuery() const {
  return "t";
}

bool DockerDialect::updatesRestartPolicy() const {
  return true;
}

// Filters of one request are joined by "and", so the two generations of labels take two requests.
std::span<const std::string_view> DockerDialect::listFilters() const {
  static constexpr std::array<std::string_view, 2> kFilters = {
      R"({"label":["io.holdfast.owner"]})",
      R"({"label":["iotistic.app-id","iotistic.service-id"]})"};
  return kFilters;
}

bool DockerDialect::listTellsPlaces() const {
  return true;
}

// Null before it has ended.
std::optional<int> DockerDialect::exitCodeOf(const json::value& exec) const {
  constexpr std::int64_t kNone = INT64_MIN;
  const std::int64_t code = support::jsonInteger(exec, {"ExitCode"}, kNone);
  return code == kNone || support::jsonBool(exec, {"Running"})
             ? std::nullopt
             : std::optional(static_cast<int>(code));
}

bool DockerDialect::saysNotRun(std::string_view output) const {
  return output.starts_with("OCI runtime exec failed");
}

const ObjectForm& DockerDialect::networkForm() const {
  static constexpr ObjectForm kForm{"/networks", "", "Id", "Name", "Labels"};
  return kForm;
}

const ObjectForm& DockerDialect::volumeForm() const {
  static constexpr ObjectForm kForm{"/volumes", "", "Id", "Name", "Labels"};
  return kForm;
}

json::object DockerDialect::networkBody(std::string_view name,
                                        const runtime::NetworkSpec& spec) const {
  return {{"Name", name},
          {"CheckDuplicate", true},  // else two of one name, before 1.44
          {"Driver", spec.driver.empty() ? "bridge" : spec.driver},
          {"Internal", spec.internal},
          {"Options", runtime::jsonOf(spec.options)},
          {"Labels", runtime::jsonOf(spec.labels)}};
}

json::object DockerDialect::volumeBody(std::string_view name,
                                       const runtime::VolumeSpec& spec) const {
  return {{"Name", name},
          {"Driver", spec.driver.empty() ? "local" : spec.driver},
          {"DriverOpts", runtime::jsonOf(spec.options)},
          {"Labels", runtime::jsonOf(spec.labels)}};
}

// Of the three that each command of an exec probe writes only its end, which says how it ended.
std::string_view DockerDialect::eventFilters() const {
  return R"({"type":["container","image","network","volume"],"event":["create","start","die","oom",)"
         R"("exec_die",)"
         R"("pause","unpause","rename","update","destroy","pull","tag","untag","delete","import",)"
         R"("load","remove","prune"]})";
}

bool DockerDialect::reportsExecEnds() const {
  return true;
}

bool DockerDialect::reportsNetworks() const {
  return true;
}

runtime::PullEnd DockerDialect::pullEnd() const {
  return runtime::PullEnd::StatusLine;
}

}  // namespace holdfast::docker

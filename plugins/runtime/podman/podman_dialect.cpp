// SPDX-License-Identifier: Apache-2.0
#include "runtime/podman/podman_dialect.hpp"

#include "holdfast/support/json.hpp"
#include "runtime/common/ownership.hpp"
#include "runtime/podman/create_body.hpp"
#include "runtime/podman/error_table.hpp"
#include "runtime/podman/refusals.hpp"

#include <boost/json/array.hpp>

#include <array>
#include <charconv>
#include <optional>

namespace holdfast::podman {
namespace {

namespace json = boost::json;
using runtime::ObjectForm;

// Podman answers in the form of the version that is asked for; this one all of 4 and 5 know.
constexpr std::string_view kApiVersion = "4.0.0";
constexpr int kMinMajor = 4;

// "4.3.1" -> 4; 0 for anything else.
int majorOf(std::string_view version) {
  int major = 0;
  std::from_chars(version.data(), version.data() + version.size(), major);
  return major;
}

// Containers of systemd units (Quadlet, auto-update) and of compose files have a keeper already.
bool hasOtherKeeper(const json::object& labels) {
  return labels.contains("PODMAN_SYSTEMD_UNIT") || labels.contains("com.docker.compose.project");
}

}  // namespace

std::string_view PodmanDialect::name() const {
  return "Podman";
}

std::string_view PodmanDialect::permissionHint() const {
  return "run the agent as root, or give it the socket of its own user";
}

runtime::PingVerdict PodmanDialect::judgePing(const support::HttpResponse& response,
                                              const std::string& where) const {
  const std::string_view offered = response.header("libpod-api-version");
  if (offered.empty() && !response.header("api-version").empty()) {
    return {0, where + " belongs to Docker: load the plugin docker and give the address to it"};
  }
  if (response.status != 200) {
    return {0, "Podman at " + where + " answers: " + errorTextOf(response)};
  }
  const int major = majorOf(offered);
  if (major < kMinMajor) {
    return {0, "the engine at " + where + " offers libpod API version '" + std::string(offered) +
                   "'; 4.0 (Podman 4) or later is needed"};
  }
  return {major, {}};
}

// The pull of Docker's API is the one that tells how many bytes have come, in all versions.
std::string PodmanDialect::basePath(int, bool pull) const {
  return pull ? "/v1.41" : "/v" + std::string(kApiVersion) + "/libpod";
}

std::span<const runtime::ErrorRule> PodmanDialect::errorTable() const {
  return podman::errorTable();
}

// A refused pull has its text where the lines of a running one have it.
std::string PodmanDialect::errorTextOf(const support::HttpResponse& response) const {
  if (const std::optional<json::value> body = support::parseJson(response.body)) {
    if (const std::string_view error = support::jsonText(*body, {"error"}); !error.empty()) {
      return std::string(error);
    }
  }
  return runtime::errorText(response);
}

std::string PodmanDialect::rootOf(std::string_view text) const {
  return rootLineOf(text);
}

runtime::EngineFacts PodmanDialect::factsOf(const json::value& info, int) const {
  runtime::EngineFacts facts;
  facts.version = support::jsonText(info, {"version", "Version"});
  facts.apiVersion = kApiVersion;
  facts.machine = support::jsonText(info, {"host", "arch"});
  facts.dataRoot = support::jsonText(info, {"store", "graphRoot"});
  facts.cpus = support::jsonInteger(info, {"host", "cpus"});
  facts.memoryBytes = support::jsonInteger(info, {"host", "memTotal"});
  facts.rootless = support::jsonBool(info, {"host", "security", "rootless"});
  return facts;
}

std::string PodmanDialect::refusalOf(const runtime::ContainerSpec& spec) const {
  return podman::refusalOf(spec);
}

std::string PodmanDialect::createPath(std::string_view) const {
  return "/containers/create";
}

json::object PodmanDialect::createBody(const runtime::ContainerSpec& spec, int) const {
  return podman::createBody(spec);
}

// "read /proc/4711/cgroup: no such process": seen of version 4.3 while a container was killed.
bool PodmanDialect::saysProcessVanished(const support::HttpResponse& response) const {
  return response.status == 500 &&
         errorTextOf(response).find("no such process") != std::string::npos;
}

bool PodmanDialect::saysNameTaken(const support::HttpResponse& response) const {
  const std::optional<json::value> body = support::parseJson(response.body);
  return body && support::jsonText(*body, {"cause"}) == kNameTaken;
}

// "stopped" has ended, and only its clearing up is still to come.
sdk::ContainerState PodmanDialect::stateOf(std::string_view word) const {
  if (word == "running") {
    return sdk::ContainerState::Running;
  }
  if (word == "exited" || word == "stopped") {
    return sdk::ContainerState::Exited;
  }
  if (word == "created" || word == "configured" || word == "initialized") {
    return sdk::ContainerState::Created;
  }
  return word == "paused" ? sdk::ContainerState::Paused : sdk::ContainerState::Changing;
}

bool PodmanDialect::manages(const json::object& labels) const {
  return !runtime::labelOf(labels, sdk::kOwnerLabel).empty() ||
         (runtime::isManaged(labels) && !hasOtherKeeper(labels));
}

std::string_view PodmanDialect::graceQuery() const {
  return "timeout";
}

// Not before 5.1, and only by a query of its own; the update of 4 knows limits alone.
bool PodmanDialect::updatesRestartPolicy() const {
  return false;
}

// Podman looks at every container whatever the filter: one list costs half of two.
std::span<const std::string_view> PodmanDialect::listFilters() const {
  static constexpr std::array<std::string_view, 1> kFilters = {"{}"};
  return kFilters;
}

bool PodmanDialect::listTellsPlaces() const {
  return false;
}

// Exit code and process are 0 before it has begun as well: only one that has ended can be removed.
std::optional<int> PodmanDialect::exitCodeOf(const json::value& exec) const {
  return support::jsonBool(exec, {"CanRemove"})
             ? std::optional(static_cast<int>(support::jsonInteger(exec, {"ExitCode"})))
             : std::nullopt;
}

// "Error: runc: exec failed: ..." or "Error: crun: ...: OCI permission denied"
bool PodmanDialect::saysNotRun(std::string_view output) const {
  return output.starts_with("Error: ") && (output.find("exec failed") != std::string_view::npos ||
                                           output.find(": OCI ") != std::string_view::npos);
}

const ObjectForm& PodmanDialect::networkForm() const {
  static constexpr ObjectForm kForm{"/networks/json", "/json", "id", "name", "labels"};
  return kForm;
}

const ObjectForm& PodmanDialect::volumeForm() const {
  static constexpr ObjectForm kForm{"/volumes/json", "/json", "Id", "Name", "Labels"};
  return kForm;
}

json::object PodmanDialect::networkBody(std::string_view name,
                                        const runtime::NetworkSpec& spec) const {
  json::object body{{"name", name},
                    {"driver", spec.driver.empty() ? "bridge" : spec.driver},
                    {"internal", spec.internal},
                    {"dns_enabled", true},  // aliases are names; without this nobody resolves them
                    {"labels", runtime::jsonOf(spec.labels)}};
  if (!spec.options.empty()) {
    body["options"] = runtime::jsonOf(spec.options);
  }
  return body;
}

json::object PodmanDialect::volumeBody(std::string_view name,
                                       const runtime::VolumeSpec& spec) const {
  return {{"Name", name},
          {"Driver", spec.driver.empty() ? "local" : spec.driver},
          {"Options", runtime::jsonOf(spec.options)},
          {"Labels", runtime::jsonOf(spec.labels)}};
}

// In particular no exec and exec_died: each exec probe writes both.
std::string_view PodmanDialect::eventFilters() const {
  return R"({"type":["container","image","network","volume"],"event":["create","start","died",)"
         R"("pause","unpause","rename","update","remove","pull","tag","untag","import","load",)"
         R"("loadfromarchive","prune"]})";
}

bool PodmanDialect::reportsExecEnds() const {
  return false;
}

bool PodmanDialect::reportsNetworks() const {
  return false;
}

runtime::PullEnd PodmanDialect::pullEnd() const {
  return runtime::PullEnd::LastLayer;
}

}  // namespace holdfast::podman

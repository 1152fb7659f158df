// SPDX-License-Identifier: Apache-2.0
#include "runtime/podman/refusals.hpp"

#include "runtime/common/refusals.hpp"
#include "runtime/podman/words.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace holdfast::podman {
namespace {

using runtime::ContainerSpec;

template <std::size_t Size>
bool isOneOf(const std::array<std::string_view, Size>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::string loggingRefusal(const runtime::LoggingSpec& logging) {
  constexpr std::array<std::string_view, 5> kDrivers = {"", "k8s-file", "json-file", "journald",
                                                        "none"};
  constexpr std::array<std::string_view, 2> kFileOptions = {"max-size", "path"};
  if (!isOneOf(kDrivers, logging.driver)) {
    return "logging.driver: Podman has no driver '" + logging.driver +
           "' that the agent could use; expected k8s-file, json-file, journald or none";
  }
  const bool toFile = logging.driver != "journald" && logging.driver != "none";
  for (const auto& [name, value] : logging.options) {
    const std::string member = "logging.options." + name + ": ";
    if (name == "tag" ? logging.driver != "journald" : !(toFile && isOneOf(kFileOptions, name))) {
      return member + "Podman has no such option for " +
             (logging.driver.empty() ? "k8s-file" : logging.driver) +
             "; expected max-size or path for files, tag for journald";
    }
    if (name == "max-size" && !byteSize(value)) {
      return member + "'" + value + "' is no size such as 10m";
    }
  }
  return {};
}

std::string securityRefusal(const ContainerSpec& spec) {
  constexpr std::array<std::string_view, 5> kWithValue = {"seccomp", "apparmor", "label", "mask",
                                                          "unmask"};
  for (const std::string& text : spec.securityOpt) {
    const SecurityOption option = securityOptionOf(text);
    const bool known =
        option.key == "no-new-privileges"
            ? option.value.empty() || option.value == "true" || option.value == "false"
            : isOneOf(kWithValue, option.key) && !option.value.empty();
    if (!known) {
      return "securityOpt: Podman does not know '" + text +
             "'; expected no-new-privileges, seccomp=, apparmor=, label=, mask= or unmask=";
    }
  }
  return {};
}

std::string networkRefusal(const ContainerSpec& spec) {
  const NetworkMode mode = networkModeOf(spec.networkMode);
  if ((mode.mode == "container" || mode.mode == "path") && mode.value.empty()) {
    return "networkMode: '" + spec.networkMode + "' names nothing after the colon";
  }
  for (const auto& [name, address] : spec.extraHosts) {
    if (address == "host-gateway") {
      return "extraHosts." + name +
             ": Podman does not know host-gateway; the host is host.containers.internal there";
    }
  }
  return {};
}

std::string processRefusal(const ContainerSpec& spec) {
  if (!spec.stopSignal.empty() && !signalNumber(spec.stopSignal)) {
    return "stopSignal: '" + spec.stopSignal + "' is no signal";
  }
  for (const auto& [name, limit] : spec.ulimits) {
    if (!isUlimit(name)) {
      return "ulimits." + name + ": Linux has no such limit";
    }
  }
  if (!spec.domainname.empty() && spec.sysctls.count("kernel.domainname") != 0) {
    return "domainname: sysctls.kernel.domainname sets the same";
  }
  return {};
}

}  // namespace

std::string refusalOf(const ContainerSpec& spec) {
  for (const std::string& refusal :
       {runtime::commonRefusalOf(spec), loggingRefusal(spec.logging), securityRefusal(spec),
        networkRefusal(spec), processRefusal(spec)}) {
    if (!refusal.empty()) {
      return refusal;
    }
  }
  return {};
}

}  // namespace holdfast::podman

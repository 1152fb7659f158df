// SPDX-License-Identifier: Apache-2.0
#include "daemon/link_settings.hpp"

#include "daemon/host_name.hpp"
#include "daemon/version.hpp"

#include <string_view>

namespace holdfast::daemon {
namespace {

// For people: scheme, host and port. The rest of an address may be a secret.
std::string shownUrl(const std::string& url) {
  constexpr std::string_view kMark = "://";
  const auto scheme = url.find(kMark);
  if (scheme == std::string::npos) {
    return {};
  }
  const auto begin = scheme + kMark.size();
  const std::string authority = url.substr(begin, url.find_first_of("/?#", begin) - begin);
  return url.substr(0, begin) + authority.substr(authority.rfind('@') + 1);
}

}  // namespace

uplink::LinkSettings linkSettings(const config::Settings& settings) {
  const auto& options = settings.uplink.options;
  const auto url = options.find("url");
  const std::string shown = url == options.end() ? "" : shownUrl(url->second);
  return {.deviceName = deviceNameOr(settings.deviceName),
          .agentVersion = kVersion,
          .source = shown.empty() ? settings.uplink.plugin : shown,
          .pollInterval = settings.uplink.pollInterval,
          .reportGap = settings.uplink.reportInterval,
          .heartbeatInterval = settings.uplink.heartbeat};
}

}  // namespace holdfast::daemon

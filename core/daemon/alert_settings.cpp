// SPDX-License-Identifier: Apache-2.0
#include "daemon/alert_settings.hpp"

#include "daemon/host_name.hpp"
#include "daemon/version.hpp"

#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace holdfast::daemon {
namespace {

using alerts::GroupField;

constexpr std::array<std::pair<std::string_view, GroupField>, 5> kFields{
    {{"type", GroupField::Type},
     {"app", GroupField::App},
     {"service", GroupField::Service},
     {"runtime", GroupField::Runtime},
     {"severity", GroupField::Severity}}};

alerts::Route routeOf(int number, const config::RouteSettings& settings) {
  alerts::Route route;
  route.number = number;
  route.match = settings.match;
  route.to = settings.to;
  route.groupBy.clear();
  for (const auto& [word, field] : kFields) {
    for (const std::string& name : settings.groupBy) {
      if (name == word) {
        route.groupBy.push_back(field);
      }
    }
  }
  route.groupWait = settings.groupWait;
  route.groupInterval = settings.groupInterval;
  route.repeatInterval = settings.repeatInterval;
  route.sendResolved = settings.sendResolved;
  route.goesOn = settings.goesOn;
  return route;
}

std::optional<alerts::PluginFault> faultOf(const pluginhost::PluginReport& report) {
  alerts::PluginFault fault{.plugin = report.label, .reason = {}, .message = {}};
  if (report.refusal) {
    fault.reason = "PluginRefused";
    fault.message = std::string(pluginhost::stageName(report.refusal->stage())) + ": " +
                    report.refusal->reason();
  } else if (report.health.quarantined) {
    fault.reason = "PluginQuarantined";
    fault.message = "several of its calls do not return; it gets no more until one does";
  } else if (report.health.stuckCalls > 0) {
    fault.reason = "PluginStuck";
    fault.message = "a call does not return, even after it was cancelled";
  } else {
    return std::nullopt;
  }
  return fault;
}

}  // namespace

alerts::AlertSettings alertSettings(const config::Settings& settings) {
  alerts::AlertSettings result;
  for (const auto& [name, notifier] : settings.notifiers) {
    result.receivers.push_back(name);
  }
  for (const auto& [number, route] : settings.alertRoutes) {
    result.routes.push_back(routeOf(number, route));
  }
  result.outbox.maxAge = settings.retry.notifyMaxAge;
  result.summary.at = settings.summaryAt;
  result.summary.jitter = settings.summaryJitter;
  result.summary.sendWhenEmpty = settings.summaryWhenEmpty;
  result.deviceName = deviceNameOr(settings.deviceName);
  result.agentVersion = kVersion;
  result.bootId = model::bootId();
  return result;
}

std::vector<alerts::PluginFault> pluginFaults(
    const std::vector<pluginhost::PluginReport>& reports) {
  std::vector<alerts::PluginFault> faults;
  for (const auto& report : reports) {
    if (auto fault = faultOf(report)) {
      faults.push_back(std::move(*fault));
    }
  }
  return faults;
}

}  // namespace holdfast::daemon

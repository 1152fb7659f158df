// SPDX-License-Identifier: Apache-2.0
#include "uplink/report.hpp"

#include "model/canonical_json.hpp"
#include "model/json_text.hpp"
#include "model/secret_names.hpp"
#include "model/sha256.hpp"
#include "retry/bounded_text.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

namespace holdfast::uplink {
namespace {

namespace json = boost::json;
using model::ServiceStatusWord;

constexpr std::string_view kMask = "***";

void put(json::object& object, std::string_view name, const std::string& text) {
  if (!text.empty())
    object[name] = text;
}

template <class Value>
void put(json::object& object, std::string_view name, const std::optional<Value>& value) {
  if (value)
    object[name] = *value;
}

// One digit behind the point is all that such a figure is worth.
void putRounded(json::object& object, std::string_view name, std::optional<double> value) {
  if (value && std::isfinite(*value))
    object[name] = std::round(*value * 10.0) / 10.0;
}

json::object interfaceObject(const NetworkInterface& interface) {
  json::object object{{"name", interface.name}, {"up", interface.up}};
  put(object, "macAddress", interface.macAddress);
  object["addresses"] = json::array(interface.addresses.begin(), interface.addresses.end());
  return object;
}

json::object processObject(const ProcessFigures& process) {
  json::object object{{"pid", process.pid}, {"name", process.name}};
  putRounded(object, "cpuPercent", process.cpuPercent);
  object["memoryBytes"] = process.memoryBytes;
  return object;
}

json::object deviceObject(const ReportInput& input) {
  const DeviceFigures& figures = input.figures;
  json::object device;
  put(device, "uuid", input.snapshot.owner);
  put(device, "name", input.deviceName);
  put(device, "agentVersion", input.agentVersion);
  put(device, "osVersion", figures.osVersion);
  put(device, "architecture", figures.architecture);
  put(device, "localIp", figures.localIp);
  put(device, "macAddress", figures.macAddress);
  put(device, "uptimeSeconds", figures.uptimeSeconds);
  putRounded(device, "cpuPercent", figures.cpuPercent);
  putRounded(device, "cpuTemperatureCelsius", figures.cpuTemperatureCelsius);
  put(device, "memoryUsedBytes", figures.memoryUsedBytes);
  put(device, "memoryTotalBytes", figures.memoryTotalBytes);
  put(device, "storageUsedBytes", figures.storageUsedBytes);
  put(device, "storageTotalBytes", figures.storageTotalBytes);
  json::array interfaces;
  for (const auto& interface : figures.interfaces)
    interfaces.push_back(interfaceObject(interface));
  device["networkInterfaces"] = std::move(interfaces);
  json::array processes;
  for (const auto& process : figures.topProcesses)
    processes.push_back(processObject(process));
  device["topProcesses"] = std::move(processes);
  return device;
}

std::string_view sourceWord(engine::TargetSource source) {
  switch (source) {
    case engine::TargetSource::File:
      return "file";
    case engine::TargetSource::Api:
      return "api";
    case engine::TargetSource::Cloud:
      return "cloud";
  }
  return "cloud";
}

void maskEnvironment(json::value& environment) {
  if (auto* object = environment.if_object()) {
    for (auto& item : *object)
      item.value() = kMask;
  } else if (auto* array = environment.if_array()) {
    for (auto& item : *array) {
      const auto* entry = item.if_string();
      const auto equals = entry != nullptr ? entry->find('=') : json::string::npos;
      item = equals == json::string::npos
                 ? std::string(kMask)
                 : std::string(entry->subview(0, equals + 1)) + std::string(kMask);
    }
  } else {
    environment = kMask;
  }
}

// A cloud shows reports to more people than it lets set targets.
void maskSecrets(json::value& value) {
  if (auto* object = value.if_object()) {
    for (auto& item : *object) {
      if (model::namedLikeSecret(item.key())) {
        item.value() = kMask;
      } else if (item.key() == "environment") {
        maskEnvironment(item.value());
      } else {
        maskSecrets(item.value());
      }
    }
  } else if (auto* array = value.if_array()) {
    for (auto& item : *array)
      maskSecrets(item);
  }
}

json::object rejectedObject(const RejectedTarget& rejected) {
  json::object object;
  put(object, "version", rejected.version);
  object["timestamp"] = model::toRfc3339(rejected.at);
  json::array problems;
  for (const auto& problem : rejected.problems)
    problems.push_back({{"pointer", problem.pointer}, {"message", problem.message}});
  object["problems"] = std::move(problems);
  return object;
}

// Absent: there is nothing to say.
std::optional<json::object> targetObject(const engine::Snapshot& snapshot,
                                         const std::optional<RejectedTarget>& rejected) {
  if (!snapshot.storedTarget && !rejected)
    return std::nullopt;
  json::object target;
  if (snapshot.storedTarget && snapshot.target) {
    put(target, "version", snapshot.target->version);
    target["revision"] = snapshot.storedTarget->revision;
    target["source"] = sourceWord(snapshot.storedTarget->source);
    target["acceptedAt"] = model::toRfc3339(snapshot.storedTarget->acceptedAt);
    auto config = model::readJson(snapshot.target->configJson).value.value_or(json::object());
    maskSecrets(config);
    target["config"] = std::move(config);
  }
  if (rejected)
    target["rejected"] = rejectedObject(*rejected);
  return target;
}

json::object serviceObject(const engine::ServiceView& view) {
  json::object service = model::toJson(view.status);
  if (auto spec = model::readJson(view.specJson).value)
    service["spec"] = std::move(*spec);
  return service;
}

json::object transitionObject(const Transition& transition) {
  const ServiceError& error = transition.error;
  return {{"seq", transition.seq},
          {"at", model::toRfc3339(transition.at)},
          {"type", transition.resolved ? "resolved" : "error"},
          {"appId", model::idValue(error.appId)},
          {"appName", error.appName},
          {"serviceId", model::idValue(error.serviceId)},
          {"serviceName", error.serviceName},
          {"errorType", error.type},
          {"message", error.message},
          {"retryCount", error.retryCount}};
}

// A report that is made smaller, step by step, until it fits.
class Draft {
 public:
  explicit Draft(const ReportInput& input) : dropped_(input.dropped) {
    report_ = {{"sequence", input.sequence},
               {"timestamp", model::toRfc3339(input.now.wall)},
               {"device", deviceObject(input)}};
    if (auto target = targetObject(input.snapshot, input.rejected))
      report_["target"] = std::move(*target);
    json::array services;
    for (const auto& view : input.snapshot.services)
      services.push_back(serviceObject(view));
    report_["services"] = std::move(services);
    json::array transitions;
    for (const auto& transition : input.transitions)
      transitions.push_back(transitionObject(transition));
    report_["transitions"] = std::move(transitions);
  }

  std::string fitInto(std::size_t limit) {
    const std::array<std::function<void(std::size_t)>, 6> steps{
        [&](std::size_t) { leaveOutTransitions(limit / 4); },
        [&](std::size_t) { eachService([](json::object& service) { service.erase("spec"); }); },
        [&](std::size_t) { leaveOutConfig(); },
        [&](std::size_t) { leaveOutTransitions(0); },
        [&](std::size_t) { eachService(reduce); },
        [&](std::size_t tooMuch) { leaveOutServices(tooMuch); }};
    std::string text = serialized();
    for (const auto& step : steps) {
      if (text.size() <= limit)
        break;
      step(text.size() - limit);
      text = serialized();
    }
    return text;
  }

 private:
  std::string serialized() {
    report_["truncated"] = dropped_;
    return json::serialize(report_);
  }

  template <class Change>
  void eachService(const Change& change) {
    for (auto& service : report_.at("services").get_array())
      change(service.get_object());
  }

  void leaveOutConfig() {
    if (auto* target = report_.if_contains("target"))
      target->get_object().erase("config");
  }

  // The oldest go, until those that are left have at most `bytes`.
  void leaveOutTransitions(std::size_t bytes) {
    json::array& all = report_.at("transitions").get_array();
    std::size_t kept = 0;
    auto first = all.end();
    while (first != all.begin()) {
      kept += json::serialize(*(first - 1)).size() + 1;
      if (kept > bytes)
        break;
      --first;
    }
    dropped_ += first - all.begin();
    all.erase(all.begin(), first);
  }

  // What the cloud needs to know which service it is and how it is.
  static void reduce(json::object& service) {
    constexpr std::array<std::string_view, 8> kKept{"appId",         "appName",   "serviceId",
                                                    "serviceName",   "imageName", "state",
                                                    "serviceStatus", "reason"};
    json::object small;
    for (const auto name : kKept)
      small[name] = std::move(service[name]);
    if (const auto* error = service.if_contains("error")) {
      constexpr std::size_t kShort = 200;
      std::string message(error->at("message").as_string());
      retry::cutText(message, kShort);
      small["error"] = {{"type", error->at("type")},
                        {"message", std::move(message)},
                        {"retryCount", error->at("retryCount")}};
    }
    service = std::move(small);
  }

  // Those without an error first, the last of the target first.
  void leaveOutServices(std::size_t bytes) {
    constexpr std::size_t kRoomForCount = 64;  // the member that says how many
    bytes += kRoomForCount;
    json::array& all = report_.at("services").get_array();
    std::vector<bool> out(all.size());
    std::int64_t left = 0;
    for (const bool withError : {false, true}) {
      for (std::size_t i = all.size(); i-- > 0 && bytes > 0;) {
        if (all[i].get_object().contains("error") != withError)
          continue;
        bytes -= std::min(bytes, json::serialize(all[i]).size() + 1);
        out[i] = true;
        ++left;
      }
    }
    json::array kept;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (!out[i])
        kept.push_back(std::move(all[i]));
    }
    all = std::move(kept);
    report_["servicesLeftOut"] = left;
  }

  json::object report_;
  std::int64_t dropped_;
};

// What a status says without the clock.
json::object steadyStatus(const engine::ServiceView& view) {
  json::object status = model::toJson(view.status);
  status["observedAt"] = nullptr;
  status["pull"] = nullptr;
  if (auto* probes = status.at("probes").if_object()) {
    for (auto& [kind, probe] : *probes) {
      for (const auto* name : {"streak", "streakOf", "lastOutput", "lastTime", "message"}) {
        if (probe.is_object())
          probe.get_object()[name] = nullptr;
      }
    }
  }
  if (auto* error = status.if_contains("error")) {
    json::object& object = error->get_object();
    object["nextRetry"] = nullptr;
    // The wait for somebody else's pause began just now, whenever one looks.
    if (view.status.serviceStatus == ServiceStatusWord::Pending) {
      for (const auto* name : {"timestamp", "since", "message", "firstError"})
        object[name] = nullptr;
    }
  }
  return status;
}

}  // namespace

std::string buildReport(const ReportInput& input, std::size_t limit) {
  return Draft(input).fitInto(limit);
}

std::string reportFingerprint(const engine::Snapshot& snapshot,
                              const std::optional<RejectedTarget>& rejected, std::int64_t lastSeq) {
  json::array services;
  for (const auto& view : snapshot.services)
    services.push_back({{"status", steadyStatus(view)}, {"spec", view.specHash}});
  json::object all{{"services", std::move(services)}, {"lastSeq", lastSeq}};
  if (snapshot.storedTarget)
    all["revision"] = snapshot.storedTarget->revision;
  if (rejected)
    all["rejected"] = rejectedObject(*rejected);
  return model::sha256Hex(model::canonicalJson(all));
}

}  // namespace holdfast::uplink

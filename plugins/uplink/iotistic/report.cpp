// SPDX-License-Identifier: Apache-2.0
#include "uplink/iotistic/report.hpp"

#include "holdfast/support/json.hpp"
#include "uplink/iotistic/device_fields.hpp"

#include <boost/json.hpp>

#include <charconv>
#include <cstdint>
#include <map>

namespace holdfast::iotistic {
namespace {

namespace json = boost::json;
using support::jsonAt;
using support::jsonText;

json::value valueAt(const json::value& from, support::JsonPath path) {
  const json::value* const at = jsonAt(from, path);
  return at == nullptr ? json::value() : *at;
}

// An id, or the name where the target gives no id.
std::string keyOf(const json::value& from, std::string_view id, std::string_view name) {
  const json::value* const at = jsonAt(from, {id});
  if (at != nullptr && at->is_number()) {
    return json::serialize(*at);
  }
  const std::string_view text = jsonText(from, {id});
  return std::string(text.empty() ? jsonText(from, {name}) : text);
}

std::string appKey(const json::value& from) {
  return keyOf(from, "appId", "appName");
}

std::string serviceKey(const json::value& from) {
  return appKey(from) + '\n' + keyOf(from, "serviceId", "serviceName");
}

// Transitions as the services carry them, by the service's key.
std::map<std::string, json::array> transitionsByService(const json::array& transitions) {
  std::map<std::string, json::array> result;
  for (const json::value& transition : transitions) {
    json::object element;
    for (const std::string_view name :
         {"seq", "at", "type", "errorType", "message", "retryCount"}) {
      if (const json::value* const at = jsonAt(transition, {name})) {
        element[name] = *at;
      }
    }
    result[serviceKey(transition)].emplace_back(std::move(element));
  }
  return result;
}

// The engine's word for the container, as the original agent reports it.
std::string_view containerState(const json::value& service) {
  if (jsonText(service, {"containerId"}).empty()) {
    return "missing";
  }
  const std::string_view status = jsonText(service, {"serviceStatus"});
  if (status == "running" || !jsonText(service, {"runningImage"}).empty()) {
    return "running";
  }
  return status == "pending" ? "created" : "exited";
}

json::object configOf(const json::value& service) {
  json::object config;
  if (const json::object* const spec = support::jsonObject(service, {"spec"})) {
    config = *spec;
  }
  if (!config.contains("image")) {
    config["image"] = valueAt(service, {"imageName"});
  }
  return config;
}

json::object serviceOf(const json::value& service, json::array transitions) {
  json::object result = service.get_object();
  result.erase("spec");
  result["status"] = containerState(service);
  result["config"] = configOf(service);
  result["transitions"] = std::move(transitions);
  return result;
}

json::object appsOf(const json::array& services, const json::array& transitions) {
  std::map<std::string, json::array> of = transitionsByService(transitions);
  json::object apps;
  for (const json::value& service : services) {
    if (!service.is_object()) {
      continue;
    }
    const std::string key = appKey(service);
    if (!apps.contains(key)) {
      apps[key] = {{"appId", valueAt(service, {"appId"})},
                   {"appName", valueAt(service, {"appName"})},
                   {"services", json::array()}};
    }
    apps[key]
        .at("services")
        .get_array()
        .emplace_back(serviceOf(service, std::move(of[serviceKey(service)])));
  }
  return apps;
}

// Ten members each, whatever is known.
json::array serviceErrorsOf(const json::array& services) {
  json::array errors;
  for (const json::value& service : services) {
    if (support::jsonObject(service, {"error"}) == nullptr) {
      continue;
    }
    errors.push_back({{"appId", valueAt(service, {"appId"})},
                      {"appName", valueAt(service, {"appName"})},
                      {"serviceId", valueAt(service, {"serviceId"})},
                      {"serviceName", valueAt(service, {"serviceName"})},
                      {"imageName", valueAt(service, {"imageName"})},
                      {"errorType", valueAt(service, {"error", "type"})},
                      {"message", valueAt(service, {"error", "message"})},
                      {"retryCount", valueAt(service, {"error", "retryCount"})},
                      {"nextRetry", valueAt(service, {"error", "nextRetry"})},
                      {"timestamp", valueAt(service, {"error", "timestamp"})}});
  }
  return errors;
}

// The cloud keeps the version in an integer column, and would refuse the whole report for another.
void addVersion(std::string_view text, json::object& report) {
  std::int32_t version = 0;
  const char* const end = text.data() + text.size();
  const auto [last, error] = std::from_chars(text.data(), end, version);
  if (error == std::errc() && last == end) {
    report["version"] = version;
  }
}

void addTarget(const json::value& target, json::object& report) {
  const json::object* const config = support::jsonObject(target, {"config"});
  report["config"] = config == nullptr ? json::object() : *config;
  addVersion(jsonText(target, {"version"}), report);
  if (const json::object* const rejected = support::jsonObject(target, {"rejected"})) {
    report["target_rejected"] = *rejected;
  }
}

json::array arrayAt(const json::value& from, std::string_view name) {
  const json::array* const at = support::jsonArray(from, {name});
  return at == nullptr ? json::array() : *at;
}

}  // namespace

std::optional<std::string> cloudReport(std::string_view contentJson, const std::string& uuid) {
  const std::optional<json::value> content = support::parseJson(contentJson);
  if (!content || !content->is_object()) {
    return std::nullopt;
  }
  const json::array services = arrayAt(*content, "services");
  json::array transitions = arrayAt(*content, "transitions");
  json::object report;
  report["apps"] = appsOf(services, transitions);
  addTarget(valueAt(*content, {"target"}), report);
  report["is_online"] = true;
  addDeviceFields(valueAt(*content, {"device"}), report);
  report["service_errors"] = serviceErrorsOf(services);
  report["transitions"] = std::move(transitions);
  report["transitions_truncated"] = support::jsonInteger(*content, {"truncated"});
  report["sequence"] = support::jsonInteger(*content, {"sequence"});
  return json::serialize(json::object{{uuid, std::move(report)}});
}

}  // namespace holdfast::iotistic

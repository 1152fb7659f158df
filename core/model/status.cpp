// SPDX-License-Identifier: Apache-2.0
#include "model/status.hpp"

#include <boost/json/value.hpp>

#include <charconv>

namespace holdfast::model {

namespace {

namespace json = boost::json;

json::value orNull(const std::optional<std::string>& text) {
  return text ? json::value(json::string(*text)) : json::value(nullptr);
}

json::value orNull(const std::optional<WallTime>& at) {
  return at ? json::value(json::string(toRfc3339(*at))) : json::value(nullptr);
}

json::value lastStateValue(const std::optional<LastState>& last) {
  if (!last)
    return nullptr;
  return json::object{{"exitCode", last->exitCode},
                      {"reason", last->reason},
                      {"startedAt", orNull(last->startedAt)},
                      {"finishedAt", orNull(last->finishedAt)}};
}

json::value pullValue(const std::optional<PullState>& pull) {
  if (!pull)
    return nullptr;
  return json::object{
      {"done", pull->doneBytes}, {"total", pull->totalBytes}, {"phase", pull->phase}};
}

json::value probeValue(const std::optional<ProbeStatus>& probe) {
  if (!probe)
    return nullptr;
  const auto textOrNull = [](const std::string& text) {
    return text.empty() ? json::value(nullptr) : json::value(json::string(text));
  };
  return json::object{{"type", probe->type},
                      {"result", probe->result},
                      {"streak", probe->streak},
                      {"streakOf", probe->streak == 0 ? json::value(nullptr)
                                                      : json::value(json::string(probe->streakOf))},
                      {"lastOutput", textOrNull(probe->lastOutput)},
                      {"lastTime", orNull(probe->lastTime)},
                      {"address", textOrNull(probe->address)},
                      {"message", textOrNull(probe->message)}};
}

json::value probesValue(const std::optional<ProbesStatus>& probes) {
  if (!probes)
    return nullptr;
  return json::object{{"startup", probeValue(probes->startup)},
                      {"liveness", probeValue(probes->liveness)},
                      {"readiness", probeValue(probes->readiness)}};
}

json::object errorObject(const StatusError& error) {
  json::object result{{"type", error.type},
                      {"reason", error.reason},
                      {"message", error.message},
                      {"class", error.errorClass},
                      {"timestamp", toRfc3339(error.timestamp)},
                      {"retryCount", error.retryCount},
                      {"maxRetries", error.maxRetries}};
  if (error.nextRetry)
    result["nextRetry"] = toRfc3339(*error.nextRetry);
  result["exhausted"] = error.exhausted;
  result["since"] = toRfc3339(error.since);
  result["firstError"] = error.firstError;
  return result;
}

}  // namespace

json::value idValue(const std::string& id) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number);
  const bool whole = error == std::errc{} && end == id.data() + id.size();
  if (whole && number >= 0 && std::to_string(number) == id)
    return number;
  return json::string(id);
}

std::string_view word(ServiceStatusWord status) {
  switch (status) {
    case ServiceStatusWord::Pending:
      return "pending";
    case ServiceStatusWord::Running:
      return "running";
    case ServiceStatusWord::Stopped:
      return "stopped";
    case ServiceStatusWord::Error:
      break;
  }
  return "error";
}

std::string_view errorClassWord(sdk::ErrorClass errorClass) {
  switch (errorClass) {
    case sdk::ErrorClass::Ok:
      return "ok";
    case sdk::ErrorClass::Transient:
      return "transient";
    case sdk::ErrorClass::RateLimited:
      return "rate_limited";
    case sdk::ErrorClass::Denied:
      return "denied";
    case sdk::ErrorClass::NotFound:
      return "not_found";
    case sdk::ErrorClass::Rejected:
      return "rejected";
    case sdk::ErrorClass::Invalid:
      return "invalid";
    case sdk::ErrorClass::Conflict:
      return "conflict";
    case sdk::ErrorClass::Unavailable:
      return "unavailable";
    case sdk::ErrorClass::Cancelled:
      return "cancelled";
    case sdk::ErrorClass::Internal:
      break;
  }
  return "internal";  // also a number that no class has: the plugin broke its contract
}

json::object toJson(const ServiceStatus& status) {
  json::object result{{"appId", idValue(status.appId)},
                      {"appName", status.appName},
                      {"serviceId", idValue(status.serviceId)},
                      {"serviceName", status.serviceName},
                      {"imageName", status.imageName},
                      {"state", status.state},
                      {"override", orNull(status.override_)},
                      {"serviceStatus", std::string(word(status.serviceStatus))},
                      {"reason", status.reason},
                      {"ready", status.ready},
                      {"restartCount", status.restartCount},
                      {"crashCount", status.crashCount},
                      {"containerId", orNull(status.containerId)},
                      {"runningImage", orNull(status.runningImage)},
                      {"runningImageDigest", orNull(status.runningImageDigest)},
                      {"startedAt", orNull(status.startedAt)},
                      {"lastState", lastStateValue(status.lastState)},
                      {"pull", pullValue(status.pull)},
                      {"probes", probesValue(status.probes)},
                      {"runtime", status.runtime},
                      {"stale", status.stale},
                      {"observedAt", toRfc3339(status.observedAt)}};
  if (status.error)
    result["error"] = errorObject(*status.error);
  return result;
}

std::string attemptText(int retryCount, int maxRetries) {
  const std::string count = std::to_string(retryCount);
  return maxRetries > 0 ? count + "/" + std::to_string(maxRetries) : count;
}

}  // namespace holdfast::model

// SPDX-License-Identifier: Apache-2.0
#include "api/entity_tag.hpp"
#include "api/handlers.hpp"
#include "api/json_views.hpp"
#include "api/overview.hpp"
#include "model/nearest.hpp"
#include "model/status.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>

namespace holdfast::api {
namespace {

std::string_view stateOf(const pluginhost::PluginReport& notifier) {
  if (notifier.refusal) {
    return notifier.refusal->stage() == pluginhost::Stage::Quarantine ? "quarantined" : "refused";
  }
  if (notifier.health.quarantined) {
    return "quarantined";
  }
  if (notifier.health.stuckCalls > 0) {
    return "stuck";
  }
  return notifier.deliveries && notifier.deliveries->failedInARow > 0 ? "failing" : "ok";
}

boost::json::object errorObject(const engine::CallResult& result) {
  return {{"class", model::errorClassWord(result.errorClass)},
          {"message", result.message},
          {"raw", result.raw}};
}

boost::json::object notifierObject(const pluginhost::PluginReport& notifier) {
  const auto record = notifier.deliveries.value_or(pluginhost::DeliveryRecord{});
  boost::json::object object{{"name", notifier.instance},
                             {"plugin", notifier.name},
                             {"state", stateOf(notifier)},
                             {"stage", nullptr},
                             {"reason", nullptr},
                             {"delivered", record.delivered},
                             {"failed", record.failed},
                             {"failedInARow", record.failedInARow},
                             {"lastAttempt", timeOrNull(record.lastAttemptAt)},
                             {"lastDelivered", timeOrNull(record.lastDeliveredAt)},
                             {"error", nullptr}};
  if (notifier.refusal) {
    object["stage"] = pluginhost::stageName(notifier.refusal->stage());
    object["reason"] = notifier.refusal->reason();
  }
  if (record.failedInARow > 0) {
    object["error"] = errorObject(record.latest);
  }
  return object;
}

Response noSuchNotifier(const std::string& name,
                        const std::vector<pluginhost::PluginReport>& notifiers) {
  std::vector<std::string> known;
  for (const auto& notifier : notifiers) {
    known.push_back(notifier.instance);
  }
  const auto near = model::nearest(name, known);
  const std::string hint = known.empty()  ? "; the configuration has none (notifier.<name>.plugin)"
                           : near.empty() ? "; see GET /v1/notifiers"
                                          : "; did you mean '" + near + "'?";
  return problem(404, "there is no notifier '" + name + "'" + hint);
}

}  // namespace

boost::json::array notifierArray(const Agent& agent) {
  boost::json::array notifiers;
  for (const auto& notifier : agent.notifiers()) {
    notifiers.push_back(notifierObject(notifier));
  }
  return notifiers;
}

Response listNotifiers(const Request& request, Agent& agent) {
  return taggedByContent(json(200, {{"notifiers", notifierArray(agent)}}), request);
}

Response testNotifier(const Request& request, Agent& agent) {
  const auto& name = request.captures.at("name");
  const auto notifiers = agent.notifiers();
  const auto found = std::find_if(notifiers.begin(), notifiers.end(),
                                  [&](const auto& notifier) { return notifier.instance == name; });
  if (found == notifiers.end()) {
    return noSuchNotifier(name, notifiers);
  }
  // One in quarantine answers for itself, and comes in when its time has come.
  if (found->refusal && found->refusal->stage() != pluginhost::Stage::Quarantine) {
    return problem(409, "notifier '" + name + "' is not loaded (" +
                            std::string(pluginhost::stageName(found->refusal->stage())) +
                            "): " + found->refusal->reason());
  }
  const auto result = agent.testNotifier(name);
  return result.ok()
             ? json(200, {{"delivered", true}})
             : problem(502, result.message,
                       boost::json::object{{"class", model::errorClassWord(result.errorClass)},
                                           {"raw", result.raw}});
}

}  // namespace holdfast::api

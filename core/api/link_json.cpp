// SPDX-License-Identifier: Apache-2.0
#include "api/link_json.hpp"

#include "api/json_views.hpp"

#include <boost/json/array.hpp>

namespace holdfast::api {
namespace {

namespace json = boost::json;
using sdk::EnrolmentStep;

json::object callObject(const uplink::CallView& call) {
  return {{"underWay", call.underWay},
          {"lastTried", timeOrNull(call.lastTried)},
          {"lastOk", timeOrNull(call.lastOk)},
          {"latencyMs", call.latency ? json::value(call.latency->count()) : json::value(nullptr)},
          {"error", textOrNull(call.error)},
          {"class", textOrNull(call.errorClass)},
          {"failures", call.failures},
          {"next", timeOrNull(call.next)}};
}

json::value enrolmentWord(EnrolmentStep step) {
  switch (step) {
    case EnrolmentStep::None:
      return nullptr;
    case EnrolmentStep::Register:
      return "register";
    case EnrolmentStep::ExchangeKey:
      return "keyExchange";
  }
  return nullptr;
}

json::value rejectedValue(const std::optional<uplink::RejectedTarget>& rejected) {
  if (!rejected) {
    return nullptr;
  }
  return json::object{{"version", textOrNull(rejected->version)},
                      {"timestamp", model::toRfc3339(rejected->at)},
                      {"problems", problemArray(rejected->problems)}};
}

}  // namespace

json::value linkValue(const std::optional<uplink::LinkView>& link) {
  if (!link) {
    return nullptr;
  }
  json::array facts;
  for (const auto& fact : link->facts) {
    facts.push_back({{"name", fact.name}, {"value", fact.value}});
  }
  return json::object{{"uplink", link->uplink},
                      {"enrolment", enrolmentWord(link->enrolment)},
                      {"enrol", callObject(link->enrol)},
                      {"poll", callObject(link->poll)},
                      {"report", callObject(link->report)},
                      {"waitingTransitions", link->waitingTransitions},
                      {"droppedTransitions", link->droppedTransitions},
                      {"wanted", textOrNull(link->wanted.value_or(""))},
                      {"rejected", rejectedValue(link->rejected)},
                      {"facts", std::move(facts)}};
}

void addVersions(json::object& target, const engine::Snapshot& snapshot,
                 const std::optional<uplink::LinkView>& link) {
  const std::string applied = snapshot.target ? snapshot.target->version : "";
  target["wanted"] = textOrNull(link && link->wanted ? *link->wanted : applied);
  target["applied"] = textOrNull(applied);
}

}  // namespace holdfast::api

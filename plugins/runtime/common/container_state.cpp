// SPDX-License-Identifier: Apache-2.0
#include "runtime/common/container_state.hpp"

#include "holdfast/support/json.hpp"

namespace holdfast::runtime {

std::string_view Inspection::id() const {
  return value ? support::jsonText(*value, {"Id"}) : std::string_view{};
}

int Inspection::pid() const {
  return value ? static_cast<int>(support::jsonInteger(*value, {"State", "Pid"})) : 0;
}

const boost::json::object& Inspection::labels() const {
  static const boost::json::object kNone;
  const boost::json::object* labels =
      value ? support::jsonObject(*value, {"Config", "Labels"}) : nullptr;
  return labels == nullptr ? kNone : *labels;
}

Inspection inspectContainer(EngineClient& engine, sdk::Call& call, std::string_view idOrName) {
  Inspection inspection;
  if (idOrName.empty()) {
    return inspection;  // the path would be that of another call
  }
  const EngineAnswer answer =
      engine.call(call, {.path = "/containers/" + support::urlEncode(idOrName) + "/json"});
  inspection.status = answer.status;
  if (!answer.ok() || answer.http() == 404) {
    return inspection;
  }
  if (answer.http() != 200) {
    // One that goes while it is looked at is not there either.
    const sdk::Status refused = engine.refuse(call, kLook, answer.response);
    if (refused.code != sdk::ErrorClass::NotFound) {
      inspection.status = refused;
    }
    return inspection;
  }
  inspection.value = bodyOf(answer);
  if (!inspection.value) {
    inspection.status = engine.noJson(call, answer);
    return inspection;
  }
  inspection.state =
      engine.dialect().stateOf(support::jsonText(*inspection.value, {"State", "Status"}));
  return inspection;
}

}  // namespace holdfast::runtime

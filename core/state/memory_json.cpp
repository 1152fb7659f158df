// SPDX-License-Identifier: Apache-2.0
#include "state/memory_json.hpp"

#include "state/enumerator.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>
#include <boost/json/value_to.hpp>

#include <exception>
#include <type_traits>

namespace holdfast::state {
namespace {

namespace json = boost::json;

using engine::CallRecord;
using engine::Condemnation;
using engine::ExitKind;
using engine::ServiceMemory;
using model::LastState;
using model::WallTime;

// Hands every stored member with its name to `visit`. A member added to ServiceMemory makes the
// first line fail to compile until it is named here, too: nothing is forgotten silently.
template <typename Memory, typename Visit>
void eachMember(Memory& memory, const Visit& visit) {
  auto& [key, containerId, lastRun, restartCount, handledExit, exitKind, lastState, userStopped,
         userStoppedHash, restartRun, stoppingRun, startedRun, condemnedRun, condemned,
         deployedService, deployedHash, legacyContainerId, restartsOurs, pulledForRevision,
         pullSettled, pullCall, stepCall, purging, volumeNames] = memory;
  static_cast<void>(key);
  visit("containerId", containerId);
  visit("lastRun", lastRun);
  visit("restartCount", restartCount);
  visit("handledExit", handledExit);
  visit("exitKind", exitKind);
  visit("lastState", lastState);
  visit("userStopped", userStopped);
  visit("userStoppedHash", userStoppedHash);
  visit("restartRun", restartRun);
  visit("stoppingRun", stoppingRun);
  visit("startedRun", startedRun);
  visit("condemnedRun", condemnedRun);
  visit("condemned", condemned);
  visit("deployedService", deployedService);
  visit("deployedHash", deployedHash);
  visit("legacyContainerId", legacyContainerId);
  visit("restartsOurs", restartsOurs);
  visit("pulledForRevision", pulledForRevision);
  visit("pullSettled", pullSettled);
  visit("pullCall", pullCall);
  visit("stepCall", stepCall);
  visit("purging", purging);
  visit("volumeNames", volumeNames);
}

json::value timeValue(const std::optional<WallTime>& at) {
  return at ? json::value(at->time_since_epoch().count()) : json::value(nullptr);
}

std::optional<WallTime> timeOf(const json::value& value) {
  if (value.is_null()) {
    return std::nullopt;
  }
  return WallTime{model::Milliseconds{json::value_to<std::int64_t>(value)}};
}

template <typename Value>
json::value toValue(const Value& value) {
  return json::value_from(value);
}

json::value toValue(ExitKind kind) {
  return static_cast<std::int32_t>(kind);
}

json::value toValue(const Condemnation& condemned) {
  return {{"probe", condemned.probe}, {"output", condemned.output}};
}

json::value toValue(const std::optional<LastState>& state) {
  if (!state) {
    return nullptr;
  }
  return {{"exitCode", state->exitCode},
          {"reason", state->reason},
          {"startedAt", timeValue(state->startedAt)},
          {"finishedAt", timeValue(state->finishedAt)}};
}

json::value toValue(const std::optional<CallRecord>& call) {
  if (!call) {
    return nullptr;
  }
  return {{"call", call->call},
          {"runtime", call->runtime},
          {"object", call->object},
          {"began", timeValue(call->began)},
          {"tookMs", call->took.value_or(model::Milliseconds{0}).count()},
          {"class", static_cast<std::int32_t>(call->errorClass)},
          {"message", call->message}};
}

template <typename Value>
void fromValue(const json::value& from, Value& to) {
  to = json::value_to<Value>(from);
}

void fromValue(const json::value& from, ExitKind& to) {
  to = enumerator(json::value_to<std::int64_t>(from), ExitKind::Unhealthy).value_or(ExitKind::None);
}

void fromValue(const json::value& from, Condemnation& to) {
  to = Condemnation{.probe = json::value_to<std::string>(from.at("probe")),
                    .output = json::value_to<std::string>(from.at("output"))};
}

void fromValue(const json::value& from, std::optional<LastState>& to) {
  if (from.is_null()) {
    to.reset();
    return;
  }
  to = LastState{.exitCode = json::value_to<int>(from.at("exitCode")),
                 .reason = json::value_to<std::string>(from.at("reason")),
                 .startedAt = timeOf(from.at("startedAt")),
                 .finishedAt = timeOf(from.at("finishedAt"))};
}

void fromValue(const json::value& from, std::optional<CallRecord>& to) {
  if (from.is_null()) {
    to.reset();
    return;
  }
  to = CallRecord{.call = json::value_to<std::string>(from.at("call")),
                  .runtime = json::value_to<std::string>(from.at("runtime")),
                  .object = json::value_to<std::string>(from.at("object")),
                  .began = timeOf(from.at("began")).value_or(WallTime{}),
                  .took = model::Milliseconds{json::value_to<std::int64_t>(from.at("tookMs"))},
                  .errorClass = enumerator(json::value_to<std::int64_t>(from.at("class")),
                                           sdk::ErrorClass::Cancelled)
                                    .value_or(sdk::ErrorClass::Internal),
                  .message = json::value_to<std::string>(from.at("message"))};
}

}  // namespace

std::string toJson(const ServiceMemory& memory) {
  json::object object;
  eachMember(memory, [&object](const char* name, const auto& value) {
    if (value != std::decay_t<decltype(value)>{}) {
      object[name] = toValue(value);
    }
  });
  return json::serialize(object);
}

std::optional<ServiceMemory> memoryFromJson(const std::string& key, const std::string& text) {
  try {
    json::parse_options options;
    options.max_depth = 8;
    options.allow_invalid_utf8 = true;  // names are what the engine said, byte for byte
    const json::value value = json::parse(text, {}, options);
    const json::object& object = value.as_object();
    ServiceMemory memory;
    memory.key = key;
    eachMember(memory, [&object](const char* name, auto& to) {
      if (const json::value* from = object.if_contains(name)) {
        fromValue(*from, to);
      }
    });
    return memory;
  } catch (const std::exception&) {
    return std::nullopt;  // Boost.JSON tells by exceptions what does not fit
  }
}

}  // namespace holdfast::state

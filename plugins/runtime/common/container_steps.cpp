// SPDX-License-Identifier: Apache-2.0
#include "runtime/common/container_steps.hpp"

#include "holdfast/support/json.hpp"
#include "runtime/common/container_process.hpp"
#include "runtime/common/container_state.hpp"
#include "runtime/common/ownership.hpp"
#include "runtime/common/waiting.hpp"

#include <boost/json/object.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>

namespace holdfast::runtime {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;
using sdk::ContainerState;
using sdk::ErrorClass;
using sdk::Status;

// An engine notices the death of a process late (dockerd by some 85 ms); until then a start is
// answered 304, "already started", and the container is found exited a moment afterwards.
constexpr auto kSettleTime = 300ms;
constexpr auto kSettleStep = 10ms;
constexpr int kStartAttempts = 3;
constexpr auto kRemovalTime = 10s;
constexpr auto kRemovalStep = 50ms;

std::string named(const sdk::Step& step) {
  return "container " + std::string(step.name);
}

std::string pathOf(std::string_view id, std::string_view verb) {
  return "/containers/" + support::urlEncode(id) + std::string(verb);
}

std::string stopPath(const Dialect& dialect, std::string_view id, std::int64_t graceMs) {
  return pathOf(id, "/stop?") + std::string(dialect.graceQuery()) + "=" +
         std::to_string((graceMs + 999) / 1000);
}

// The labels of a creation, where an engine that leaves networks for later notes them.
const json::object& labelsIn(const json::object& body) {
  static const json::object kNone;
  const json::value* labels = body.if_contains("Labels");
  return labels != nullptr && labels->is_object() ? labels->get_object() : kNone;
}

EngineAnswer post(EngineClient& engine, sdk::Call& call, std::string path, std::int64_t timeoutMs) {
  return engine.call(call, {.method = "POST", .path = std::move(path), .timeoutMs = timeoutMs});
}

// The container of the step's name, after checking that it is the one that is meant. An absent one
// is Ok here.
Inspection lookUp(EngineClient& engine, const sdk::Step& step, sdk::Call& call) {
  Inspection found = inspectContainer(engine, call, step.name);
  if (!found.ok() || !found.exists()) {
    return found;
  }
  if (!engine.dialect().manages(found.labels())) {
    found.status = fail(call, ErrorClass::Conflict,
                        named(step) +
                            " was not made by this agent and is left alone: remove or "
                            "rename it");
  } else if (!step.containerId.empty() && found.id() != step.containerId) {
    found.status = fail(
        call, ErrorClass::Conflict,
        named(step) + " is another one by now (" + std::string(found.id().substr(0, 12)) + ")");
  }
  return found;
}

Status connect(EngineClient& engine, sdk::Call& call, std::string_view network,
               const json::value& endpoint, std::string_view containerId) {
  const EngineAnswer answer = engine.call(
      call, {.method = "POST",
             .path = "/networks/" + support::urlEncode(network) + "/connect",
             .body = json::object{{"Container", containerId}, {"EndpointConfig", endpoint}},
             .timeoutMs = Timeouts::kNetwork});
  if (!answer.ok() || answer.http() == 200) {
    return answer.status;
  }
  return engine.refuse(call, kNetwork, answer.response);
}

// Joins the networks that the container was made to join and has not joined yet.
Status connectMissing(EngineClient& engine, sdk::Call& call, const Inspection& container) {
  const json::value networks = engine.dialect().laterNetworks(container.labels());
  if (!networks.is_object()) {
    return {};
  }
  const json::object* joined =
      support::jsonObject(*container.value, {"NetworkSettings", "Networks"});
  for (const auto& [name, endpoint] : networks.get_object()) {
    if (joined != nullptr && joined->contains(name)) {
      continue;
    }
    const Status status =
        connect(engine, call, {name.data(), name.size()}, endpoint, container.id());
    if (!status.ok()) {
      return status;
    }
  }
  return {};
}

// The name is taken: by what a former attempt made, or by something else.
Status adoptExisting(EngineClient& engine, const sdk::Step& step, const StringMap& labels,
                     sdk::Call& call) {
  const Inspection found = inspectContainer(engine, call, step.name);
  if (!found.ok()) {
    return found.status;
  }
  if (!found.exists()) {
    return fail(call, ErrorClass::Conflict, named(step) + " is just being removed");
  }
  const auto wanted = [&labels](std::string_view key) {
    const auto label = labels.find(std::string(key));
    return label == labels.end() ? std::string() : label->second;
  };
  const std::string_view owner = labelOf(found.labels(), sdk::kOwnerLabel);
  if (owner.empty() || owner != wanted(sdk::kOwnerLabel)) {
    return fail(call, ErrorClass::Conflict,
                "the name " + std::string(step.name) + " is taken by a container " +
                    (owner.empty() ? "that no agent made" : "of another agent") + " (" +
                    std::string(found.id().substr(0, 12)) + "): remove or rename it");
  }
  if (labelOf(found.labels(), sdk::kSpecHashLabel) != wanted(sdk::kSpecHashLabel)) {
    return fail(call, ErrorClass::Conflict,
                named(step) + " is there already, made from another specification");
  }
  return connectMissing(engine, call, found);
}

// After a 304: true once the container is found not to run, so that it can be started again.
bool settlesNotRunning(EngineClient& engine, const sdk::Step& step, sdk::Call& call,
                       Inspection& found) {
  for (auto waited = 0ms; waited < kSettleTime; waited += kSettleStep) {
    found = lookUp(engine, step, call);
    if (!found.ok() || !found.exists() || found.state != ContainerState::Running) {
      return true;
    }
    if (livesInContainer(found.pid(), found.id()) || !wait(call, kSettleStep)) {
      return false;
    }
  }
  return false;
}

Status absent(const sdk::Step& step, sdk::Call& call) {
  return fail(call, ErrorClass::NotFound, named(step) + " does not exist");
}

// What there is to say without asking the engine to start it; nothing when it is to be asked.
std::optional<Status> startedOrImpossible(const sdk::Step& step, sdk::Call& call,
                                          const Inspection& found) {
  if (!found.ok()) {
    return found.status;
  }
  if (!found.exists()) {
    return absent(step, call);
  }
  if (found.state == ContainerState::Paused) {
    return fail(call, ErrorClass::Conflict, named(step) + " is paused: it cannot be started");
  }
  if (found.state == ContainerState::Running && livesInContainer(found.pid(), found.id())) {
    return Status{};
  }
  return std::nullopt;
}

// A container of the original agent is restarted by the engine besides. That ends with the first
// start by us; where an engine cannot change it, with the container.
Status endOwnRestarts(EngineClient& engine, sdk::Call& call, const Inspection& found) {
  if (!found.ok() || !found.exists() || !engine.dialect().updatesRestartPolicy() ||
      !labelOf(found.labels(), sdk::kOwnerLabel).empty()) {
    return {};
  }
  const std::string_view policy =
      support::jsonText(*found.value, {"HostConfig", "RestartPolicy", "Name"});
  if (policy.empty() || policy == "no") {
    return {};
  }
  const EngineAnswer answer =
      engine.call(call, {.method = "POST",
                         .path = pathOf(found.id(), "/update"),
                         .body = json::object{{"RestartPolicy", json::object{{"Name", "no"}}}}});
  if (!answer.ok() || answer.success()) {
    return answer.status;
  }
  return engine.refuse(call, kStart, answer.response);
}

// Nothing when the engine answers 304, which may mean "runs" as well as "is just ending".
std::optional<Status> startOnce(EngineClient& engine, sdk::Call& call, const Inspection& found) {
  const Status networks = connectMissing(engine, call, found);
  if (!networks.ok()) {
    return networks;
  }
  const EngineAnswer answer = post(engine, call, pathOf(found.id(), "/start"), Timeouts::kStart);
  if (answer.ok() && answer.http() == 304) {
    return std::nullopt;
  }
  if (!answer.ok() || answer.success()) {
    return answer.status;
  }
  return engine.refuse(call, kStart, answer.response);
}

Status waitUntilGone(EngineClient& engine, const sdk::Step& step, sdk::Call& call) {
  for (auto waited = 0ms; waited < kRemovalTime; waited += kRemovalStep) {
    const Inspection found = lookUp(engine, step, call);
    if (!found.ok() || !found.exists()) {
      return found.status;
    }
    if (!wait(call, kRemovalStep)) {
      return fail(call, ErrorClass::Cancelled, "cancelled");
    }
  }
  return fail(call, ErrorClass::Transient, named(step) + " is still being removed");
}

// Pause and unpause: `wanted` is Ok already, `from` is where the change is possible.
Status toggle(EngineClient& engine, const sdk::Step& step, sdk::Call& call, std::string_view verb,
              ContainerState from, ContainerState wanted) {
  const Inspection found = lookUp(engine, step, call);
  if (!found.ok()) {
    return found.status;
  }
  if (!found.exists()) {
    return absent(step, call);
  }
  if (found.state == wanted) {
    return {};
  }
  if (found.state != from) {
    return fail(call, ErrorClass::Conflict, named(step) + " does not run");
  }
  const EngineAnswer answer = post(engine, call, pathOf(found.id(), verb), Timeouts::kPause);
  if (!answer.ok() || answer.success()) {
    return answer.status;
  }
  return engine.refuse(call, kStop, answer.response);
}

}  // namespace

Status createContainer(EngineClient& engine, const sdk::Step& step, sdk::Call& call) {
  std::string problem;
  const auto spec = parseContainerSpec(step.specJson, problem);
  if (spec && problem.empty()) {
    problem = engine.dialect().refusalOf(*spec);
  }
  if (!problem.empty()) {
    return fail(call, ErrorClass::Invalid, problem);
  }
  int version = 0;
  const Status known = engine.version(call, version);
  if (!known.ok()) {
    return known;
  }
  const json::object body = engine.dialect().createBody(*spec, version);
  const EngineAnswer answer = engine.call(call, {.method = "POST",
                                                 .path = engine.dialect().createPath(step.name),
                                                 .body = body,
                                                 .timeoutMs = Timeouts::kCreate});
  if (!answer.ok()) {
    return answer.status;
  }
  if (engine.dialect().saysNameTaken(answer.response)) {
    return adoptExisting(engine, step, spec->labels, call);
  }
  if (!answer.success()) {
    return engine.refuse(call, kCreate, answer.response);
  }
  if (engine.dialect().laterNetworks(labelsIn(body)).is_null()) {
    return {};
  }
  const Inspection created = inspectContainer(engine, call, step.name);
  return created.exists() ? connectMissing(engine, call, created) : created.status;
}

Status startContainer(EngineClient& engine, const sdk::Step& step, sdk::Call& call) {
  Inspection found = lookUp(engine, step, call);
  const Status released = endOwnRestarts(engine, call, found);
  if (!released.ok()) {
    return released;
  }
  for (int attempt = 0; attempt < kStartAttempts; ++attempt) {
    std::optional<Status> known = startedOrImpossible(step, call, found);
    if (!known) {
      known = startOnce(engine, call, found);
    }
    if (known) {
      return *known;
    }
    if (!settlesNotRunning(engine, step, call, found)) {
      return call.cancelled() ? fail(call, ErrorClass::Cancelled, "cancelled") : found.status;
    }
  }
  return fail(call, ErrorClass::Conflict, named(step) + " changes all the time: look again");
}

Status stopContainer(EngineClient& engine, const sdk::Step& step, sdk::Call& call) {
  const Inspection found = lookUp(engine, step, call);
  if (!found.ok() || !found.exists() || found.state == ContainerState::Created ||
      found.state == ContainerState::Exited) {
    return found.status;
  }
  if (found.state == ContainerState::Paused) {
    // A frozen process gets no signal before the kill.
    const EngineAnswer answer =
        post(engine, call, pathOf(found.id(), "/unpause"), Timeouts::kPause);
    if (!answer.ok()) {
      return answer.status;
    }
  }
  const std::int64_t grace = std::max<std::int64_t>(step.graceMs, 0);
  const EngineAnswer answer = post(engine, call, stopPath(engine.dialect(), found.id(), grace),
                                   grace + Timeouts::kStopBeyondGrace);
  if (!answer.ok() || answer.success() || answer.http() == 304 || answer.http() == 404) {
    return answer.status;
  }
  return engine.refuse(call, kStop, answer.response);
}

Status removeContainer(EngineClient& engine, const sdk::Step& step, sdk::Call& call) {
  const Inspection found = lookUp(engine, step, call);
  if (!found.ok() || !found.exists()) {
    return found.status;
  }
  if (found.state == ContainerState::Running || found.state == ContainerState::Paused) {
    return fail(call, ErrorClass::Conflict, named(step) + " still runs: it must be stopped first");
  }
  const EngineAnswer answer = engine.call(
      call, {.method = "DELETE", .path = pathOf(found.id(), ""), .timeoutMs = Timeouts::kRemove});
  if (!answer.ok() || answer.success() || answer.http() == 404) {
    return answer.status;
  }
  if (answer.http() == 409 &&
      errorText(answer.response).find("already in progress") != std::string::npos) {
    return waitUntilGone(engine, step, call);
  }
  return engine.refuse(call, kRemove, answer.response);
}

Status pauseContainer(EngineClient& engine, const sdk::Step& step, sdk::Call& call) {
  return toggle(engine, step, call, "/pause", ContainerState::Running, ContainerState::Paused);
}

Status unpauseContainer(EngineClient& engine, const sdk::Step& step, sdk::Call& call) {
  return toggle(engine, step, call, "/unpause", ContainerState::Paused, ContainerState::Running);
}

}  // namespace holdfast::runtime

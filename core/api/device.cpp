// SPDX-License-Identifier: Apache-2.0
// Iotistic's device API, as the tools of the original agent speak it: its paths, bodies and words.
// A command to an app means all of its services; it is taken in, and the answer does not wait for
// what comes of it.
#include "api/answer.hpp"
#include "api/handlers.hpp"
#include "api/json_views.hpp"
#include "api/lookup.hpp"
#include "model/json_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace holdfast::api {
namespace {

namespace bj = boost::json;
using Services = std::vector<const engine::ServiceView*>;

// A problem as everywhere, with the members of the original as well.
Response deviceProblem(int status, const std::string& detail) {
  return problem(status, detail, bj::object{{"error", titleOf(status)}, {"message", detail}});
}

Response noSuchApp(const std::string& app) {
  return deviceProblem(404, "Application with ID " + app.substr(0, 100) + " not found");
}

// "Running": the tools count services by this word.
std::string_view statusWord(model::ServiceStatusWord status) {
  switch (status) {
    case model::ServiceStatusWord::Pending:
      return "Pending";
    case model::ServiceStatusWord::Running:
      return "Running";
    case model::ServiceStatusWord::Stopped:
      return "Stopped";
    case model::ServiceStatusWord::Error:
      break;
  }
  return "Error";
}

bj::value containerIdOf(const engine::ServiceView& view) {
  return view.status.containerId ? bj::value(*view.status.containerId) : bj::value(nullptr);
}

bj::object serviceObject(const engine::ServiceView& view) {
  return {{"serviceId", model::idValue(view.status.serviceId)},
          {"serviceName", view.status.serviceName},
          {"imageName", view.status.imageName},
          {"state", view.status.state},
          {"status", statusWord(view.status.serviceStatus)},
          {"containerId", containerIdOf(view)}};
}

bj::array serviceArray(const Services& services) {
  bj::array array;
  for (const auto* view : services) {
    array.push_back(serviceObject(*view));
  }
  return array;
}

bj::object appsObject(const engine::Snapshot& snapshot) {
  bj::object apps;
  if (snapshot.target) {
    for (const auto& app : snapshot.target->apps) {
      apps[app.id] = bj::object{{"appId", model::idValue(app.id)},
                                {"appName", app.name},
                                {"services", serviceArray(servicesOf(snapshot, app.id))}};
    }
  }
  return apps;
}

// The cloud answered when it was last asked.
bool isOnline(const std::optional<uplink::LinkView>& link) {
  return link && link->poll.lastOk && link->poll.failures == 0;
}

bool isProvisioned(const std::optional<uplink::LinkView>& link) {
  return link && link->enrolment == sdk::EnrolmentStep::None;
}

// The id of the app in a body {"appId": 1001, "force": false}, a number or text; empty when there
// is none. `force` would override locks, of which there are none here.
std::string appIn(const std::string& body) {
  const auto read = model::readJson(body, {.bytes = 8'192});
  const auto* object = read.value ? read.value->if_object() : nullptr;
  const auto* app = object == nullptr ? nullptr : object->if_contains("appId");
  if (app == nullptr) {
    return "";
  }
  if (const auto* text = app->if_string()) {
    return std::string(*text);
  }
  const auto* number = app->if_int64();
  return number == nullptr ? "" : std::to_string(*number);
}

Response missingApp() {
  return deviceProblem(400,
                       "Missing or invalid app id: expected a body {\"appId\": 1001} with the id "
                       "or the name of an app");
}

// Nothing when at least one service took the command in; what the target keeps stopped takes none.
std::optional<Response> commandAll(Verb verb, const Services& services, Agent& agent) {
  std::optional<engine::CommandResult> refused;
  bool done = false;
  for (const auto* view : services) {
    auto result = agent.command(verb, view->status.appId, view->status.serviceName);
    if (result.code == engine::CommandResult::Code::Done) {
      done = true;
    } else if (!refused) {
      refused = std::move(result);
    }
  }
  if (done) {
    return std::nullopt;
  }
  return deviceProblem(refusal(*refused).status, refused->message);
}

Response plainOk() {
  return {.status = 200,
          .contentType = "text/plain; charset=utf-8",
          .headers = {},
          .body = "OK",
          .stream = {}};
}

}  // namespace

Response showDevice(const Request&, Agent& agent) {
  const auto snapshot = agent.snapshot();
  const auto link = agent.link();
  const auto identity = agent.identity();
  return json(200, {{"uuid", textOrNull(snapshot->deviceId())},
                    {"deviceName", identity.at("device").at("name")},
                    {"agentVersion", agent.version()},
                    {"version",
                     snapshot->target ? textOrNull(snapshot->target->version) : bj::value(nullptr)},
                    {"provisioned", isProvisioned(link)},
                    {"is_online", isOnline(link)},
                    {"status", snapshot->settled ? "Idle" : "Applying"},
                    {"apps", appsObject(*snapshot)}});
}

Response showApp(const Request& request, Agent& agent) {
  const auto& app = request.captures.at("app");
  const auto snapshot = agent.snapshot();
  const auto services = servicesOf(*snapshot, app);
  if (services.empty()) {
    return noSuchApp(app);
  }
  const auto& first = *services.front();
  return json(200, {{"appId", model::idValue(first.status.appId)},
                    {"appName", first.status.appName},
                    {"containerId", containerIdOf(first)},
                    {"serviceName", first.status.serviceName},
                    {"imageName", first.status.imageName},
                    {"status", statusWord(first.status.serviceStatus)},
                    {"config", specValue(first)},
                    {"services", serviceArray(services)}});
}

Response operateApp(Verb verb, const Request& request, Agent& agent) {
  const auto& app = request.captures.at("app");
  const auto snapshot = agent.snapshot();
  const auto services = servicesOf(*snapshot, app);
  if (services.empty()) {
    return noSuchApp(app);
  }
  if (auto refused = commandAll(verb, services, agent)) {
    return *std::move(refused);
  }
  return json(200, {{"containerId", containerIdOf(*services.front())},
                    {"status", verb == Verb::Stop ? "stopped" : "started"}});
}

Response restartApp(const Request& request, Agent& agent) {
  const auto app = appIn(request.body);
  if (app.empty()) {
    return missingApp();
  }
  const auto snapshot = agent.snapshot();
  const auto services = servicesOf(*snapshot, app);
  if (services.empty()) {
    return noSuchApp(app);
  }
  auto refused = commandAll(Verb::Restart, services, agent);
  return refused ? *std::move(refused) : plainOk();
}

Response purgeAppData(const Request& request, Agent& agent) {
  const auto app = appIn(request.body);
  if (app.empty()) {
    return missingApp();
  }
  const auto result = agent.purge(app);
  return result.code == engine::CommandResult::Code::Done
             ? plainOk()
             : deviceProblem(refusal(result).status, result.message);
}

Response restartAgent(const Request&, Agent& agent) {
  agent.restart();
  return json(202, {{"Data", "Agent restarting"}, {"Error", nullptr}});
}

}  // namespace holdfast::api

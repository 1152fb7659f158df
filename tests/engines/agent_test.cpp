// SPDX-License-Identifier: Apache-2.0
#include "engines/agent_test.hpp"

#include "fixtures/lab/lab_environment.hpp"
#include "fixtures/lab/wait_until.hpp"

#include <signal.h>

#include <ctime>
#include <iomanip>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace holdfast::engines {

using fixtures::Lab;
using fixtures::LabEnvironment;
using fixtures::waitUntil;
using ::testing::AssertionFailure;
using ::testing::AssertionResult;
using ::testing::AssertionSuccess;

namespace {

auto* const environment = dynamic_cast<LabEnvironment*>(
    ::testing::AddGlobalTestEnvironment(new LabEnvironment(LabEnvironment::chosenEngines())));

std::map<fixtures::Engine, std::unique_ptr<fixtures::EngineClient>> clientsOf(const Lab& lab) {
  std::map<fixtures::Engine, std::unique_ptr<fixtures::EngineClient>> clients;
  for (const auto engine : fixtures::enginesOf(environment->engines())) {
    clients[engine] = lab.client(engine);
  }
  return clients;
}

void clean(const fixtures::EngineClient& engine) {
  engine.removeAll();
  for (const auto& name : engine.networks()) {
    engine.call("DELETE", "/networks/" + name);
  }
  for (const auto& name : engine.volumes()) {
    engine.call("DELETE", "/volumes/" + name);
  }
}

std::string text(const json::value& value) {
  return value.is_string() ? json::value_to<std::string>(value) : json::serialize(value);
}

bool matches(const json::value& event, const std::string& reason, const std::string& part) {
  return text(event.at("reason")) == reason &&
         text(event.at("message")).find(part) != std::string::npos;
}

// The history in lines that people can read.
std::string readable(const json::array& events) {
  std::string lines;
  for (const auto& event : events) {
    lines += text(event.at("lastTimestamp")) + " " + text(event.at("app")) + "/" +
             text(event.at("service")) + " " + text(event.at("reason")) + " x" +
             text(event.at("count")) + ": " + text(event.at("message")) + "\n";
  }
  return lines;
}

}  // namespace

json::object service(const std::string& name, const std::string& image, json::object config) {
  return {{"serviceName", name}, {"imageName", image}, {"config", std::move(config)}};
}

json::value target(const std::vector<json::object>& services, json::object members) {
  json::array list;
  for (const auto& one : services) {
    list.emplace_back(one);
  }
  members["appName"] = kAppName;
  members["services"] = std::move(list);
  return {{"apps", {{kAppId, std::move(members)}}}};
}

json::array runs(const std::string& script) {
  return {"/bin/sh", "-c", "trap 'exit 0' TERM; " + script + "; sleep 1000000 & wait"};
}

bool contains(const json::value& whole, const json::value& part) {
  if (!part.is_object() || !whole.is_object()) {
    return whole == part;
  }
  for (const auto& [key, value] : part.get_object()) {
    const auto* found = whole.get_object().if_contains(key);
    if (found == nullptr || !contains(*found, value)) {
      return false;
    }
  }
  return true;
}

std::ostream& operator<<(std::ostream& out, const ContainerRun& run) {
  return out << run.id.substr(0, 12) << " since " << run.startedAt;
}

// "2025-10-24T10:16:02.114Z", or with more digits
std::int64_t millisecondsOf(const json::value& timestamp) {
  const auto written = json::value_to<std::string>(timestamp);
  std::tm time{};
  std::istringstream(written) >> std::get_time(&time, "%Y-%m-%dT%H:%M:%S");
  const auto dot = written.find('.');
  const auto fraction = dot == std::string::npos ? 0 : std::stoi(written.substr(dot + 1, 3));
  return static_cast<std::int64_t>(::timegm(&time)) * 1000 + fraction;
}

pid_t processOf(const json::object& container) {
  return container.at("State").at("Pid").to_number<pid_t>();
}

Instants instantsOf(const json::object& event) {
  return {millisecondsOf(event.at("firstTimestamp")), millisecondsOf(event.at("lastTimestamp"))};
}

fixtures::Engine engineUnderTest() {
  return fixtures::enginesOf(environment->engines()).front();
}

AgentTest::AgentTest()
    : lab_(environment->lab()),
      clients_(clientsOf(lab_)),
      engine_(clients_.at(kind()).get()),
      faults_(lab_.faults()) {}

void AgentTest::TearDown() {
  if (HasFailure() && agent_) {
    std::cerr << "--- log of holdfastd ---\n" << agent_->log();
    try {
      std::cerr << "--- history ---\n" << readable(agent_->events());
    } catch (const std::exception& error) {
      std::cerr << "no history: " << error.what() << "\n";
    }
  }
  agent_.reset();
  for (const auto& [kind, engine] : clients_) {
    clean(*engine);
  }
}

Agent& AgentTest::makeAgent(Agent::Settings settings) {
  return agent_.emplace(lab_, environment->engines(), std::move(settings));
}

Agent& AgentTest::startAgent(Agent::Settings settings, bool engineAnswers) {
  makeAgent(std::move(settings)).start(engineAnswers);
  return *agent_;
}

AssertionResult AgentTest::shows(const std::string& service, const json::object& expected,
                                 std::chrono::milliseconds limit) {
  json::object seen;
  const auto look = [&] {
    const auto answer = agent_->call("GET", "/v1/services/" + service);
    seen = answer.json().as_object();  // of a service that is not there yet: the problem
    return answer.status == 200 && contains(seen, expected);
  };
  if (waitUntil(look, limit)) {
    return AssertionSuccess();
  }
  return AssertionFailure() << service << " shows " << json::serialize(seen) << "\nand not "
                            << json::serialize(expected);
}

AssertionResult AgentTest::hasFailed(const std::string& service, std::int64_t times,
                                     std::chrono::milliseconds limit) {
  json::object seen;
  const auto often = [&] {
    seen = agent_->call("GET", "/v1/services/" + service).json().as_object();
    const auto* error = seen.if_contains("error");
    return error != nullptr && error->is_object() && error->at("retryCount").as_int64() >= times;
  };
  if (waitUntil(often, limit)) {
    return AssertionSuccess();
  }
  return AssertionFailure() << service << " has not failed " << times << " times, but shows "
                            << json::serialize(seen);
}

AssertionResult AgentTest::tells(const std::string& service, const std::string& reason,
                                 const std::string& text, int count) {
  json::array events;
  const auto told = [&] {
    events = agent_->events(service);
    std::int64_t times = 0;
    for (const auto& event : events) {
      times += matches(event, reason, text) ? event.at("count").as_int64() : 0;
    }
    return times >= count;
  };
  if (waitUntil(told, kSoon)) {
    return AssertionSuccess();
  }
  return AssertionFailure() << "no " << reason << " with '" << text << "' (" << count
                            << " times) among\n"
                            << readable(events);
}

AssertionResult AgentTest::settles(std::chrono::milliseconds limit) {
  if (waitUntil([&] { return agent_->settled(); }, limit)) {
    return AssertionSuccess();
  }
  return AssertionFailure() << "not settled: " << json::serialize(agent_->get("/v1/services"));
}

AssertionResult AgentTest::holds(const json::value& target) {
  agent_->apply(target);
  return settles();
}

AssertionResult AgentTest::passes(int passes) {
  for (int i = 0; i < passes; ++i) {
    const auto before = agent_->lookedAt();
    agent_->signal(SIGHUP);  // reads the same configuration again, and looks
    if (!waitUntil([&] { return agent_->lookedAt() != before; }, kSoon)) {
      return AssertionFailure() << "the engine was not looked at again after " << i << " passes";
    }
  }
  return AssertionSuccess();
}

std::optional<json::object> AgentTest::event(const std::string& service, const std::string& reason,
                                             const std::string& text) {
  for (const auto& event : agent_->events(service)) {
    if (matches(event, reason, text)) {
      return event.as_object();
    }
  }
  return std::nullopt;
}

std::vector<std::string> AgentTest::containersOf(const std::string& name) {
  std::vector<std::string> ids;
  for (const auto& [kind, engine] : clients_) {
    for (const auto& container : engine->containers("io.holdfast.service=" + name)) {
      ids.push_back(text(container.at("Id")));
    }
  }
  return ids;
}

json::object AgentTest::inspect(const std::string& name) {
  const auto ids = containersOf(name);
  if (ids.size() == 1) {
    for (const auto& [kind, engine] : clients_) {
      if (auto container = engine->inspect(ids.front())) {
        return *std::move(container);
      }
    }
  }
  throw std::runtime_error("service " + name + " has " + std::to_string(ids.size()) +
                           " containers, and not one");
}

ContainerRun AgentTest::run(const std::string& name) {
  const auto container = inspect(name);
  const auto& state = container.at("State");
  if (!state.at("Running").as_bool()) {
    throw std::runtime_error("the container of service " + name +
                             " does not run: " + json::serialize(state));
  }
  return {text(container.at("Id")), text(state.at("StartedAt"))};
}

}  // namespace holdfast::engines

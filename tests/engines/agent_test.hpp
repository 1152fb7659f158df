// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engines/agent.hpp"
#include "fixtures/lab/lab.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace holdfast::engines {

namespace json = boost::json;

/// What a correct agent needs far less than; only a failing test waits so long.
inline constexpr auto kSoon = std::chrono::seconds(30);

/// The app of all targets here, unless a test says otherwise.
inline constexpr const char* kAppId = "1001";
inline constexpr const char* kAppName = "lab";

/// One element of `services`. `config` goes under "config".
json::object service(const std::string& name, const std::string& image, json::object config = {});

/// A target of one app "lab" with these services. `members` are put beside them into the app:
/// networks and volumes.
json::value target(const std::vector<json::object>& services, json::object members = {});

/// The command of a container that runs until it is told to end, after the shell has run `script`.
json::array runs(const std::string& script);

/// True when every member of `part`, also of objects inside, is in `whole` with the same value.
bool contains(const json::value& whole, const json::value& part);

/// One run of one container: another container, or another start of the same, is another run.
struct ContainerRun {
  std::string id;
  std::string startedAt;

  bool operator==(const ContainerRun&) const = default;
};

/// For GoogleTest's messages.
std::ostream& operator<<(std::ostream& out, const ContainerRun& run);

/// A time as the agent and the engines write it, in milliseconds since 1970.
std::int64_t millisecondsOf(const json::value& timestamp);

/// The process id of a running container, of what inspect() returns.
pid_t processOf(const json::object& container);

/// When an event of the history happened first and last, as milliseconds since 1970.
struct Instants {
  std::int64_t first = 0;
  std::int64_t last = 0;
};
Instants instantsOf(const json::object& event);

/// The engine that $LAB_ENGINES names; Docker when that is "both".
fixtures::Engine engineUnderTest();

/// Tests of one program share one lab, with the engines that $LAB_ENGINES names (see
/// LabEnvironment); each has an agent of its own, and leaves no container, network or volume behind
/// (images stay).
class AgentTest : public ::testing::Test {
 protected:
  AgentTest();

  /// Shows the daemon's log and history when the test has failed.
  void TearDown() override;

  /// Makes and starts the agent of this test.
  Agent& startAgent(Agent::Settings settings = {}, bool engineAnswers = true);
  /// The same without starting it.
  Agent& makeAgent(Agent::Settings settings = {});
  Agent& agent() { return *agent_; }

  // The following wait; the message of a failure says what was there instead. A service is named as
  // in "lab/web".

  /// The service shows all of `expected`, as contains() has it.
  ::testing::AssertionResult shows(const std::string& service, const json::object& expected,
                                   std::chrono::milliseconds limit = kSoon);
  /// Its error has been met so often, or more often: a ladder does not wait for who looks.
  ::testing::AssertionResult hasFailed(const std::string& service, std::int64_t times,
                                       std::chrono::milliseconds limit = kSoon);
  /// The history has an event with this reason whose message contains `text`, `count` times.
  ::testing::AssertionResult tells(const std::string& service, const std::string& reason,
                                   const std::string& text = {}, int count = 1);
  /// The target applied last is settled.
  ::testing::AssertionResult settles(std::chrono::milliseconds limit = kSoon);
  /// apply(), then settles().
  ::testing::AssertionResult holds(const json::value& target);
  /// The engine was looked at `passes` more times, for reasons that change nothing.
  ::testing::AssertionResult passes(int passes);

  /// The first event of the service with this reason whose message contains `text`.
  std::optional<json::object> event(const std::string& service, const std::string& reason,
                                    const std::string& text = {});

  // What the engine itself says; where there are two, the one that has the service.

  static fixtures::Engine kind() { return engineUnderTest(); }
  const fixtures::EngineClient& client(fixtures::Engine engine) const {
    return *clients_.at(engine);
  }

  /// Ids of all containers of the service, running or not, by its bare name.
  std::vector<std::string> containersOf(const std::string& name);
  /// The service's only container; throws when there is none, or another one.
  json::object inspect(const std::string& name);
  /// The run of the service's only container; throws when it does not run.
  ContainerRun run(const std::string& name);

  fixtures::Lab& lab_;
  std::map<fixtures::Engine, std::unique_ptr<fixtures::EngineClient>> clients_;
  const fixtures::EngineClient* engine_;  // that of kind()
  fixtures::FaultControl faults_;

 private:
  std::optional<Agent> agent_;
};

}  // namespace holdfast::engines

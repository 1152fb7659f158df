// SPDX-License-Identifier: Apache-2.0
// From the moment at which the engine itself first says "exited" to the agent's call that starts
// the container again.
#include "bench/support/engine_connection.hpp"
#include "bench/support/figures.hpp"
#include "bench/support/recording_proxy.hpp"
#include "bench/support/stage.hpp"
#include "fixtures/lab/wait_until.hpp"

#include <boost/json.hpp>

#include <signal.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <thread>

namespace holdfast::bench {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

constexpr auto kPoll = 1ms;
constexpr auto kLimit = 30s;

struct Crash {
  double exitedAfterDeath = 0;
  double firstCallAfterExited = 0;
  double callAfterExited = 0;  // the call that the engine answered with 204
  double runningAfterDeath = 0;
  int calls = 0;
};

struct State {
  std::string word;
  pid_t pid = 0;
  std::string startedAt;
};

State stateOf(EngineConnection& engine, const std::string& container) {
  const json::value inspected =
      json::parse(engine.expect("GET", "/v1.41/containers/" + container + "/json").body);
  const json::value& state = inspected.at("State");
  return {std::string(state.at("Status").as_string()), state.at("Pid").to_number<pid_t>(),
          std::string(state.at("StartedAt").as_string())};
}

bool isStartOf(const Recorded& request, const std::string& id) {
  return request.method == "POST" &&
         request.path.find("/containers/" + id + "/start") != std::string::npos;
}

// Kills the container's process and watches what follows.
Crash crash(EngineConnection& engine, RecordingProxy& proxy, const std::string& id) {
  const State before = stateOf(engine, id);
  proxy.forget();
  const auto death = Clock::now();
  ::kill(before.pid, SIGKILL);
  State now = before;
  while (now.word == "running" && now.startedAt == before.startedAt) {
    std::this_thread::sleep_for(kPoll);
    now = stateOf(engine, id);
  }
  const auto exited = Clock::now();
  const auto accepted = [&] {
    const auto requests = proxy.requests();
    const auto found = std::find_if(requests.begin(), requests.end(), [&](const Recorded& request) {
      return isStartOf(request, id) && request.status == 204;
    });
    return found == requests.end() ? std::optional<Recorded>() : *found;
  };
  if (!fixtures::waitUntil([&] { return accepted().has_value(); }, kLimit)) {
    throw std::runtime_error("the container was not started again");
  }
  const auto requests = proxy.requests();
  const auto isStart = [&](const Recorded& request) { return isStartOf(request, id); };
  const auto first = std::find_if(requests.begin(), requests.end(), isStart);
  Crash result;
  result.exitedAfterDeath = milliseconds(exited - death);
  result.firstCallAfterExited = milliseconds(first->at - exited);
  result.callAfterExited = milliseconds(accepted()->at - exited);
  result.runningAfterDeath = milliseconds(accepted()->answered - death);
  result.calls = static_cast<int>(std::count_if(requests.begin(), requests.end(), isStart));
  return result;
}

std::vector<std::string> containerIds(const fixtures::DockerClient& docker) {
  std::vector<std::string> ids;
  for (const auto& container : docker.containers()) {
    ids.emplace_back(container.at("Id").as_string());
  }
  return ids;
}

template <class Member>
std::vector<double> column(const std::vector<Crash>& crashes, Member member) {
  std::vector<double> values;
  for (const Crash& crash : crashes) {
    values.push_back(static_cast<double>(crash.*member));
  }
  return values;
}

int run(int services) {
  const fixtures::Lab lab;
  const fixtures::TempDir directory;
  lab.docker().pull(sleeperImage());
  RecordingProxy proxy(directory.path() / "docker.sock", lab.dockerSocket());
  Agent agent(directory.path() / "docker.sock");
  agent.setTarget(targetOf(services));
  agent.waitUntilSettled(120s);

  EngineConnection engine(lab.dockerSocket());
  std::vector<Crash> crashes;
  for (const auto& id : containerIds(lab.docker())) {
    crashes.push_back(crash(engine, proxy, id));
    say("exited " + std::to_string(crashes.back().exitedAfterDeath) + " ms after the death, " +
        "call " + std::to_string(crashes.back().callAfterExited) + " ms later");
    agent.waitUntilSettled(kLimit);
  }

  std::printf("restart_latency: %d services, each killed once (its first restart is at once)\n",
              services);
  printFigure("death to the engine's first \"exited\"", column(crashes, &Crash::exitedAfterDeath),
              "ms");
  printFigure("\"exited\" to the first call to start",
              column(crashes, &Crash::firstCallAfterExited), "ms");
  printFigure("\"exited\" to the call that the engine obeyed",
              column(crashes, &Crash::callAfterExited), "ms");
  printFigure("death to \"started\"", column(crashes, &Crash::runningAfterDeath), "ms");
  printFigure("calls to start per crash", column(crashes, &Crash::calls), "  ");
  return 0;
}

}  // namespace
}  // namespace holdfast::bench

// restart_latency [SERVICES]
int main(int count, char** arguments) {
  try {
    return holdfast::bench::run(count > 1 ? std::atoi(arguments[1]) : 25);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "restart_latency: %s\n", error.what());
    return 1;
  }
}

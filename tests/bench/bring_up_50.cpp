// SPDX-License-Identifier: Apache-2.0
// Fifty services of a local image, from nothing to the fiftieth container's start: holdfastd, the
// same calls straight to the engine, and docker-compose.
#include "bench/support/engine_connection.hpp"
#include "bench/support/figures.hpp"
#include "bench/support/recording_proxy.hpp"
#include "bench/support/stage.hpp"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <thread>

namespace holdfast::bench {
namespace {

using namespace std::chrono_literals;

constexpr auto kLimit = 120s;

// The calls that bring up one container, in their order.
using Calls = std::vector<Recorded>;
struct Script {
  Calls first;                    // what all need: the app's network
  std::vector<Calls> containers;  // create, start
};

bool isMutation(const Recorded& request) {
  return request.method == "POST" && request.status < 300;
}

// "POST /v1.41/containers/create?name=NAME"; a start names the container that the create has made,
// by its id, which will be another one: the name serves as well.
Script scriptOf(const std::vector<Recorded>& requests) {
  Script script;
  constexpr std::string_view kName = "/containers/create?name=";
  for (const auto& request : requests) {
    if (!isMutation(request)) {
      continue;
    }
    if (const auto place = request.path.find(kName); place != std::string::npos) {
      Recorded start;
      start.method = "POST";
      start.path = request.path.substr(0, place) + "/containers/" +
                   request.path.substr(place + kName.size()) + "/start";
      script.containers.push_back({request, std::move(start)});
    } else if (!request.path.ends_with("/start")) {
      script.first.push_back(request);
    }
  }
  return script;
}

void make(EngineConnection& engine, const Calls& calls) {
  for (const auto& call : calls) {
    engine.expect(call.method, call.path, call.body);
  }
}

class Contest {
 public:
  Contest(const fixtures::Lab& lab, int services) : lab_(lab), services_(services) {}

  // What the agent asks of the engine; this round is not timed.
  void learn() {
    const fixtures::TempDir directory;
    RecordingProxy proxy(directory.path() / "docker.sock", lab_.dockerSocket());
    Agent agent(directory.path() / "docker.sock");
    StartCounter counter(lab_.docker());
    agent.setTarget(targetOf(services_));
    counter.wait(services_, kLimit);
    agent.waitUntilSettled(kLimit);
    agent.stop();
    script_ = scriptOf(proxy.requests());
    if (std::ssize(script_.containers) != services_) {
      throw std::runtime_error("the agent made " + std::to_string(script_.containers.size()) +
                               " containers");
    }
  }

  const Script& script() const { return script_; }

  double agent() {
    Agent agent(lab_.dockerSocket());
    StartCounter counter(lab_.docker());
    const auto began = Clock::now();
    agent.setTarget(targetOf(services_));
    counter.wait(services_, kLimit);
    const double took = milliseconds(Clock::now() - began);
    agent.waitUntilSettled(kLimit);
    agent.stop();
    return took;
  }

  double straight(int threads) {
    StartCounter counter(lab_.docker());
    const auto began = Clock::now();
    {
      EngineConnection engine(lab_.dockerSocket());
      make(engine, script_.first);
      std::atomic<std::size_t> next{0};
      std::vector<std::jthread> workers;
      for (int worker = 0; worker < threads; ++worker) {
        workers.emplace_back([&] {
          EngineConnection own(lab_.dockerSocket());
          for (auto index = next++; index < script_.containers.size(); index = next++) {
            make(own, script_.containers[index]);
          }
        });
      }
    }
    counter.wait(services_, kLimit);
    return milliseconds(Clock::now() - began);
  }

  double compose() {
    const fixtures::TempDir directory;
    std::string file = "version: '3'\nservices:\n";
    for (int number = 1; number <= services_; ++number) {
      file += "  " + serviceName(number) + ":\n    image: " + sleeperImage() + "\n";
    }
    fixtures::writeFile(directory.path() / "docker-compose.yml", file);
    StartCounter counter(lab_.docker());
    const auto began = Clock::now();
    const auto ended =
        fixtures::run({.command = {"docker-compose", "-p", "bench", "up", "-d"},
                       .environment = {{"DOCKER_HOST", "unix://" + lab_.dockerSocket().string()}},
                       .workingDirectory = directory.path()},
                      kLimit);
    if (ended.status != fixtures::ExitStatus{}) {
      throw std::runtime_error("docker-compose: " + ended.standardError);
    }
    counter.wait(services_, kLimit);
    return milliseconds(Clock::now() - began);
  }

 private:
  const fixtures::Lab& lab_;
  const int services_;
  Script script_;
};

constexpr int kParallel[] = {2, 3, 4};

int run(int rounds, int services) {
  const fixtures::Lab lab;
  lab.docker().pull(sleeperImage());
  Contest contest(lab, services);
  say("learning what holdfastd asks of the engine");
  contest.learn();
  clearEngine(lab.dockerSocket());

  std::vector<double> agent;
  std::vector<double> compose;
  std::map<int, std::vector<double>> straight;
  for (int round = 1; round <= rounds; ++round) {
    const auto timed = [&](const std::string& who, std::vector<double>& figures, double took) {
      figures.push_back(took);
      say("round " + std::to_string(round) + ": " + who + " " + std::to_string(took) + " ms");
      clearEngine(lab.dockerSocket());
    };
    timed("holdfastd", agent, contest.agent());
    for (const int threads : kParallel) {
      timed(std::to_string(threads) + " threads", straight[threads], contest.straight(threads));
    }
    timed("docker-compose", compose, contest.compose());
  }

  std::printf("bring_up_50: %d services of a local image on their app's own network, %d rounds\n",
              services, rounds);
  printFigure("holdfastd, from PUT /v1/target", agent, "ms");
  int best = kParallel[0];
  for (const int threads : kParallel) {
    printFigure("the same calls, " + std::to_string(threads) + " threads", straight[threads], "ms");
    if (quantile(straight[threads], 0.5) < quantile(straight[best], 0.5)) {
      best = threads;
    }
  }
  printFigure("docker-compose up -d", compose, "ms");
  printRatio("holdfastd", agent, "the same calls by " + std::to_string(best) + " threads",
             straight[best]);
  printRatio("holdfastd", agent, "docker-compose", compose);
  return 0;
}

}  // namespace
}  // namespace holdfast::bench

// bring_up_50 [ROUNDS [SERVICES]]
int main(int count, char** arguments) {
  try {
    return holdfast::bench::run(count > 1 ? std::atoi(arguments[1]) : 5,
                                count > 2 ? std::atoi(arguments[2]) : 50);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bring_up_50: %s\n", error.what());
    return 1;
  }
}

// SPDX-License-Identifier: Apache-2.0
#include "bench/support/stage.hpp"

#include "bench/support/engine_connection.hpp"
#include "fixtures/lab/wait_until.hpp"

#include <signal.h>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <set>
#include <stdexcept>
#include <thread>

namespace holdfast::bench {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

constexpr int kRemovers = 4;

bool isStart(const json::object& event) {
  const auto* type = event.if_contains("Type");
  const auto* action = event.if_contains("Action");
  return type != nullptr && action != nullptr && *type == "container" && *action == "start";
}

json::array listOf(EngineConnection& engine, std::string_view path) {
  return json::parse(engine.expect("GET", path).body).as_array();
}

void removeContainers(const std::filesystem::path& socket, const json::array& containers) {
  std::vector<std::jthread> threads;
  for (std::size_t first = 0; first < kRemovers; ++first) {
    threads.emplace_back([&, first] {
      EngineConnection engine(socket);
      for (std::size_t index = first; index < containers.size(); index += kRemovers) {
        engine.expect("DELETE", "/v1.41/containers/" +
                                    std::string(containers[index].at("Id").as_string()) +
                                    "?force=1&v=1");
      }
    });
  }
}

}  // namespace

std::string sleeperImage() {
  return fixtures::Lab::image("sleeper:1.0");
}

std::string serviceName(int number) {
  return "service-" + std::string(number < 10 ? "0" : "") + std::to_string(number);
}

std::string targetOf(int count) {
  json::array services;
  for (int number = 1; number <= count; ++number) {
    services.push_back({{"serviceId", number},
                        {"serviceName", serviceName(number)},
                        {"imageName", sleeperImage()}});
  }
  return json::serialize(
      json::object{{"apps", {{"7", {{"appName", "bench"}, {"services", std::move(services)}}}}}});
}

void installPlugin(const std::filesystem::path& directory) {
  std::filesystem::create_directory(directory);
  std::filesystem::copy_file(HOLDFAST_PLUGIN_FILE, directory / "docker.so");
  std::filesystem::permissions(directory / "docker.so", std::filesystem::perms(0755));
}

StartCounter::StartCounter(const fixtures::DockerClient& docker) : events_(docker.events()) {}

void StartCounter::wait(int count, std::chrono::seconds limit) const {
  std::set<std::string> started;
  const auto last = [&](const json::object& event) {
    if (isStart(event)) {
      started.emplace(event.at("id").as_string());
    }
    return std::ssize(started) == count;
  };
  if (!events_->waitFor(last, limit)) {
    throw std::runtime_error(std::to_string(started.size()) + " of " + std::to_string(count) +
                             " containers have started");
  }
}

void clearEngine(const std::filesystem::path& dockerSocket) {
  EngineConnection engine(dockerSocket);
  removeContainers(dockerSocket, listOf(engine, "/v1.41/containers/json?all=1"));
  for (const auto& network : listOf(engine, "/v1.41/networks")) {
    const std::string name(network.at("Name").as_string());
    if (name != "bridge" && name != "host" && name != "none") {
      engine.expect("DELETE", "/v1.41/networks/" + name);
    }
  }
  // What the engine and the kernel still do about the removed ones is not the next round's.
  std::this_thread::sleep_for(2s);
}

Agent::Agent(const std::filesystem::path& dockerSocket, std::vector<std::string> options)
    : directory_("hf-bench-"), socket_(directory_.path() / "holdfast.sock") {
  const auto plugins = directory_.path() / "plugins";
  const auto configuration = directory_.path() / "holdfast.properties";
  installPlugin(plugins);
  fixtures::writeFile(configuration, "state.dir = " + (directory_.path() / "state").string() +
                                         "\napi.socket = " + socket_.string() + "\nplugins.dir = " +
                                         plugins.string() + "\nruntime.docker.url = unix://" +
                                         dockerSocket.string() + "\n");
  options.insert(options.begin(), {HOLDFAST_DAEMON, "--config", configuration.string()});
  process_ = std::make_unique<fixtures::Process>(std::move(options));
  const auto ready = [this] {
    try {
      return fixtures::request(socket_, "GET", "/readyz", {}, 2s).status == 200;
    } catch (const std::runtime_error&) {
      return false;
    }
  };
  if (!fixtures::waitUntil([&] { return ready() || !process_->running(); }, 20s) || !ready()) {
    throw complaint("it does not become ready");
  }
}

Agent::~Agent() {
  try {
    stop();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
  }
}

void Agent::stop() {
  process_->signal(SIGTERM);
  const auto ended = process_->wait(10s);
  if (ended != fixtures::ExitStatus{}) {
    throw complaint("it does not end orderly");
  }
}

std::runtime_error Agent::complaint(const std::string& what) const {
  return std::runtime_error("holdfastd: " + what + "; its log:\n" + process_->standardError());
}

boost::json::value Agent::get(const std::string& path) {
  return fixtures::request(socket_, "GET", path, {}, 5s).json();
}

void Agent::setTarget(const std::string& target) {
  const auto answer = fixtures::request(socket_, "PUT", "/v1/target", target, 30s);
  if (answer.status != 200) {
    throw complaint("it refuses the target: " + answer.body);
  }
}

void Agent::waitUntilSettled(std::chrono::seconds limit) {
  const auto settled = [this] {
    if (get("/v1/info").at("target").at("settled") != true) {
      return false;
    }
    const json::value services = get("/v1/services");
    const json::array& all = services.at("services").as_array();
    return std::all_of(all.begin(), all.end(), [](const json::value& service) {
      return service.at("serviceStatus") == "running";
    });
  };
  if (!fixtures::waitUntil(settled, limit, 200ms)) {
    throw complaint("its services have not come up");
  }
}

}  // namespace holdfast::bench

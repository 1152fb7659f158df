// SPDX-License-Identifier: Apache-2.0
// engine_conformance docker|podman <conformance program> <plugin> <options file>
//
// Runs the conformance program on a plugin with a lab's real engine behind it, on which there is a
// container that no agent made. Ours may leave out nothing: a test that is skipped is a failure
// too.

#include "fixtures/lab/lab.hpp"

#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>

namespace {

using namespace holdfast::fixtures;

constexpr const char* kForeign = "somebodys";
constexpr auto kLimit = std::chrono::minutes(5);

// When the foreign container was started, if it runs.
std::string foreignRun(const DockerClient& engine) {
  const auto container = engine.inspect(kForeign);
  if (!container || engine.stateOf(kForeign) != "running") {
    return "it does not run";
  }
  return std::string(container->at("State").at("StartedAt").as_string());
}

void makeForeign(const DockerClient& engine) {
  const std::string image = Lab::image("httpd:1.0");  // one that the tests do not remove
  engine.pull(image);
  engine.create(kForeign, image);
  engine.start(kForeign);
}

void require(bool condition, const std::string& what) {
  if (!condition) {
    throw std::runtime_error(what);
  }
}

void run(bool podman, const std::string& program, const std::string& plugin,
         const std::string& options) {
  const Lab lab(podman ? LabEngines::kPodman : LabEngines::kDocker);
  const std::string socket = podman ? lab.podmanSocket() : lab.dockerSocket();
  const DockerClient engine(socket);  // Podman answers Docker's calls as well
  makeForeign(engine);
  const std::string before = foreignRun(engine);
  const Ended ended =
      holdfast::fixtures::run({.command = {program, "--plugin", plugin, "--options", options,
                                           "--option", "url=unix://" + socket, "--option",
                                           std::string("conformance.foreign=") + kForeign}},
                              kLimit);
  std::fputs(ended.standardOutput.c_str(), stdout);
  std::fputs(ended.standardError.c_str(), stderr);
  require(ended.status == ExitStatus{}, "the plugin does not conform");
  require(ended.standardOutput.find("[  SKIPPED ]") == std::string::npos, "a test was skipped");
  require(foreignRun(engine) == before, "the container that no agent made: " + foreignRun(engine));
  require(engine.containers("io.holdfast.owner").empty(), "containers were left on the engine");
}

}  // namespace

int main(int argc, char** argv) {
  try {
    require(argc == 5, "usage: engine_conformance docker|podman PROGRAM PLUGIN OPTIONS");
    run(std::string(argv[1]) == "podman", argv[2], argv[3], argv[4]);
    return 0;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "engine_conformance: %s\n", failure.what());
    return 1;
  }
}

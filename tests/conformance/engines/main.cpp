// SPDX-License-Identifier: Apache-2.0
// engine_conformance docker|docker-tls|podman <conformance program> <plugin> <options file>
//
// Runs the conformance program on a plugin with a lab's real engine behind it, on which there is a
// container that no agent made. Ours may leave out nothing: a test that is skipped is a failure
// too. docker-tls: over TCP with certificates on both sides.

#include "fixtures/lab/lab.hpp"
#include "fixtures/tls/certificates.hpp"

#include <cstdio>
#include <exception>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

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

using Words = std::vector<std::string>;

// Lets the lab's Docker answer by TLS, too; the options of a plugin that asks it so.
Words answerByTls(const Lab& lab, const Certificates& certificates) {
  const auto files = lab.directory() / "docker" / "tls";
  std::filesystem::create_directory(files);
  std::filesystem::copy_file(certificates.caFile(), files / "ca.pem");
  std::filesystem::copy_file(certificates.server().certFile, files / "cert.pem");
  std::filesystem::copy_file(certificates.server().keyFile, files / "key.pem");
  lab.stop(Engine::kDocker);
  lab.start(Engine::kDocker);
  return {"url=" + std::string(Lab::kDockerTls),
          "caFile=" + certificates.caFile(),
          "certFile=" + certificates.client().certFile,
          "keyFile=" + certificates.client().keyFile,
          "conformance.unreachable=url=tcp://127.0.0.1:1",
          "conformance.hanging=url=tcp://" + std::string(Lab::kBlackhole)};
}

void run(const std::string& how, const std::string& program, const std::string& plugin,
         const std::string& options) {
  const bool podman = how == "podman";
  const Lab lab(podman ? LabEngines::kPodman : LabEngines::kDocker);
  const std::string socket = podman ? lab.podmanSocket() : lab.dockerSocket();
  std::optional<Certificates> certificates;
  Words own{"url=unix://" + socket};
  if (how == "docker-tls") {
    own = answerByTls(lab, certificates.emplace());
  }
  const DockerClient engine(socket);  // Podman answers Docker's calls as well
  makeForeign(engine);
  const std::string before = foreignRun(engine);
  own.push_back(std::string("conformance.foreign=") + kForeign);
  Words command{program, "--plugin", plugin, "--options", options};
  for (const auto& option : own) {
    command.insert(command.end(), {"--option", option});
  }
  // In the lab's network, where it also listens on TCP.
  const Ended ended = lab.in(std::move(command), kLimit);
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
    require(argc == 5, "usage: engine_conformance docker|docker-tls|podman PROGRAM PLUGIN OPTIONS");
    run(argv[1], argv[2], argv[3], argv[4]);
    return 0;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "engine_conformance: %s\n", failure.what());
    return 1;
  }
}

// SPDX-License-Identifier: Apache-2.0
#include "engines/engine_under_test.hpp"
#include "runtime/docker/docker_runtime.hpp"

namespace holdfast::plugin_test {
namespace {

using fixtures::Lab;
using sdk::ErrorClass;

class DockerUnderTest final : public EngineUnderTest {
 public:
  fixtures::Engine engine() const override { return fixtures::Engine::kDocker; }
  fixtures::LabEngines inLab() const override { return fixtures::LabEngines::kDocker; }
  std::unique_ptr<sdk::RuntimePlugin> plugin(sdk::Host& host) const override {
    return std::make_unique<docker::DockerRuntime>(host);
  }

  std::string name() const override { return "Docker"; }
  std::string apiVersion() const override { return "1.4"; }
  std::filesystem::path dataRoot(const Lab& lab) const override {
    return lab.directory() / "docker" / "data";
  }

  bool recordsFailedStarts() const override { return true; }
  bool knowsOutOfMemory() const override { return true; }
  bool checksHealth(const boost::json::object& container) const override {
    return container.at("State").as_object().contains("Health");
  }
  std::string taggedDigest(const std::string&) const override { return {}; }
  std::string unreadableLog() const override {
    return "configured logging driver does not support reading";
  }

  std::vector<std::string> pullPhases() const override {
    return {"downloading", "extracting", "finishing"};
  }
  std::int64_t bytesTold() const override { return 50'000'000; }
  std::vector<PullRefusal> pullRefusals() const override;
  std::string absentTagAnswer() const override { return "HTTP 404\n{\"message\":"; }
  std::vector<StartFailure> startFailures() const override;
};

std::vector<PullRefusal> DockerUnderTest::pullRefusals() const {
  return {
      {Lab::faultyImage("429/app:1"), ErrorClass::RateLimited,
       "toomanyrequests: You have reached your pull"},
      {Lab::faultyImage("captive-portal/app:1"), ErrorClass::Transient,
       "error unmarshalling content: invalid character '<'"},
      {Lab::faultyImage("arm64-only/app:1"), ErrorClass::NotFound,
       "no matching manifest for linux/"},
      {Lab::faultyImage("wrong-digest/app:1"), ErrorClass::Transient,
       "filesystem layer verification failed for digest sha256:"},
      {std::string(Lab::kAuthRegistry) + "/priv/sleeper:1.0", ErrorClass::Denied,
       "no basic auth credentials"},
  };
}

std::vector<StartFailure> DockerUnderTest::startFailures() const {
  return {
      {"nonet",
       {{"networks", {{{"name", "1001_none"}, {"aliases", {"x"}}}}}},
       FailsAt::Start,
       ErrorClass::NotFound,
       "network 1001_none not found"},
      {"port",
       {{"ports", {{{"hostPort", 18095}, {"containerPort", 80}, {"protocol", "tcp"}}}}},
       FailsAt::Start,
       ErrorClass::Conflict,
       "Bind for 0.0.0.0:18095 failed: port is already allocated"},
      {"taken",
       {{"ports", {{{"hostPort", 5055}, {"containerPort", 80}, {"protocol", "tcp"}}}}},
       FailsAt::Start,
       ErrorClass::Conflict,
       "listen tcp4 0.0.0.0:5055: bind: address already in use"},
      {"device",
       {{"devices",
         {{{"hostPath", "/dev/nope"}, {"containerPath", "/dev/nope"}, {"permissions", "rwm"}}}}},
       FailsAt::Start,
       ErrorClass::Rejected,
       "error gathering device information while adding custom device \"/dev/nope\": no such file "
       "or directory"},
  };
}

}  // namespace

const EngineUnderTest& engineUnderTest() {
  static const DockerUnderTest kDocker;
  return kDocker;
}

}  // namespace holdfast::plugin_test

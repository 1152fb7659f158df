// SPDX-License-Identifier: Apache-2.0
#include "engines/engine_under_test.hpp"
#include "runtime/podman/podman_runtime.hpp"

namespace holdfast::plugin_test {
namespace {

using fixtures::Lab;
using sdk::ErrorClass;

class PodmanUnderTest final : public EngineUnderTest {
 public:
  fixtures::Engine engine() const override { return fixtures::Engine::kPodman; }
  fixtures::LabEngines inLab() const override { return fixtures::LabEngines::kPodman; }
  std::unique_ptr<sdk::RuntimePlugin> plugin(sdk::Host& host) const override {
    return std::make_unique<podman::PodmanRuntime>(host);
  }

  std::string name() const override { return "Podman"; }
  std::string apiVersion() const override { return "4.0.0"; }
  std::filesystem::path dataRoot(const Lab& lab) const override {
    return lab.directory() / "podman" / "root";
  }

  bool recordsFailedStarts() const override { return false; }
  bool knowsOutOfMemory() const override { return false; }  // with control groups of version 1
  bool checksHealth(const boost::json::object& container) const override {
    const boost::json::value* health = container.at("State").as_object().if_contains("Health");
    return health != nullptr && health->at("Status") != "";
  }
  std::string taggedDigest(const std::string& pulledDigest) const override { return pulledDigest; }
  std::string unreadableLog() const override {
    return "this container is using the 'none' log driver, cannot read logs: this container is not "
           "logging output";
  }

  // Podman does not say when it unpacks, nor that it is done.
  std::vector<std::string> pullPhases() const override { return {"downloading", "extracting"}; }
  std::int64_t bytesTold() const override { return 0; }
  std::vector<PullRefusal> pullRefusals() const override;
  std::string absentTagAnswer() const override { return "HTTP 200\n{\"progressDetail\":"; }
  std::vector<StartFailure> startFailures() const override;
};

// Not among them: 429 for a manifest, which Podman repeats for minutes.
std::vector<PullRefusal> PodmanUnderTest::pullRefusals() const {
  return {
      {Lab::faultyImage("captive-portal/app:1"), ErrorClass::Transient, "invalid character '<'"},
      {Lab::faultyImage("arm64-only/app:1"), ErrorClass::NotFound,
       "no image found in manifest list for architecture"},
      {Lab::faultyImage("wrong-digest/app:1"), ErrorClass::Transient,
       "Digest did not match, expected sha256:"},
      {std::string(Lab::kAuthRegistry) + "/priv/sleeper:1.0", ErrorClass::Denied,
       "unauthorized: authentication required"},
  };
}

std::vector<StartFailure> PodmanUnderTest::startFailures() const {
  return {
      {"nonet",
       {{"networks", {{{"name", "1001_none"}, {"aliases", {"x"}}}}}},
       FailsAt::Create,
       ErrorClass::NotFound,
       "unable to find network with name or ID 1001_none: network not found"},
      {"port",
       {{"ports", {{{"hostPort", 18095}, {"containerPort", 80}, {"protocol", "tcp"}}}}},
       FailsAt::Start,
       ErrorClass::Conflict,
       "listen tcp4 :18095: bind: address already in use"},
      {"taken",
       {{"ports", {{{"hostPort", 5055}, {"containerPort", 80}, {"protocol", "tcp"}}}}},
       FailsAt::Start,
       ErrorClass::Conflict,
       "listen tcp4 :5055: bind: address already in use"},
      {"device",
       {{"devices",
         {{{"hostPath", "/dev/nope"}, {"containerPath", "/dev/nope"}, {"permissions", "rwm"}}}}},
       FailsAt::Create,
       ErrorClass::Rejected,
       "stat /dev/nope: no such file or directory"},
  };
}

}  // namespace

const EngineUnderTest& engineUnderTest() {
  static const PodmanUnderTest kPodman;
  return kPodman;
}

}  // namespace holdfast::plugin_test

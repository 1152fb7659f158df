// SPDX-License-Identifier: Apache-2.0
//
// The lab that the other tests here stand on: engines that pull and run, a registry that goes wrong
// as it is told to, and nothing left afterwards. Docker's words are those that
// docs/behaviour.md classifies.

#include "fixtures/lab/lab.hpp"
#include "fixtures/lab/lab_environment.hpp"
#include "fixtures/lab/wait_until.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <signal.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <set>

namespace {

using namespace holdfast::fixtures;
using namespace std::chrono_literals;
using ::testing::HasSubstr;

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr auto kSoon = 20s;  // generous: only a failing test waits that long

auto* const environment =
    dynamic_cast<LabEnvironment*>(::testing::AddGlobalTestEnvironment(new LabEnvironment));

class LabSmoke : public ::testing::Test {
 protected:
  void TearDown() override { docker_.removeAll(); }

  /// The status and the message with which Docker refuses to pull.
  std::pair<long, std::string> refusal(std::string_view name) {
    const auto pull = docker_.startPull(Lab::faultyImage(name));
    EXPECT_TRUE(pull->waitForEnd(kSoon)) << name;
    return {pull->status(), pull->error().value_or("")};
  }

  Lab& lab_ = environment->lab();
  DockerClient docker_ = lab_.docker();
  FaultControl faults_ = lab_.faults();
};

bool isProgress(const json::object& line) {
  const auto* detail = line.if_contains("progressDetail");
  return detail != nullptr && detail->is_object() && detail->get_object().contains("current");
}

// --- engine and registries -----------------------------------------------------------------------

TEST_F(LabSmoke, PullsRunsAndServes) {
  docker_.pull(Lab::image("httpd:1.0"));
  docker_.create("web", Lab::image("httpd:1.0"),
                 {{"HostConfig", {{"PortBindings", {{"80/tcp", {{{"HostPort", "8080"}}}}}}}}});
  docker_.start("web");

  EXPECT_EQ(docker_.stateOf("web"), "running");
  const auto page =
      lab_.in({"curl", "-s", "--retry", "5", "--retry-connrefused", "127.0.0.1:8080"});
  EXPECT_EQ(page.standardOutput, "hello\n");
}

TEST_F(LabSmoke, SeesEventsOfAContainerThatEnds) {
  docker_.pull(Lab::image("crasher:1.0"));
  const auto events = docker_.events();
  docker_.create("crash", Lab::image("crasher:1.0"), {{"Env", {"EXIT_CODE=7"}}});
  docker_.start("crash");

  EXPECT_TRUE(events->waitFor(
      [](const json::object& event) {
        return event.at("Action") == "die" &&
               event.at("Actor").at("Attributes").at("exitCode") == "7";
      },
      kSoon));
}

TEST_F(LabSmoke, AsksForThePasswordOfThePrivateRegistry) {
  const auto pull = docker_.startPull(std::string(Lab::kAuthRegistry) + "/priv/sleeper:1.0");
  ASSERT_TRUE(pull->waitForEnd(kSoon));
  EXPECT_THAT(pull->error().value_or(""), HasSubstr("no basic auth credentials"));
}

TEST_F(LabSmoke, HasNoWayToTheInternet) {
  const auto pull = docker_.startPull("docker.io/library/busybox:latest");
  ASSERT_TRUE(pull->waitForEnd(kSoon));
  EXPECT_EQ(pull->status(), 500);
}

TEST_F(LabSmoke, RegistryCanBeAway) {
  lab_.stopRegistry();
  const auto pull = docker_.startPull(Lab::image("exit0:1.0"));
  EXPECT_TRUE(pull->waitForEnd(kSoon));
  lab_.startRegistry();

  EXPECT_THAT(pull->error().value_or(""), HasSubstr("connection refused"));
  EXPECT_NO_THROW(docker_.pull(Lab::image("exit0:1.0")));
}

TEST_F(LabSmoke, DockerCanBeKilledAndStartedAgain) {
  docker_.pull(Lab::image("sleeper:1.0"));
  docker_.create("sleeper", Lab::image("sleeper:1.0"));
  docker_.start("sleeper");

  lab_.killDocker();
  EXPECT_FALSE(docker_.answers());
  lab_.startDocker();
  EXPECT_EQ(docker_.stateOf("sleeper"), "exited");  // it stops what went on without it
}

TEST_F(LabSmoke, DockerCanBeFrozen) {
  lab_.freezeDocker();
  EXPECT_FALSE(docker_.answers(200ms));
  lab_.thawDocker();
  EXPECT_TRUE(docker_.answers(kSoon));
}

// --- the fault registry --------------------------------------------------------------------------

TEST_F(LabSmoke, FaultsAreSeenAsDockerWordsThem) {
  struct Case {
    const char* image;
    long status;
    const char* message;
  };
  for (const auto& [image, status, message] : {
           Case{"429/app:1", 500, "toomanyrequests: You have reached your pull rate limit"},
           Case{"503/app:1", 500, "received unexpected HTTP status: 503 Service Unavailable"},
           Case{"500/app:1", 500, "received unexpected HTTP status: 500 Internal Server Error"},
           Case{"401/app:1", 500, "unauthorized"},
           Case{"403/app:1", 500, "denied"},
           Case{"captive-portal/app:1", 500, "error unmarshalling content: invalid character '<'"},
           Case{"arm64-only/app:1", 200, "no matching manifest for linux/"},
           Case{"wrong-digest/app:1", 200, "filesystem layer verification failed for digest"},
           Case{"flaky/app:1", 404, "not found: manifest unknown: manifest unknown"},
       }) {
    const auto [gotStatus, gotMessage] = refusal(image);
    EXPECT_EQ(gotStatus, status) << image;
    EXPECT_THAT(gotMessage, HasSubstr(message)) << image;
  }
}

TEST_F(LabSmoke, AnAbsentTagAppearsWhenToldTo) {
  EXPECT_EQ(refusal("flaky/later:1.0").first, 404);
  faults_.set("flaky/later:1.0", "ok");

  docker_.pull(Lab::faultyImage("flaky/later:1.0"));
  docker_.create("later", Lab::faultyImage("flaky/later:1.0"));
  docker_.start("later");
  EXPECT_EQ(docker_.stateOf("later"), "running");
  EXPECT_EQ(refusal("flaky/later:2.0").first, 404);  // the rule was for the one tag
}

TEST_F(LabSmoke, AStalledPullGoesOnWhenTheRegistryDoes) {
  const auto pull = docker_.startPull(Lab::faultyImage("stall-blobs/app:1.0"));
  ASSERT_TRUE(pull->waitFor(isProgress, kSoon));
  // Docker fetches three layers at once; all of them are held back now.
  ASSERT_TRUE(waitUntil([&] { return faults_.open("/stall-blobs/app/blobs/") == 3; }, kSoon));
  EXPECT_FALSE(pull->ended());

  faults_.set("stall-blobs/app", "ok");
  EXPECT_TRUE(pull->waitForEnd(kSoon));
  EXPECT_EQ(pull->error(), std::nullopt);
  EXPECT_TRUE(docker_.hasImage(Lab::faultyImage("stall-blobs/app:1.0")));
}

TEST_F(LabSmoke, ACancelledPullFreesItsSlots) {
  {
    const auto pull = docker_.startPull(Lab::faultyImage("stall-blobs/cancelled:1.0"));
    ASSERT_TRUE(waitUntil([&] { return faults_.open("/cancelled/blobs/") == 3; }, kSoon));
  }
  EXPECT_NO_THROW(docker_.pull(Lab::faultyImage("ok/unrelated:1.0"), kSoon));
}

TEST_F(LabSmoke, ASilentRegistryAnswersWhenToldTo) {
  const auto pull = docker_.startPull(Lab::faultyImage("blackhole/app:1.0"));
  ASSERT_TRUE(waitUntil([&] { return faults_.open("/blackhole/app/manifests/") == 1; }, kSoon));
  docker_.pull(Lab::faultyImage("ok/meanwhile:1.0"));
  EXPECT_EQ(faults_.open("/blackhole/app/manifests/"), 1U);
  EXPECT_EQ(pull->status(), 0);

  faults_.set("blackhole/app", "ok");
  EXPECT_TRUE(pull->waitForEnd(kSoon));
  EXPECT_EQ(pull->error(), std::nullopt);
}

TEST_F(LabSmoke, RequestsAreCounted) {
  faults_.forgetRequests();
  refusal("503/counted:1");
  EXPECT_EQ(faults_.count("/503/counted/manifests/1"), 2U);  // HEAD, then GET for the reason
  EXPECT_EQ(faults_.open("/503/counted/"), 0U);
}

TEST_F(LabSmoke, RefusesToPlayAnUnknownFault) {
  EXPECT_THROW(faults_.set("flaky", "no-such-fault"), std::runtime_error);
}

// --- Podman --------------------------------------------------------------------------------------

TEST(LabPodman, IsSeenAndSteeredAsDockerIs) {
  const Lab lab(LabEngines::kPodman);
  const auto podman = lab.podman();
  podman.pull(Lab::image("stubborn:1.0"));
  EXPECT_TRUE(podman.hasImage(Lab::image("stubborn:1.0")));
  EXPECT_FALSE(podman.hasImage(Lab::image("stubborn:9.9")));
  const auto id = podman.create("stubborn", Lab::image("stubborn:1.0"), {{"Labels", {{"a", "b"}}}});
  podman.start(id);
  EXPECT_EQ(podman.containers("a=b").size(), 1U);
  EXPECT_THAT(podman.containers("a=c"), ::testing::IsEmpty());
  EXPECT_THAT(podman.networks(), ::testing::IsEmpty());

  lab.kill(Engine::kPodman);
  EXPECT_FALSE(podman.answers());
  lab.start(Engine::kPodman);
  EXPECT_EQ(podman.stateOf("stubborn"), "running");  // it is no child of the service
  lab.stop(Engine::kPodman);
  EXPECT_FALSE(podman.answers());
  lab.start(Engine::kPodman);
  EXPECT_EQ(podman.stateOf("stubborn"), "running");

  lab.freeze(Engine::kPodman);
  EXPECT_FALSE(podman.answers(200ms));
  lab.thaw(Engine::kPodman);
  EXPECT_TRUE(podman.answers(kSoon));

  const auto events = podman.events();
  podman.kill(id);
  EXPECT_TRUE(events->waitFor(
      [&](const json::object& event) {
        return event.at("Action") == "die" && event.at("Actor").at("ID").as_string() == id;
      },
      kSoon));
  EXPECT_TRUE(waitUntil([&] { return podman.stateOf(id) == "exited"; }, kSoon));
  podman.start(id);
  const auto began = std::chrono::steady_clock::now();
  podman.remove(id);
  EXPECT_LT(std::chrono::steady_clock::now() - began, 5s);  // and not after its grace of 10 s
  EXPECT_EQ(podman.stateOf(id), "absent");
  podman.remove(id);
}

TEST(LabScript, SteersOnlyEnginesThatItKnows) {
  const auto& lab = environment->lab();
  const auto script = lab.inside({}).front();
  const auto asked = run({.command = {script, "engine-freeze", lab.directory(), "containerd"}});
  EXPECT_NE(asked.status, ExitStatus{});
  EXPECT_THAT(asked.standardError, HasSubstr("needs 'docker' or 'podman', not 'containerd'"));
}

// --- the end of a lab ----------------------------------------------------------------------------

// The processes of a lab and the control groups that they are in.
struct Traces {
  std::set<std::string> processes;
  std::set<std::string> controlGroups;
};

std::string controlGroupOf(const std::string& pid) {
  std::ifstream lines("/proc/" + pid + "/cgroup");
  for (std::string line; std::getline(lines, line);) {
    if (const auto at = line.find("holdfast-lab-"); at != std::string::npos) {
      return line.substr(at, line.find('/', at) - at);
    }
  }
  return {};
}

// A zombie is dead: only its parent has not noticed.
bool lives(const std::string& pid) {
  const auto status = readFile("/proc/" + pid + "/status");
  return !status.empty() && status.find("State:\tZ") == std::string::npos;
}

Traces tracesOf(const std::string& group) {
  Traces traces;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const auto pid = entry.path().filename().string();
    if (controlGroupOf(pid) == group && lives(pid)) {
      traces.processes.insert(pid);
    }
  }
  for (const auto& base : {fs::path("/sys/fs/cgroup"), fs::path("/sys/fs/cgroup/memory"),
                           fs::path("/sys/fs/cgroup/unified")}) {
    if (fs::exists(base / group)) {
      traces.controlGroups.insert(base / group);
    }
  }
  return traces;
}

std::string groupOf(const fs::path& labDirectory) {
  auto pid = readFile(labDirectory / "pid" / "leader");
  return controlGroupOf(pid.substr(0, pid.find('\n')));
}

TEST(LabEnd, LeavesNothingAfterACrashedEngine) {
  Lab lab;
  const auto docker = lab.docker();
  docker.pull(Lab::image("stubborn:1.0"));
  for (const auto* name : {"running", "paused"}) {
    docker.create(name, Lab::image("stubborn:1.0"));
    docker.start(name);
  }
  EXPECT_EQ(docker.call("POST", "/containers/paused/pause").status, 204);
  const auto group = groupOf(lab.directory());
  EXPECT_GE(tracesOf(group).processes.size(), 8U);
  EXPECT_FALSE(tracesOf(group).controlGroups.empty());

  lab.killDocker();
  lab.down();

  EXPECT_THAT(tracesOf(group).processes, ::testing::IsEmpty());
  EXPECT_THAT(tracesOf(group).controlGroups, ::testing::IsEmpty());
  EXPECT_FALSE(fs::exists(lab.directory()));
}

TEST(LabEnd, ComesWhenTheOwnerIsGone) {
  const TempDir parent("hf-lab-");
  const auto directory = parent.path() / "lab";
  Process owner({"sleep", "1000"});
  const auto script = environment->lab().inside({}).front();
  const auto up =
      run({.command = {script, "up", directory, "--owner-pid", std::to_string(owner.pid())}});
  ASSERT_EQ(up.status, ExitStatus{}) << up.standardError;
  const auto group = groupOf(directory);

  owner.signal(SIGKILL);

  EXPECT_TRUE(waitUntil([&] { return !fs::exists(directory); }, kSoon));
  EXPECT_THAT(tracesOf(group).processes, ::testing::IsEmpty());
  EXPECT_THAT(tracesOf(group).controlGroups, ::testing::IsEmpty());
}

}  // namespace

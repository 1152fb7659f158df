// SPDX-License-Identifier: Apache-2.0
// The causal chain for every state of docs/behaviour.md "What a service shows", brought about by
// the real planner.
#include "api/why.hpp"

#include "unit/engine/support/world.hpp"

#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace holdfast::api {
namespace {

namespace json = boost::json;

using engine::test::failure;
using engine::test::targetOf;
using engine::test::World;
using model::Milliseconds;
using sdk::ErrorClass;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr Milliseconds kSecond{1'000};
constexpr Milliseconds kNever{-1};
constexpr Milliseconds kSometime{0};
const char* const kWeb = "app_web_web";

// A service "web" of image reg/web:1, with more members and more of its `config`.
std::string web(const std::string& config = "", const std::string& members = "") {
  return R"({"serviceName": "web", "imageName": "reg/web:1", )" + members + R"("config": {)" +
         config + "}}";
}

void lenient(World& world, const std::string& services) {
  world.apply(targetOf(services), model::Strictness::Lenient);
}

struct State {
  const char* name;
  std::function<void(World&)> bringAbout;
  const char* status;
  const char* reason;
  std::vector<std::string> steps;      // of the chain, in order
  std::vector<std::string> words;      // parts of what is told
  const char* next;                    // next.what
  Milliseconds in;                     // until next.at; kNever without one
  std::vector<std::string> changes{};  // parts of next.changes
  std::vector<std::string> runtimes{"docker"};
};

void PrintTo(const State& state, std::ostream* out) {
  *out << state.name;
}

// The latest moment at which "web" showed this; passing states are over when all has settled.
std::shared_ptr<const engine::Snapshot> momentOf(const World& world, const State& state) {
  for (auto at = world.published.rbegin(); at != world.published.rend(); ++at) {
    const auto* view = (*at)->find("1", "web");
    if (view != nullptr && view->status.reason == state.reason &&
        model::word(view->status.serviceStatus) == state.status) {
      return *at;
    }
  }
  throw std::logic_error("it never was " + std::string(state.reason) + ", but at last " +
                         world.status("web").reason);
}

std::vector<State> states() {
  const std::vector<std::string> healthy{"status", "target", "decision", "runtime",
                                         "call",   "call",   "container"};
  const std::vector<std::string> pullFailed{"status", "target", "decision", "runtime",
                                            "call",   "answer", "class",    "ladder"};
  const std::vector<std::string> startFailed{"status", "target", "decision", "runtime", "call",
                                             "call",   "answer", "class",    "ladder"};
  const std::vector<std::string> killFailed{"status", "target", "decision", "runtime", "call",
                                            "call",   "answer", "class",    "ladder",  "container"};
  return {
      {"NotLookedAtYet",
       [](World& world) {
         world.docker().down = true;
         world.apply(targetOf(web()));
       },
       "pending",
       "ContainerCreating",
       {"status", "target", "decision", "runtime"},
       {"the engine was not looked at yet", "Engine 'docker' does not answer"},
       "wait for the engine",
       1 * kSecond},
      {"DependencyNotReady",
       [](World& world) {
         world.docker().failures["reg/db:1"] = failure(ErrorClass::NotFound, "manifest unknown");
         world.apply(targetOf(web(R"("dependsOn": ["db"])") +
                              R"(, {"serviceName": "db", "imageName": "reg/db:1"})"));
       },
       "pending",
       "DependencyNotReady",
       {"status", "target", "decision", "runtime", "call"},
       {"it depends on 'db', which is not running", "It goes on as soon as app/db runs."},
       "wait for app/db",
       kNever,
       {"holdfast why app/db"}},
      {"DependencyNotHealthy",
       [](World& world) {
         world.apply(targetOf(web(R"("dependsOn": {"db": {"condition": "healthy"}})") +
                              R"(, {"serviceName": "db", "imageName": "reg/db:1", "config":
                                {"readinessProbe": {"type": "tcp", "port": 1}}})"));
       },
       "pending",
       "DependencyNotReady",
       {"status", "target", "decision", "runtime", "call"},
       {"it depends on 'db', which is not ready", "It goes on as soon as app/db is ready."},
       "wait for app/db",
       kNever,
       {"app/db being ready ('holdfast why app/db' says why it is not)"}},
      {"EndedForAProbe",
       [](World& world) {
         world.apply(targetOf(web(R"("livenessProbe": {"type": "tcp", "port": 1})")));
         for (int failures = 0; failures < 2; ++failures) {
           world.probes.say("web", engine::ProbeKind::Liveness, engine::ProbeResult::Failure,
                            "connection refused");
           world.settle();
         }
       },
       "error",
       "CrashLoopBackOff",
       {"status", "target", "decision", "runtime", "call", "call", "container", "probe", "answer",
        "ladder"},
       {"because the agent stopped it for a probe", "Its liveness probe (tcp) says failure",
        "Its process was ended: liveness probe failed: connection refused; exited with code 143"},
       "restart 2",
       10 * kSecond},
      {"FirstImmediateRestart",
       [](World& world) {
         world.apply(targetOf(web()));
         world.advance(5 * kSecond);
         world.docker().exit(kWeb, 3);
         world.settle();
       },
       "pending",
       "ContainerCreating",
       {"status", "target", "decision", "runtime", "call", "call", "container", "answer", "ladder"},
       {"it ended with Error (exit code 3)", "exited with code 3"},
       "wait for startContainer",
       kNever},
      {"Pulling",
       [](World& world) {
         world.docker().hanging.insert("reg/web:1");
         world.docker().progress["reg/web:1"] = {
             .doneBytes = 3'000'000, .totalBytes = 9'000'000, .phase = "downloading"};
         world.apply(targetOf(web()));
         world.advance(2 * kSecond);
       },
       "pending",
       "Pulling",
       {"status", "target", "decision", "runtime", "call"},
       {"download image reg/web:1", "it is at work: 3000000 of 9000000 bytes"},
       "wait for downloadImage",
       kNever,
       {"another target"}},
      {"PullingAgain",
       [](World& world) {
         world.docker().failures["reg/web:1"] = failure(ErrorClass::Transient, "no route to host");
         world.apply(targetOf(web()));
         world.docker().failures.clear();
         world.docker().hanging.insert("reg/web:1");
         world.advance(12 * kSecond);
       },
       "pending",
       "Pulling",
       pullFailed,
       {"it is at work", "The answer was: no route to host"},
       "wait for downloadImage",
       kNever},
      {"ErrImagePull",
       [](World& world) {
         world.docker().failures["reg/web:1"] = failure(ErrorClass::NotFound, "manifest unknown");
         world.apply(targetOf(web()));
       },
       "error",
       "ErrImagePull",
       pullFailed,
       {"It should be running with image reg/web:1: so says target revision 1 from the API",
        "asked engine 'docker' to download image reg/web:1", "it failed after 0ms",
        "The answer was: manifest unknown", "That is 'not_found'",
        "attempt 1/10 comes 10s after the failure"},
       "retry 1/10",
       10 * kSecond,
       {"another tag, or this one appearing in registry"}},
      {"ImagePullBackOff",
       [](World& world) {
         world.docker().failures["reg/web:1"] = failure(ErrorClass::Denied, "pull access denied");
         world.apply(targetOf(web()));
         world.advance(35 * kSecond);
       },
       "error",
       "ImagePullBackOff",
       pullFailed,
       {"back-off pulling image 'reg/web:1'", "pull access denied", "That is 'denied'",
        "It first failed at 10:15:00 UTC (35s ago)", "Retry 3/10 is due at 10:16:10 UTC (in 35s)"},
       "retry 3/10",
       35 * kSecond,
       {"registry.authFile", "holdfast retry app/web"}},
      {"AnotherCauseAtFirst",
       [](World& world) {
         world.docker().failures["reg/web:1"] = failure(ErrorClass::Transient, "no such host");
         world.apply(targetOf(web()));
         world.docker().failures["reg/web:1"] = failure(ErrorClass::NotFound, "manifest unknown");
         world.advance(11 * kSecond);
       },
       "error",
       "ImagePullBackOff",
       pullFailed,
       {"of another cause: no such host", "The answer was: manifest unknown"},
       "retry 2/10",
       19 * kSecond},
      {"GaveUp",
       [](World& world) {
         world.docker().failures["reg/web:1"] = failure(ErrorClass::NotFound, "manifest unknown");
         world.apply(targetOf(web()));
         world.advance(1'900 * kSecond);
       },
       "error",
       "ImagePullBackOff",
       pullFailed,
       {"gave up pulling image", "all 10 retries were made", "nothing more is done by itself"},
       "gave up",
       kNever,
       {"another tag", "holdfast retry app/web", "another image in the target",
        "the same target applied again", "a restart of the agent"}},
      {"GaveUpUntilRearmed",
       [](World& world) {
         world.docker().failures["reg/web:1"] = failure(ErrorClass::Transient, "no route to host");
         world.apply(targetOf(web()));
         world.advance(1'900 * kSecond);
       },
       "error",
       "ImagePullBackOff",
       pullFailed,
       {"one more attempt is made at 11:45:10 UTC (in 58m)"},
       "gave up",
       3'600 * kSecond - 90 * kSecond,
       {"answering"}},
      {"GaveUpUntilCredentialsChange",
       [](World& world) {
         world.docker().failures["reg/web:1"] = failure(ErrorClass::Denied, "unauthorized");
         world.apply(targetOf(web()));
         world.advance(1'900 * kSecond);
       },
       "error",
       "ImagePullBackOff",
       pullFailed,
       {"one more attempt is made when the credential files change"},
       "gave up",
       kNever,
       {"registry.authFile"}},
      {"RegistryRateLimited",
       [](World& world) {
         world.docker().failures["busy.example/db:1"] =
             failure(ErrorClass::RateLimited, "toomanyrequests");
         world.settings.parallelPulls = 1;
         world.agent().reconfigure(world.settings);
         world.apply(targetOf(R"({"serviceName": "db", "imageName": "busy.example/db:1"},
                                 {"serviceName": "web", "imageName": "busy.example/web:1"})"));
       },
       "pending",
       "RegistryRateLimited",
       {"status", "target", "decision", "runtime"},
       {"registry busy.example asked for fewer requests", "The pull begins at 10:16:00 UTC"},
       "pull",
       60 * kSecond,
       {"the end of the pause", "holdfast retry app/web"}},
      {"InvalidImageName",
       [](World& world) { lenient(world, R"({"serviceName": "web", "imageName": "reg/Web:1"})"); },
       "error",
       "InvalidImageName",
       {"status", "target", "decision", "runtime"},
       {"Nothing is tried again"},
       "fix spec",
       kNever,
       {"an image reference that can be read"}},
      {"ErrImageNeverPull",
       [](World& world) { world.apply(targetOf(web(R"("imagePullPolicy": "Never")"))); },
       "error",
       "ErrImageNeverPull",
       {"status", "target", "decision", "runtime"},
       {"its pull policy is Never", "it looks for it in every pass"},
       "fix spec",
       kNever,
       {"the image on the device", "another pull policy"}},
      {"CreateContainerError",
       [](World& world) {
         world.docker().failures["createContainer app_web_web"] =
             failure(ErrorClass::Conflict, "name in use");
         world.apply(targetOf(web()));
       },
       "error",
       "CreateContainerError",
       startFailed,
       {"create container app_web_web", "name in use", "That is 'conflict'"},
       "retry 1/10",
       10 * kSecond,
       {"the port or name becoming free", "a changed specification"}},
      {"RunContainerError",
       [](World& world) {
         world.docker().failures["startContainer app_web_web"] =
             failure(ErrorClass::Rejected, "exec: \"serve\": not found");
         world.apply(targetOf(web()));
       },
       "error",
       "RunContainerError",
       {"status", "target", "decision", "runtime", "call", "call", "answer", "class", "ladder",
        "container"},
       {"start container app_web_web", "the engine refuses to run it",
        "was created, and did not run yet"},
       "retry 1/10",
       10 * kSecond,
       {"the engine misses"}},
      {"StartGaveUp",
       [](World& world) {
         world.docker().failures["createContainer app_web_web"] =
             failure(ErrorClass::Rejected, "no such device");
         world.apply(targetOf(web()));
         world.advance(1'900 * kSecond);
       },
       "error",
       "CreateContainerError",
       startFailed,
       {"all 10 retries were made"},
       "gave up",
       kNever,
       {"a changed specification"}},
      {"CreateContainerConfigError",
       [](World& world) {
         world.docker().failures["createContainer app_web_web"] =
             failure(ErrorClass::Invalid, "unknown network mode");
         world.apply(targetOf(web()));
       },
       "error",
       "CreateContainerConfigError",
       startFailed,
       {"unknown network mode", "it is not tried again"},
       "fix spec",
       kNever,
       {"a corrected specification"}},
      {"StopFailed",
       [](World& world) {
         world.apply(targetOf(web()));
         world.docker().failures["stopContainer app_web_web"] =
             failure(ErrorClass::Transient, "it did not end in time");
         world.apply(targetOf(web("", R"("state": "stopped", )")));
       },
       "error",
       "KillContainerError",
       killFailed,
       {"It should be stopped", "stop container app_web_web", "it did not end in time",
        "That is 'transient'", "Its container app_web_web (image reg/web:1) runs"},
       "retry 1/10",
       10 * kSecond,
       {"holdfast retry app/web"}},
      {"PauseFailed",
       [](World& world) {
         world.docker().failures["pauseContainer app_web_web"] =
             failure(ErrorClass::Rejected, "no cgroup to freeze");
         world.apply(targetOf(web("", R"("state": "paused", )")));
       },
       "error",
       "KillContainerError",
       killFailed,
       {"It should be paused", "pause container app_web_web", "no cgroup to freeze"},
       "retry 1/10",
       10 * kSecond},
      {"RemovalFailed",
       [](World& world) {
         world.apply(targetOf(web()));
         world.docker().failures["removeContainer app_web_web"] =
             failure(ErrorClass::Conflict, "removal is in progress");
         world.apply(targetOf(web(R"("user": "7")")));
       },
       "error",
       "KillContainerError",
       killFailed,
       {"removal is in progress", "The former container app_web_web (image reg/web:1) runs"},
       "retry 1/10",
       10 * kSecond},
      {"FaultOfALenientDocument",
       [](World& world) { lenient(world, web(R"("ports": ["99999:1"])")); },
       "error",
       "CreateContainerConfigError",
       {"status", "target", "fault", "decision", "runtime"},
       {"The target is at fault here: /apps/1/services/0/config/ports/0"},
       "fix spec",
       kNever,
       {"a corrected specification"}},
      {"RuntimeNotLoaded",
       [](World& world) { lenient(world, web(R"("runtime": "podman")")); },
       "error",
       "CreateContainerConfigError",
       {"status", "target", "decision", "runtime"},
       {"No runtime plugin 'podman' is loaded"},
       "fix spec",
       kNever,
       {"plugins.load"}},
      {"CrashLoopBackOff",
       [](World& world) {
         world.apply(targetOf(web()));
         world.docker().exit(kWeb, 1);
         world.advance(kSecond);
         world.docker().exit(kWeb, 2);
         world.settle();
       },
       "error",
       "CrashLoopBackOff",
       {"status", "target", "decision", "runtime", "call", "call", "container", "answer", "ladder"},
       {"Its process exited with code 2 (Error)", "of another cause: exited with code 1",
        "restarted 1 time", "Restart 2 is due at"},
       "restart 2",
       10 * kSecond,
       {"a run longer than 10m", "holdfast retry app/web", "a changed specification"}},
      {"Running",
       [](World& world) { world.apply(targetOf(web())); },
       "running",
       "Running",
       healthy,
       {"app/web is running, ready.", "it runs as the target says",
        "start container app_web_web at 10:15:00 UTC (0s ago); done after 0ms",
        "Its container app_web_web (image reg/web:1) runs",
        "When its process ends, it is restarted, by the crash ladder."},
       "keep running",
       kNever,
       {"holdfast stop app/web"}},
      {"RunningNotReady",
       [](World& world) {
         world.apply(targetOf(web(R"("readinessProbe": {"type": "tcp", "port": 1})")));
         world.probes.say("web", engine::ProbeKind::Readiness, engine::ProbeResult::Failure,
                          "connection refused");
         world.settle();
       },
       "running",
       "Running",
       {"status", "target", "decision", "runtime", "call", "call", "container", "probe"},
       {"app/web is running, not ready.", "Its readiness probe (tcp) says failure",
        "connection refused"},
       "keep running",
       kNever},
      {"RunningAfterACrash",
       [](World& world) {
         world.apply(targetOf(web()));
         world.docker().exit(kWeb, 1);
         world.advance(60 * kSecond);
       },
       "running",
       "Running",
       {"status", "target", "decision", "runtime", "call", "call", "container", "answer", "ladder"},
       {"once it has run for more than 10m", "restarted 1 time"},
       "crash count ends",
       540 * kSecond + Milliseconds{1}},
      {"RunningThoughItsNewImageWasNotPulled",
       [](World& world) {
         world.docker().images["reg/web:1"] = {.id = "sha256:1", .digest = "", .sizeBytes = 1};
         world.docker().failures["reg/web:1"] = failure(ErrorClass::Transient, "no route");
         world.apply(targetOf(web(R"("imagePullPolicy": "Always")")));
       },
       "running",
       "Running",
       healthy,
       {"it failed after 0ms: no route"},
       "keep running",
       kNever},
      {"Stale",
       [](World& world) {
         world.apply(targetOf(web()));
         world.docker().down = true;
         world.docker().crash();
         world.advance(40 * kSecond);
       },
       "running",
       "Running",
       healthy,
       {"as it was last seen at", "does not answer: ", "never stops asking"},
       "wait for the engine",
       kSometime,
       {"engine 'docker' answering"}},
      {"UpdateThatCannotBePulled",
       [](World& world) {
         world.apply(targetOf(web()));
         world.docker().failures["reg/web:2"] = failure(ErrorClass::NotFound, "manifest unknown");
         world.apply(targetOf(R"({"serviceName": "web", "imageName": "reg/web:2"})"));
       },
       "error",
       "ImagePullBackOff",
       {"status", "target", "decision", "runtime", "call", "answer", "class", "ladder", "call",
        "container"},
       {"with image reg/web:2: so says target revision 2",
        "The former container app_web_web (image reg/web:1) runs"},
       "retry 1/10",
       10 * kSecond,
       {"another tag"}},
      {"StoppedByTheTarget",
       [](World& world) {
         world.apply(targetOf(web()));
         world.apply(targetOf(web("", R"("state": "stopped", )")));
       },
       "stopped",
       "Stopped",
       healthy,
       {"It should be stopped", "the target says stopped", "because the agent stopped it"},
       "stay stopped",
       kNever,
       {"a target that says running"}},
      {"StoppedByAUser",
       [](World& world) {
         world.apply(targetOf(web()));
         static_cast<void>(world.agent().stopService("app", "web"));
         world.settle();
       },
       "stopped",
       "Stopped",
       healthy,
       {"A user stopped it; that holds until it is started again", "stop container app_web_web"},
       "stay stopped",
       kNever,
       {"holdfast start app/web", "a changed specification"}},
      {"Completed",
       [](World& world) {
         world.apply(targetOf(web(R"("restart": "on-failure")")));
         world.docker().exit(kWeb, 0);
         world.settle();
       },
       "stopped",
       "Completed",
       healthy,
       {"its restart policy says stay", "ended with exit code 0"},
       "stay stopped",
       kNever,
       {"holdfast start app/web", "restart policy"}},
      {"EndedInError",
       [](World& world) {
         world.apply(targetOf(web(R"("restart": "no")")));
         world.docker().exit(kWeb, 3);
         world.settle();
       },
       "stopped",
       "Error",
       healthy,
       {"ended with exit code 3"},
       "stay stopped",
       kNever},
      {"OOMKilled",
       [](World& world) {
         world.apply(targetOf(web(R"("restart": "no")")));
         world.docker().exit(kWeb, 137, true);
         world.settle();
       },
       "stopped",
       "OOMKilled",
       healthy,
       {"OOMKilled (exit code 137)"},
       "stay stopped",
       kNever},
      {"RestartedAsOftenAsItsPolicyAllows",
       [](World& world) {
         world.apply(targetOf(web(R"("restart": "on-failure:1")")));
         world.docker().exit(kWeb, 3);
         world.advance(kSecond);
         world.docker().exit(kWeb, 3);
         world.settle();
       },
       "stopped",
       "Error",
       {"status", "target", "decision", "runtime", "call", "call", "container", "answer", "ladder"},
       {"all 1 retries were made", "its restart policy says stay"},
       "stay stopped",
       kNever},
      {"Paused",
       [](World& world) { world.apply(targetOf(web("", R"("state": "paused", )"))); },
       "running",
       "Paused",
       healthy,
       {"It should be paused", "is paused"},
       "stay paused",
       kNever,
       {"a target that says running"}},
      {"TakenOverFromTheOriginalAgent",
       [](World& world) {
         world.docker().images["reg/web:1"] = {.id = "sha256:1", .digest = "", .sizeBytes = 1};
         auto& original = world.docker().containers["app_web_5"];
         original.id = "original";
         original.name = "app_web_5";
         original.image = "docker.io/reg/web:1";
         original.imageId = "sha256:1";
         original.state = model::ContainerState::Running;
         original.startedAt = world.clock.now().wall;
         original.labels = {{"iotistic.app-id", "1"}, {"iotistic.service-id", "5"}};
         world.settle();
         world.apply(targetOf(web("", R"("serviceId": 5, )")));
         world.advance(60 * kSecond);
       },
       "running",
       "Running",
       {"status", "target", "decision", "runtime", "call", "container"},
       {"Its container app_web_5 (image docker.io/reg/web:1) runs"},
       "keep running",
       kNever},
      {"MovesToAnotherRuntime",
       [](World& world) {
         world.apply(targetOf(web(R"("runtime": "docker")")));
         world.runtime("podman").failures["reg/web:1"] =
             failure(ErrorClass::Transient, "no route to host");
         world.apply(targetOf(web(R"("runtime": "podman")")));
       },
       "error",
       "ImagePullBackOff",
       {"status", "target", "decision", "runtime", "call", "answer", "class", "ladder", "call",
        "container"},
       {"asked engine 'podman' to download image reg/web:1",
        "The former container app_web_web (image reg/web:1) on engine 'docker' runs"},
       "retry 1/10",
       10 * kSecond,
       {"answering"},
       {"docker", "podman"}},
      {"MoveWaitsForTheFormerEngine",
       [](World& world) {
         world.apply(targetOf(web(R"("runtime": "docker")")));
         world.docker().down = true;
         world.docker().crash();
         world.advance(kSecond);
         world.apply(targetOf(web(R"("runtime": "podman")")));
         world.advance(kSecond);
       },
       "pending",
       "ContainerCreating",
       {"status", "target", "decision", "runtime", "call", "call", "container"},
       {"it moves from runtime 'docker' to 'podman' once both answer"},
       "wait for the engine",
       kSometime,
       {"engine 'docker' answering"},
       {"docker", "podman"}},
  };
}

class Why : public testing::TestWithParam<State> {};

TEST_P(Why, TellsTheChain) {
  const State& state = GetParam();
  World world(state.runtimes);
  state.bringAbout(world);
  const auto moment = momentOf(world, state);
  // Where time went by after the latest change, the chain is told as of now.
  const model::Now now = moment == world.published.back() ? world.clock.now() : moment->at;
  const json::object why = whyService(*moment, *moment->find("1", "web"), now);

  std::vector<std::string> steps;
  std::vector<std::string> told;
  for (const auto& link : why.at("chain").as_array()) {
    steps.emplace_back(link.at("step").as_string());
    told.emplace_back(link.at("words").as_string());
    EXPECT_THAT(told.back(), Not(IsEmpty()));
  }
  EXPECT_EQ(steps, state.steps);

  // The sentences are those of the links, the next step's and what would change it.
  std::string words;
  for (const auto& sentence : why.at("words").as_array())
    words += std::string(sentence.as_string()) + "\n";
  EXPECT_EQ(why.at("words").as_array().size(), told.size() + 2);
  for (const auto& part : state.words)
    EXPECT_THAT(words, HasSubstr(part));

  const json::object& next = why.at("next").as_object();
  EXPECT_EQ(next.at("what"), state.next) << words;
  if (state.in == kNever) {
    EXPECT_TRUE(next.at("at").is_null()) << words;
  } else {
    ASSERT_TRUE(next.at("at").is_string()) << words;
    const auto at = model::fromRfc3339(std::string(next.at("at").as_string()));
    if (state.in != kSometime) {
      EXPECT_EQ(*at - now.wall, state.in);
    }
  }
  std::vector<std::string> changes;
  for (const auto& change : next.at("changes").as_array())
    changes.emplace_back(change.as_string());
  EXPECT_THAT(changes, Not(IsEmpty()));
  for (const auto& part : state.changes)
    EXPECT_THAT(changes, Contains(HasSubstr(part)));
}

INSTANTIATE_TEST_SUITE_P(OfEveryState, Why, testing::ValuesIn(states()),
                         [](const auto& state) { return std::string(state.param.name); });

class WhyOfOne : public testing::Test {
 protected:
  [[nodiscard]] json::object why() const {
    return whyService(*world.snapshot, world.view("web"), world.clock.now());
  }
  [[nodiscard]] json::object link(const std::string& step) const {
    const json::object told = why();
    for (const auto& found : told.at("chain").as_array()) {
      if (found.at("step").as_string() == step.c_str())
        return found.as_object();
    }
    throw std::logic_error("no link " + step);
  }
  World world;
};

TEST_F(WhyOfOne, KeepsTheAnswerAsItCame) {
  auto answer = failure(ErrorClass::NotFound, "manifest unknown");
  answer.raw = R"({"message":"manifest for reg/web:1 not found"})";
  world.docker().failures["reg/web:1"] = answer;
  world.apply(targetOf(web()));
  EXPECT_EQ(link("answer").at("raw"), json::value(answer.raw));
  EXPECT_FALSE(link("ladder").contains("raw"));
}

TEST_F(WhyOfOne, KnowsItsCallsAfterTheAgentWasKilled) {
  world.apply(targetOf(web()));
  const json::object before = link("call");
  world.clock.advance(3 * kSecond);
  world.restartAgent(retry::Resume::Crash);
  EXPECT_EQ(link("call").at("at"), before.at("at"));
  EXPECT_EQ(link("call").at("tookMs"), 0);
}

TEST_F(WhyOfOne, TellsNothingOfThePullOfAnotherImage) {
  world.apply(targetOf(web()));
  world.docker().images["reg/web:2"] = {.id = "sha256:2", .digest = "", .sizeBytes = 1};
  world.apply(targetOf(R"({"serviceName": "web", "imageName": "reg/web:2"})"));
  EXPECT_EQ(link("call").at("call"), "startContainer");
}

TEST_F(WhyOfOne, HasNoValueOfTheEnvironment) {
  auto echo = failure(ErrorClass::Rejected, "cannot start with hunter2hunter2");
  echo.raw = "TOKEN=hunter2hunter2";
  world.docker().failures["startContainer app_web_web"] = echo;
  world.apply(targetOf(web(R"("environment": {"TOKEN": "hunter2hunter2"})")));
  EXPECT_THAT(json::serialize(why()), Not(HasSubstr("hunter2")));
  EXPECT_EQ(link("answer").at("raw"), "TOKEN=***");
  EXPECT_EQ(link("answer").at("message"), "cannot start with ***");
}

}  // namespace
}  // namespace holdfast::api

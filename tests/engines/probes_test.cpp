// SPDX-License-Identifier: Apache-2.0
//
// Every kind of probe on a real engine, with the daemon where the containers' addresses are.

#include "engines/agent_test.hpp"
#include "fixtures/lab/wait_until.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace {

using namespace holdfast::engines;
using namespace std::chrono_literals;
using holdfast::fixtures::Ended;
using holdfast::fixtures::Lab;
using holdfast::fixtures::waitUntil;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const std::string kSleeper = Lab::image("sleeper:1.0");
const std::string kWeb = Lab::image("httpd:1.0");  // serves /www at port 80
const json::object kReady{{"serviceStatus", "running"}, {"ready", true}};
const json::object kNotReady{{"serviceStatus", "running"}, {"ready", false}};

class Probes : public AgentTest {
 protected:
  Probes() {
    makeAgent();
    agent().moveInto(lab_);
    agent().start();
    std::filesystem::create_directories(shared());
    std::filesystem::permissions(shared(), std::filesystem::perms::all);
  }

  // A folder of the host that services with `withShared` see as /shared.
  std::filesystem::path shared() { return agent().directory() / "shared"; }
  json::object withShared(json::object config) {
    config["volumes"] = {shared().string() + ":/shared"};
    return config;
  }
  void put(const std::string& file) { std::ofstream(shared() / file) << "here\n"; }
  void take(const std::string& file) { std::filesystem::remove(shared() / file); }

  static json::object everySecond(json::object probe) {
    probe["periodSeconds"] = 1;
    return probe;
  }
  static json::object http(const std::string& path, int port = 80) {
    return everySecond({{"type", "http"}, {"path", path}, {"port", port}});
  }
  static json::object tcp(int port) { return everySecond({{"type", "tcp"}, {"tcpPort", port}}); }
  static json::object exec(json::array command) {
    return everySecond({{"type", "exec"}, {"command", std::move(command)}});
  }
  static json::object shell(const std::string& script) { return exec({"/bin/sh", "-c", script}); }

  json::object probeOf(const std::string& service, const std::string& kind) {
    return agent().show(service).at("probes").at(kind).as_object();
  }
  std::string text(const std::string& service, const std::string& kind, const char* member) {
    return std::string(probeOf(service, kind).at(member).as_string());
  }
};

TEST_F(Probes, HttpGoesToTheContainersAddress) {
  ASSERT_TRUE(holds(target({service("web", kWeb, {{"readinessProbe", http("/index.html")}}),
                            service("lost", kWeb, {{"readinessProbe", http("/nothing")}})})));
  ASSERT_TRUE(shows("lab/web", kReady));
  EXPECT_EQ(text("lab/web", "readiness", "lastOutput"), "HTTP status 200");
  EXPECT_THAT(text("lab/web", "readiness", "address"),
              AllOf(StartsWith("http://"), EndsWith(":80/index.html (address of the container)")));
  ASSERT_TRUE(tells("lab/lost", "Unhealthy",
                    "Readiness probe failed: HTTP probe failed with statuscode: 404"));
  EXPECT_TRUE(contains(agent().show("lab/lost"), kNotReady));
}

TEST_F(Probes, TcpConnectsToTheContainersAddress) {
  ASSERT_TRUE(holds(target({service("web", kWeb, {{"readinessProbe", tcp(80)}}),
                            service("closed", kWeb, {{"readinessProbe", tcp(81)}})})));
  ASSERT_TRUE(shows("lab/web", kReady));
  EXPECT_THAT(text("lab/web", "readiness", "address"),
              AllOf(StartsWith("tcp "), EndsWith(":80 (address of the container)")));
  ASSERT_TRUE(tells("lab/closed", "Unhealthy", "Readiness probe failed: TCP probe failed"));
  EXPECT_TRUE(contains(agent().show("lab/closed"), kNotReady));
}

TEST_F(Probes, AServiceOnTheHostsNetworkIsAskedOnLoopback) {
  ASSERT_TRUE(holds(target({service("web", kSleeper,
                                    {{"networkMode", "host"},
                                     {"command", runs("httpd -p 127.0.0.1:8099 -h /www")},
                                     {"livenessProbe", tcp(8099)},
                                     {"readinessProbe", http("/index.html", 8099)}})})));
  ASSERT_TRUE(shows("lab/web", kReady));
  EXPECT_EQ(text("lab/web", "readiness", "address"),
            "http://127.0.0.1:8099/index.html (host network)");
}

TEST_F(Probes, ExecGoesByTheExitCode) {
  ASSERT_TRUE(holds(
      target({service("good", kSleeper, {{"readinessProbe", shell("echo well; exit 0")}}),
              service("bad", kSleeper, {{"readinessProbe", shell("echo unwell >&2; exit 7")}})})));
  ASSERT_TRUE(shows("lab/good", kReady));
  EXPECT_EQ(text("lab/good", "readiness", "lastOutput"), "well");
  ASSERT_TRUE(tells("lab/bad", "Unhealthy",
                    "Readiness probe failed: command ended with exit code 7: unwell"));
  EXPECT_TRUE(contains(agent().show("lab/bad"), kNotReady));
}

TEST_F(Probes, ASlowStartIsWaitedForByTheStartupProbe) {
  auto startup = shell("test -e /shared/up");
  startup["failureThreshold"] = 600;
  auto liveness = shell("test -e /shared/up");
  liveness["failureThreshold"] = 1;
  agent().apply(target({service("slow", kSleeper,
                                withShared({{"startupProbe", std::move(startup)},
                                            {"livenessProbe", std::move(liveness)}}))}));
  ASSERT_TRUE(tells("lab/slow", "Unhealthy", "Startup probe failed", 3));
  const auto before = run("slow");
  EXPECT_TRUE(contains(agent().show("lab/slow"), kNotReady));
  put("up");
  ASSERT_TRUE(shows("lab/slow", kReady));
  EXPECT_EQ(run("slow"), before) << "the liveness probe had not begun";
}

// Two failures, a success, and again: a threshold of three is never reached.
TEST_F(Probes, FlappingBelowTheThresholdRestartsNothing) {
  auto liveness =
      shell("echo x >>/shared/asked; test $(( $(cat /shared/asked | grep -c x) % 3 )) = 0");
  ASSERT_TRUE(
      holds(target({service("flap", kSleeper, withShared({{"livenessProbe", liveness}}))})));
  const auto before = run("flap");
  ASSERT_TRUE(waitUntil(
      [&] {
        const auto file = shared() / "asked";
        return std::filesystem::exists(file) && std::filesystem::file_size(file) >= 2 * 10;
      },
      kSoon));
  EXPECT_EQ(run("flap"), before);
  EXPECT_TRUE(tells("lab/flap", "Unhealthy", "Liveness probe failed", 6));
  EXPECT_FALSE(event("lab/flap", "Killing"));
  EXPECT_TRUE(contains(agent().show("lab/flap"), {{"restartCount", 0}, {"crashCount", 0}}));
}

TEST_F(Probes, AHangingCommandIsKilledAndNeverPilesUp) {
  auto readiness = shell("echo began >>/shared/began; sleep 4321");
  ASSERT_TRUE(
      holds(target({service("hang", kSleeper, withShared({{"readinessProbe", readiness}}))})));
  ASSERT_TRUE(
      tells("lab/hang", "Unhealthy", "Readiness probe failed: command timed out after 1s", 3));
  EXPECT_TRUE(contains(agent().show("lab/hang"), kNotReady));
  const Ended listed = lab_.in({"pgrep", "-fc", "^sleep 4321"});
  EXPECT_LE(std::stoi(listed.standardOutput), 1) << "at most the one that is on its way";
}

TEST_F(Probes, AContainerWithoutTheProgramIsNeitherWellNorUnwell) {
  auto liveness = exec({"/no/such/shell", "-c", "true"});
  liveness["failureThreshold"] = 1;
  ASSERT_TRUE(holds(target(
      {service("bare", kSleeper,
               {{"livenessProbe", liveness}, {"readinessProbe", exec({"/no/such/shell"})}})})));
  const auto before = run("bare");
  ASSERT_TRUE(tells("lab/bare", "Unhealthy", "Liveness probe errored"));
  ASSERT_TRUE(tells("lab/bare", "Unhealthy", "Readiness probe errored"));
  EXPECT_THAT(text("lab/bare", "liveness", "message"), HasSubstr("/no/such/shell"));
  EXPECT_TRUE(contains(agent().show("lab/bare"), kNotReady));
  EXPECT_EQ(run("bare"), before);
  EXPECT_FALSE(event("lab/bare", "Killing"));
}

TEST_F(Probes, AServiceWithoutNetworkHasNoAddressToAsk) {
  ASSERT_TRUE(holds(
      target({service("alone", kWeb, {{"networkMode", "none"}, {"livenessProbe", http("/")}})})));
  ASSERT_TRUE(tells("lab/alone", "Unhealthy", "the container has no address"));
  EXPECT_FALSE(event("lab/alone", "Killing"));
}

}  // namespace

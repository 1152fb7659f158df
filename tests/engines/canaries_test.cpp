// SPDX-License-Identifier: Apache-2.0
//
// Secrets that go through an engine and a registry, on their way into errors: what those say of
// them is told to nobody. tests/component/daemon/canaries_test.cpp has the inputs that need no
// engine.

#include "fixtures/canaries.hpp"

#include "engines/agent_test.hpp"
#include "fixtures/api_paths.hpp"
#include "fixtures/http/receiver.hpp"
#include "fixtures/lab/wait_until.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <sys/stat.h>

#include <algorithm>

namespace {

using namespace holdfast::engines;
using holdfast::fixtures::answering;
using holdfast::fixtures::Canaries;
using holdfast::fixtures::Lab;
using holdfast::fixtures::readablePaths;
using holdfast::fixtures::ScriptedReceiver;
using holdfast::fixtures::waitUntil;
using holdfast::fixtures::writeFile;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kPassword = "password of a registry";
constexpr const char* kToken = "token of a registry";

std::string base64(const std::string& text) {
  std::string result(4 * ((text.size() + 2) / 3), '\0');
  ::EVP_EncodeBlock(reinterpret_cast<unsigned char*>(result.data()),
                    reinterpret_cast<const unsigned char*>(text.data()),
                    static_cast<int>(text.size()));
  return result;
}

class EngineCanaries : public AgentTest {
 protected:
  void start() {
    makeAgent({{"log.level", "debug"},
               {"retry.image.maxRetries", "1"},
               {"notifier.ops.plugin", "webhook"},
               {"notifier.ops.url", ops_.url("/hook")},
               {"alert.route.1.to", "ops"},
               {"alert.route.1.groupInterval", "10s"},
               {"alert.route.1.groupWait", "1s"}});
    const auto login = base64("alice:" + canaries_.of(kPassword));
    canaries_.also(kPassword, login);
    const auto file = agent().directory() / "auth.json";
    writeFile(file, R"({"auths": {"127.0.0.1:5056": {"auth": ")" + login +
                        R"("}, "127.0.0.1:5057": {"auth": "", "identitytoken": ")" +
                        canaries_.of(kToken) + "\"}}}");
    ::chmod(file.c_str(), 0600);
    agent().configure({{"registry.authFile", file}});
    agent().start();
  }

  // A service with a value in its environment that is a secret of its own.
  json::object secretive(const std::string& name, const std::string& image,
                         json::object config = {}) {
    config["environment"] = {{"TOKEN", canaries_.of("environment of " + name)}};
    return service(name, image, std::move(config));
  }

  void expectSilence(const std::string& where, const std::string& text) {
    EXPECT_THAT(canaries_.toldIn(text), IsEmpty()) << "in " << where << ":\n" << text;
  }

  Canaries canaries_;
  ScriptedReceiver ops_{{answering("204 No Content")}};
};

TEST_F(EngineCanaries, AreToldToNobody) {
  start();
  const std::vector<std::string> failing = {"denied",  "token",  "entry",
                                            "command", "device", "ends"};
  agent().apply(target({secretive("denied", std::string(Lab::kAuthRegistry) + "/priv/sleeper:1.0"),
                        secretive("token", Lab::faultyImage("401/app:1.0")),
                        secretive("entry", Lab::image("badentry:1.0")),
                        secretive("command", Lab::image("sleeper:1.0"),
                                  {{"command", json::array{"/no/such/program"}}}),
                        secretive("device", Lab::image("sleeper:1.0"),
                                  {{"devices", json::array{"/dev/no-such-device"}}}),
                        secretive("ends", Lab::image("exit1:1.0")),
                        secretive("runs", Lab::image("sleeper:1.0"))}));
  ASSERT_TRUE(shows("lab/runs", {{"serviceStatus", "running"}}));
  ASSERT_TRUE(shows("lab/denied", {{"error", {{"class", "denied"}, {"exhausted", true}}}}));
  for (const auto& name : failing) {
    ASSERT_TRUE(tells("lab/" + name, name == "ends" ? "BackOff" : "Failed"));
    ASSERT_TRUE(waitUntil(
        [&] {
          const auto requests = ops_.requests();
          return std::any_of(requests.begin(), requests.end(), [&](const auto& request) {
            return request.body.find("\"service\":\"" + name + "\"") != std::string::npos;
          });
        },
        kSoon))
        << "no alert of " << name;
  }
  for (const auto& name : failing) {
    for (const auto& path : readablePaths("lab/" + name)) {
      expectSilence("GET " + path, agent().call("GET", path).body);
    }
  }
  expectSilence("GET /v1/services/lab/runs", agent().call("GET", "/v1/services/lab/runs").body);
  for (const auto& request : ops_.requests()) {
    expectSilence("a message", request.body);
  }
  expectSilence("the log", agent().log());
  // The engine did get them.
  EXPECT_THAT(canaries_.toldIn(json::serialize(inspect("runs").at("Config").at("Env"))),
              ElementsAre("environment of runs"));
}

}  // namespace

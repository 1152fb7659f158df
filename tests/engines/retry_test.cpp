// SPDX-License-Identifier: Apache-2.0
//
// Retries of pulls as a user meets them: the ladder, its end, and each way out of it. The schedule
// itself is held to the table of docs/behaviour.md by the unit tests of retry/.

#include "engines/agent_test.hpp"
#include "fixtures/lab/wait_until.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace holdfast::engines;
using namespace std::chrono_literals;
using holdfast::fixtures::Lab;
using holdfast::fixtures::waitUntil;
using holdfast::fixtures::writeFile;

const json::object kRunning{{"serviceStatus", "running"}};
const json::object kGaveUp{{"reason", "ImagePullBackOff"},
                           {"error", {{"exhausted", true}, {"retryCount", 2}, {"maxRetries", 2}}}};

class Retry : public AgentTest {
 protected:
  // A tag that is not there yet, of a name that no other test has.
  void startWithAbsentImage(const std::string& name, Agent::Settings settings = {}) {
    image_ = "flaky/" + name + ":1.0";
    settings.emplace("retry.image.maxRetries", "2");
    startAgent(settings);
    agent().apply(target({service("web", Lab::faultyImage(image_))}));
  }

  void giveUp(const std::string& name) {
    startWithAbsentImage(name);
    ASSERT_TRUE(shows("lab/web", kGaveUp));
  }

  void appear() { faults_.set(image_, "ok"); }

  std::size_t pulls() { return faults_.count("/" + image_.substr(0, image_.find(':'))); }

  std::string image_;
};

TEST_F(Retry, ATagThatAppearsIsFoundByTheLadder) {
  startWithAbsentImage("appears", {{"retry.image.maxRetries", "10"}});
  ASSERT_TRUE(hasFailed("lab/web", 2));
  EXPECT_TRUE(shows("lab/web", {{"error", {{"maxRetries", 10}}}}));
  appear();
  EXPECT_TRUE(shows("lab/web", kRunning));
  EXPECT_TRUE(tells("lab/web", "Recovered"));
}

TEST_F(Retry, GivesUpAfterTheLastRetryAndSaysSoOnce) {
  giveUp("exhausted");
  EXPECT_FALSE(agent().show("lab/web").at("error").as_object().contains("nextRetry"));
  EXPECT_TRUE(tells("lab/web", "MaxRetriesExceeded", "manifest unknown"));
  const auto asked = pulls();
  ASSERT_TRUE(passes(3));
  EXPECT_EQ(pulls(), asked);
  EXPECT_EQ(event("lab/web", "Pulling")->at("count"), 3);
  EXPECT_EQ(event("lab/web", "MaxRetriesExceeded")->at("count"), 1);
}

TEST_F(Retry, AForcedRetryIsOneWayOut) {
  giveUp("forced");
  appear();
  agent().command("lab/web", "retry");
  EXPECT_TRUE(shows("lab/web", kRunning));
  EXPECT_TRUE(tells("lab/web", "ForcedRetry"));
}

TEST_F(Retry, TheSameTargetAgainIsAnother) {
  giveUp("again");
  appear();
  EXPECT_TRUE(holds(target({service("web", Lab::faultyImage(image_))})));
  EXPECT_TRUE(shows("lab/web", kRunning));
}

TEST_F(Retry, AnOrderlyRestartIsAnother) {
  giveUp("restarted");
  appear();
  agent().stop();
  agent().start();
  EXPECT_TRUE(shows("lab/web", kRunning));
}

TEST_F(Retry, AnAnswerOfItsRegistryIsAnotherAfterAFaultOfTheNetwork) {
  startAgent({{"retry.image.maxRetries", "2"}});
  agent().apply(target({service("web", Lab::faultyImage("503/rearmed:1.0")),
                        service("other", Lab::faultyImage("503/answers:1.0"))}));
  ASSERT_TRUE(shows("lab/web", kGaveUp));
  ASSERT_TRUE(shows("lab/other", kGaveUp));
  faults_.set("503", "ok");
  agent().command("lab/other", "retry");
  EXPECT_TRUE(shows("lab/other", kRunning));
  EXPECT_TRUE(shows("lab/web", kRunning));
  EXPECT_FALSE(event("lab/web", "ForcedRetry"));
  faults_.clear("503");
}

// A crash is no wish of anybody: what had been given up stays so, and what waits goes on waiting.
TEST_F(Retry, AKilledAgentGoesOnWhereItWas) {
  giveUp("killed");
  const auto asked = pulls();
  agent().kill();
  agent().start();
  ASSERT_TRUE(settles());
  ASSERT_TRUE(passes(2));
  EXPECT_TRUE(shows("lab/web", kGaveUp));
  EXPECT_EQ(pulls(), asked);
}

TEST_F(Retry, AKilledAgentKeepsTheInstantOfARetry) {
  startWithAbsentImage("waiting", {{"retry.image.initial", "10m"}, {"retry.image.max", "10m"}});
  ASSERT_TRUE(shows("lab/web", {{"error", {{"retryCount", 1}, {"exhausted", false}}}}));
  const auto before = agent().show("lab/web").at("error");
  agent().kill();
  agent().start();
  ASSERT_TRUE(settles());
  const auto after = agent().show("lab/web").at("error");
  const auto due = [](const json::value& error) {
    return instantsOf({{"firstTimestamp", error.at("nextRetry")},
                       {"lastTimestamp", error.at("nextRetry")}})
        .first;
  };
  EXPECT_NEAR(static_cast<double>(due(after)), static_cast<double>(due(before)), 100);
  EXPECT_EQ(after.at("retryCount"), 1);

  appear();
  agent().stop();
  agent().start();  // an orderly stop makes it due
  EXPECT_TRUE(shows("lab/web", kRunning));
}

TEST_F(Retry, ARateLimitHoldsBackTheWholeHostAndNothingElse) {
  faults_.set("429/app", "429", "retry-after=0");  // Podman waits for it, twenty times
  startAgent();
  agent().apply(target({service("limited", Lab::faultyImage("429/app:1.0"))}));
  ASSERT_TRUE(shows("lab/limited", {{"error", {{"class", "rate_limited"}}}}));
  const auto error = agent().show("lab/limited").at("error");
  const auto instants = instantsOf(
      {{"firstTimestamp", error.at("timestamp")}, {"lastTimestamp", error.at("nextRetry")}});
  EXPECT_GE(instants.last - instants.first, 60'000 - 5);  // engines keep Retry-After to themselves

  agent().apply(target({service("limited", Lab::faultyImage("429/app:1.0")),
                        service("same-host", Lab::faultyImage("ok/same-host:1.0")),
                        service("other-host", Lab::image("sleeper:1.0"))}));
  EXPECT_TRUE(shows("lab/other-host", kRunning));
  EXPECT_TRUE(
      shows("lab/same-host", {{"serviceStatus", "pending"}, {"reason", "RegistryRateLimited"}}));
  EXPECT_EQ(faults_.count("/ok/same-host/"), 0U);
}

// --- where images come from ----------------------------------------------------------------------

class Images : public AgentTest {
 protected:
  // Lets a tag of the lab's registry name the image of another tag.
  void moveTag(const std::string& from, const std::string& to) {
    const std::string url = "http://" + std::string(Lab::kRegistry) + "/v2/demo/sleeper/manifests/";
    const std::string type = "application/vnd.docker.distribution.manifest.v2+json";
    const auto moved = lab_.in({"/bin/sh", "-c",
                                "curl -sf -H 'Accept: " + type + "' " + url + from +
                                    " | curl -sf -X PUT -H 'Content-Type: " + type +
                                    "' --data-binary @- " + url + to});
    ASSERT_EQ(moved.status.code, 0) << moved.standardError;
  }
};

TEST_F(Images, PullPolicyAlwaysFollowsATagWhenATargetIsSet) {
  const auto image = Lab::image("sleeper:moving");
  const auto wanted = target({service("web", image, {{"imagePullPolicy", "Always"}})});
  moveTag("1.0", "moving");
  startAgent();
  ASSERT_TRUE(holds(wanted));
  const auto first = run("web");

  moveTag("2.0", "moving");
  ASSERT_TRUE(passes(3));
  agent().command("lab/web", "restart");
  ASSERT_TRUE(tells("lab/web", "Started", "", 2));
  EXPECT_EQ(run("web").id, first.id);  // neither a look nor a restart asks the registry

  ASSERT_TRUE(holds(wanted));
  const auto second = run("web");
  EXPECT_NE(second.id, first.id);
  EXPECT_EQ(inspect("web").at("Config").at("Labels").at("v"), "2");

  ASSERT_TRUE(holds(wanted));  // the same image once more
  EXPECT_EQ(run("web"), second);

  lab_.stopRegistry();
  ASSERT_TRUE(holds(wanted));
  lab_.startRegistry();
  EXPECT_TRUE(tells("lab/web", "Failed", "the present one is used"));
  EXPECT_EQ(run("web"), second);
}

TEST_F(Images, PullPolicyNeverTakesWhatIsThere) {
  const auto image = Lab::faultyImage("ok/never:1.0");
  startAgent();
  agent().apply(target({service("web", image, {{"imagePullPolicy", "Never"}})}));
  EXPECT_TRUE(shows("lab/web", {{"serviceStatus", "error"}, {"reason", "ErrImageNeverPull"}}));
  EXPECT_EQ(faults_.count("/ok/never/"), 0U);

  engine_->pull(image);
  ASSERT_TRUE(passes(1));
  EXPECT_TRUE(shows("lab/web", kRunning));
}

TEST_F(Images, CredentialsOpenAPrivateRegistryAsSoonAsTheyAreThere) {
  makeAgent();
  const auto file = agent().directory() / "auth.json";
  writeFile(file, R"({"auths": {}})");
  agent().configure({{"registry.authFile", file}, {"retry.image.maxRetries", "1"}});
  agent().start();
  agent().apply(target({service("web", std::string(Lab::kAuthRegistry) + "/priv/sleeper:1.0")}));
  ASSERT_TRUE(shows("lab/web", {{"error", {{"class", "denied"}, {"exhausted", true}}}}));

  // base64 of "alice:s3cret"
  writeFile(file, R"({"auths": {"127.0.0.1:5056": {"auth": "YWxpY2U6czNjcmV0"}}})");
  EXPECT_TRUE(shows("lab/web", kRunning));
  EXPECT_EQ(agent().log().find("s3cret"), std::string::npos);
  EXPECT_EQ(agent().log().find("YWxpY2U6czNjcmV0"), std::string::npos);
}

TEST_F(Images, AReferenceThatIsNoneWaitsForAnother) {
  makeAgent();
  const auto file = agent().directory() / "target.json";
  writeFile(file, json::serialize(target({service("web", "Not A Reference"),
                                          service("db", Lab::image("sleeper:1.0"))})));
  agent().configure({{"target.file", file}});
  agent().start();
  EXPECT_TRUE(shows("lab/db", kRunning));
  EXPECT_TRUE(shows("lab/web", {{"serviceStatus", "error"},
                                {"reason", "InvalidImageName"},
                                {"error", {{"type", "ErrImagePull"}, {"retryCount", 0}}}}));
  EXPECT_FALSE(agent().show("lab/web").at("error").as_object().contains("nextRetry"));
}

}  // namespace

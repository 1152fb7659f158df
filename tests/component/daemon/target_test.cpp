// SPDX-License-Identifier: Apache-2.0
// Targets on their way into the real holdfastd: from the watched file and over the API.
#include "component/daemon/daemon_process.hpp"

#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <signal.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

namespace holdfast::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class DaemonTarget : public testing::Test {
 protected:
  void write(const std::string& text) {
    std::ofstream(daemon_.path("new.json")) << text;
    std::filesystem::rename(daemon_.path("new.json"), daemon_.path("target.json"));
  }
  void start() { daemon_.startReady({"-Dtarget.file=" + daemon_.path("target.json")}); }
  bool runs(const std::string& image) {
    return daemon_.becomes("/v1/services/demo/web", "/imageName", boost::json::string(image));
  }
  DaemonProcess daemon_;
};

TEST_F(DaemonTarget, IsReadFromTheFileAndFollowsIt) {
  start();
  EXPECT_EQ(daemon_.request("GET", "/v1/target").status, 404);
  write(targetWith("x:1"));
  EXPECT_TRUE(runs("x:1"));
  write(targetWith("x:2"));
  EXPECT_TRUE(runs("x:2"));
}

TEST_F(DaemonTarget, ABadFileIsRefusedWithAnEventAndTheLastTargetStays) {
  write(targetWith("x:1"));
  start();
  EXPECT_TRUE(runs("x:1"));
  write("{]");
  EXPECT_TRUE(daemon_.says("was refused, the last target stays in force"));
  EXPECT_TRUE(runs("x:1"));
}

TEST_F(DaemonTarget, AFileThatHasNoAnswerYetHoldsUpNoStopAndIsTakenByTheNextRun) {
  ASSERT_EQ(::mkfifo(daemon_.path("gate").c_str(), 0600), 0);
  write(targetWith("x:1"));
  daemon_.startReady({"-Dtarget.file=" + daemon_.path("target.json"),
                      "-Druntime.scripted.validate=hang",
                      "-Druntime.scripted.gate=" + daemon_.path("gate")});
  ASSERT_TRUE(daemon_.becomes("/v1/plugins", "/plugins/0/runningCalls", 2));  // with its watch
  daemon_.signal(SIGTERM);
  EXPECT_EQ(daemon_.wait().exitCode, 0);
  EXPECT_THAT(daemon_.output(), HasSubstr("there is no answer yet"));
  EXPECT_THAT(daemon_.output(), Not(HasSubstr("was refused")));
  start();
  EXPECT_TRUE(runs("x:1"));
}

TEST_F(DaemonTarget, AnUnreadableFileIsAnEvent) {
  std::filesystem::create_directory(daemon_.path("target.json"));
  start();
  EXPECT_TRUE(daemon_.says("Is a directory"));
  EXPECT_TRUE(daemon_.becomes("/v1/events?limit=1", "/events/0/reason", "TargetFileUnusable"));
}

TEST_F(DaemonTarget, TheLatestChangeWinsAlsoOverARestart) {
  const auto cameFrom = [this](const char* source) {
    return daemon_.becomes("/v1/info", "/target/source", source);
  };
  write(targetWith("x:1"));
  start();
  EXPECT_TRUE(cameFrom("file"));
  EXPECT_EQ(daemon_.request("PUT", "/v1/target", R"({"apps": {}})").status, 200);
  EXPECT_TRUE(cameFrom("api"));
  daemon_.signal(SIGTERM);
  EXPECT_EQ(daemon_.wait().exitCode, 0);
  start();
  EXPECT_TRUE(cameFrom("api"));  // the file says what it said before
  daemon_.signal(SIGTERM);
  EXPECT_EQ(daemon_.wait().exitCode, 0);
  write(targetWith("x:3"));
  start();
  EXPECT_TRUE(cameFrom("file"));
  EXPECT_TRUE(runs("x:3"));
}

TEST_F(DaemonTarget, IsPutStrictly) {
  daemon_.startReady();
  const auto answer = daemon_.request(
      "PUT", "/v1/target",
      R"({"apps": {"1": {"services": [{"serviceName": "a", "imagee": "x", "portz": []}]}}})");
  EXPECT_EQ(answer.status, 422);
  EXPECT_GE(answer.body.at("problems").as_array().size(), 2U);
  EXPECT_EQ(daemon_.request("GET", "/v1/target").status, 404);
}

TEST_F(DaemonTarget, EventsCanBeReadFromTheBeginning) {
  daemon_.startReady();
  EXPECT_EQ(daemon_.request("PUT", "/v1/target", R"({"apps": {}})").status, 200);
  EXPECT_TRUE(daemon_.becomes("/v1/events?after=0&limit=1", "/events/0/firstId", 1));
}

TEST_F(DaemonTarget, ValuesOfTheEnvironmentAreShownNowhereButInTheTarget) {
  write(R"({"apps": {"1": {"appName": "demo", "services": [{"serviceId": 1, "serviceName": "web",)"
        R"( "image": "x:1", "environment": {"PASSWORD": "hush"}}]}}})");
  start();
  EXPECT_TRUE(daemon_.becomes("/v1/services/demo/web?detail=1", "/key", "1/web"));
  for (const auto* uri : {"/v1/services", "/v1/services/demo/web?detail=1",
                          "/v1/services/demo/web/why", "/v1/events", "/v1/info"}) {
    EXPECT_EQ(boost::json::serialize(daemon_.request("GET", uri).body).find("hush"),
              std::string::npos)
        << uri;
  }
  EXPECT_NE(boost::json::serialize(daemon_.request("GET", "/v1/target").body).find("hush"),
            std::string::npos);
  EXPECT_EQ(daemon_.output().find("hush"), std::string::npos);
}

}  // namespace
}  // namespace holdfast::test

// SPDX-License-Identifier: Apache-2.0
#include "model/status.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace holdfast::model {
namespace {

namespace json = boost::json;

WallTime wall(const char* text) {
  return fromRfc3339(text).value();
}

ServiceStatus failingPull() {
  ServiceStatus status;
  status.appId = "1001";
  status.appName = "monitoring";
  status.serviceId = "2";
  status.serviceName = "nodered";
  status.imageName = "nodered/node-red:invalid";
  status.state = "running";
  status.serviceStatus = ServiceStatusWord::Error;
  status.reason = "ImagePullBackOff";
  status.runtime = "docker";
  status.observedAt = wall("2025-10-24T10:16:02.114Z");
  status.error = StatusError{.type = "ImagePullBackOff",
                             .reason = "ImagePullBackOff",
                             .message = "manifest unknown",
                             .errorClass = "not_found",
                             .timestamp = wall("2025-10-24T10:15:30Z"),
                             .retryCount = 3,
                             .maxRetries = 10,
                             .nextRetry = wall("2025-10-24T10:16:10Z"),
                             .exhausted = false,
                             .since = wall("2025-10-24T10:15:00Z"),
                             .firstError = "manifest unknown"};
  return status;
}

// The example of docs/interfaces.md "Service status", member for member and in its order.
TEST(ServiceStatus, JsonIsTheDocumentedOne) {
  const auto expected = json::parse(R"({
    "appId": 1001, "appName": "monitoring", "serviceId": 2, "serviceName": "nodered",
    "imageName": "nodered/node-red:invalid", "state": "running", "override": null,
    "serviceStatus": "error", "reason": "ImagePullBackOff", "ready": false, "restartCount": 0,
    "crashCount": 0, "containerId": null, "runningImage": null, "runningImageDigest": null,
    "startedAt": null, "lastState": null, "pull": null, "probes": null, "runtime": "docker", "stale": false,
    "observedAt": "2025-10-24T10:16:02.114Z",
    "error": {"type": "ImagePullBackOff", "reason": "ImagePullBackOff",
      "message": "manifest unknown", "class": "not_found",
      "timestamp": "2025-10-24T10:15:30.000Z", "retryCount": 3, "maxRetries": 10,
      "nextRetry": "2025-10-24T10:16:10.000Z", "exhausted": false,
      "since": "2025-10-24T10:15:00.000Z", "firstError": "manifest unknown"}})");
  EXPECT_EQ(json::serialize(toJson(failingPull())), json::serialize(expected));
}

TEST(ServiceStatus, ProbesSayWhatIsKnownOfThem) {
  ServiceStatus status = failingPull();
  status.probes.emplace();
  status.probes->liveness =
      ProbeStatus{.type = "http",
                  .result = "success",
                  .streak = 2,
                  .streakOf = "failure",
                  .lastOutput = "HTTP probe failed with statuscode: 503",
                  .lastTime = wall("2025-10-24T10:16:01Z"),
                  .address = "http://172.18.0.2:80/ (address of the container)"};
  status.probes->readiness = ProbeStatus{.type = "exec", .result = "failure"};
  status.probes->readiness->message = "the engine does not answer";
  EXPECT_EQ(json::serialize(toJson(status).at("probes")),
            R"json({"startup":null,"liveness":{"type":"http","result":"success","streak":2,)json"
            R"json("streakOf":"failure","lastOutput":"HTTP probe failed with statuscode: 503",)json"
            R"json("lastTime":"2025-10-24T10:16:01.000Z",)json"
            R"json("address":"http://172.18.0.2:80/ (address of the container)",)json"
            R"json("message":null},)json"
            R"json("readiness":{"type":"exec","result":"failure","streak":0,"streakOf":null,)json"
            R"json("lastOutput":null,"lastTime":null,"address":null,)json"
            R"json("message":"the engine does not answer"}})json");
}

TEST(ServiceStatus, RunningWithEverythingKnown) {
  ServiceStatus status = failingPull();
  status.error.reset();
  status.serviceStatus = ServiceStatusWord::Running;
  status.override_ = "stopped";
  status.containerId = "abc";
  status.runningImage = "x:1";
  status.runningImageDigest = "sha256:1";
  status.startedAt = wall("2025-10-24T10:00:00Z");
  status.lastState = LastState{137, "OOMKilled", std::nullopt, wall("2025-10-24T09:00:00Z")};
  status.pull = PullState{5, 10, "downloading"};
  const auto object = toJson(status);
  EXPECT_EQ(object.if_contains("error"), nullptr);
  EXPECT_EQ(object.at("override"), "stopped");
  EXPECT_EQ(object.at("containerId"), "abc");
  EXPECT_EQ(object.at("runningImage"), "x:1");
  EXPECT_EQ(object.at("runningImageDigest"), "sha256:1");
  EXPECT_EQ(object.at("startedAt"), "2025-10-24T10:00:00.000Z");
  EXPECT_EQ(json::serialize(object.at("lastState")),
            R"({"exitCode":137,"reason":"OOMKilled","startedAt":null,)"
            R"("finishedAt":"2025-10-24T09:00:00.000Z"})");
  EXPECT_EQ(json::serialize(object.at("pull")), R"({"done":5,"total":10,"phase":"downloading"})");
}

TEST(ServiceStatus, ExhaustedHasNoNextRetry) {
  ServiceStatus status = failingPull();
  status.error->nextRetry.reset();
  status.error->exhausted = true;
  const auto error = toJson(status).at("error").as_object();
  EXPECT_EQ(error.if_contains("nextRetry"), nullptr);
  EXPECT_EQ(error.at("exhausted"), true);
}

TEST(ServiceStatus, OnlyIdsThatAreNumbersBecomeNumbers) {
  const struct {
    const char* id;
    const char* expected;
  } cases[] = {{"0", "0"},
               {"1001", "1001"},
               {"007", R"("007")"},
               {"-1", R"("-1")"},
               {"+1", R"("+1")"},
               {"web", R"("web")"},
               {"1.5", R"("1.5")"},
               {"", R"("")"},
               {"1e3", R"("1e3")"},
               {"9223372036854775807", "9223372036854775807"},
               {"9223372036854775808", R"("9223372036854775808")"}};
  for (const auto& [id, expected] : cases) {
    ServiceStatus status;
    status.appId = id;
    EXPECT_EQ(json::serialize(toJson(status).at("appId")), expected) << id;
  }
}

TEST(Words, OfStatusesAndErrorClasses) {
  EXPECT_EQ(word(ServiceStatusWord::Pending), "pending");
  EXPECT_EQ(word(ServiceStatusWord::Running), "running");
  EXPECT_EQ(word(ServiceStatusWord::Stopped), "stopped");
  EXPECT_EQ(word(ServiceStatusWord::Error), "error");
  const std::pair<sdk::ErrorClass, const char*> classes[] = {
      {sdk::ErrorClass::Ok, "ok"},
      {sdk::ErrorClass::Transient, "transient"},
      {sdk::ErrorClass::RateLimited, "rate_limited"},
      {sdk::ErrorClass::Denied, "denied"},
      {sdk::ErrorClass::NotFound, "not_found"},
      {sdk::ErrorClass::Rejected, "rejected"},
      {sdk::ErrorClass::Invalid, "invalid"},
      {sdk::ErrorClass::Conflict, "conflict"},
      {sdk::ErrorClass::Unavailable, "unavailable"},
      {sdk::ErrorClass::Internal, "internal"},
      {sdk::ErrorClass::Cancelled, "cancelled"},
      {static_cast<sdk::ErrorClass>(99), "internal"}};
  for (const auto& [errorClass, expected] : classes)
    EXPECT_EQ(errorClassWord(errorClass), expected);
}

TEST(AttemptText, WithAndWithoutALimit) {
  EXPECT_EQ(attemptText(1, 10), "1/10");
  EXPECT_EQ(attemptText(4, 0), "4");
}

}  // namespace
}  // namespace holdfast::model

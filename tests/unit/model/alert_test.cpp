// SPDX-License-Identifier: Apache-2.0
#include "model/alert.hpp"

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace holdfast::model {
namespace {

Alert failingPull() {
  Alert alert;
  alert.type = AlertType::ImagePullFailed;
  alert.state = AlertState::Firing;
  alert.subject = {.appId = "1001",
                   .appName = "monitoring",
                   .service = "nodered",
                   .runtime = "docker",
                   .ladder = {},
                   .plugin = {},
                   .notifier = {}};
  alert.facts = {.severity = sdk::Severity::Error,
                 .image = "nodered/node-red:invalid",
                 .reason = "ImagePullBackOff",
                 .message = "manifest unknown",
                 .errorClass = "not_found",
                 .retryCount = 3,
                 .maxRetries = 10,
                 .nextRetry = fromRfc3339("2025-10-24T10:16:10Z"),
                 .exitCode = {},
                 .count = 3};
  alert.startsAt = *fromRfc3339("2025-10-24T10:15:00Z");
  return alert;
}

// The first two are the algorithm's published vectors; the third is prometheus/common's own
// (model/signature_test.go, as a decimal number there).
TEST(Fingerprint, IsFnv1a64AsPrometheusMakesIt) {
  EXPECT_EQ(fnv1a64(""), "cbf29ce484222325");
  EXPECT_EQ(fnv1a64("a"), "af63dc4c8601ec8c");
  EXPECT_EQ(fnv1a64("fear\xFFlove is not enough\xFFname\xFFgarland, briggs\xFF"),
            "507a62d79ee76c9a");
}

TEST(Fingerprint, OfAServiceIsMadeOfWhatNeverChanges) {
  const Alert alert = failingPull();
  EXPECT_EQ(fingerprint(alert), fnv1a64("alertname\xFFImagePullFailed\xFF"
                                        "app\xFF"
                                        "1001\xFFservice\xFFnodered\xFF"));
  Alert same = alert;
  same.subject.appName = "renamed";
  same.subject.runtime = "podman";
  same.facts.message = "another";
  same.startsAt += std::chrono::hours{1};
  same.state = AlertState::Resolved;
  EXPECT_EQ(fingerprint(same), fingerprint(alert));
}

TEST(Fingerprint, TellsTypesServicesLaddersAndEnginesApart) {
  const Alert alert = failingPull();
  for (const auto& change : std::vector<void (*)(Alert&)>{
           [](Alert& a) { a.type = AlertType::StartFailed; },
           [](Alert& a) { a.subject.service = "grafana"; },
           [](Alert& a) { a.subject.appId = "1002"; },
           [](Alert& a) { a.subject.ladder = "image"; },
           [](Alert& a) { a.subject.notifier = "ops"; },
       }) {
    Alert other = alert;
    change(other);
    EXPECT_NE(fingerprint(other), fingerprint(alert));
  }
  Alert docker;
  docker.type = AlertType::EngineUnavailable;
  docker.subject.runtime = "docker";
  Alert podman = docker;
  podman.subject.runtime = "podman";
  EXPECT_NE(fingerprint(docker), fingerprint(podman));
}

TEST(AlertJson, OfAFiringOne) {
  EXPECT_EQ(boost::json::serialize(toJson(failingPull())),
            R"({"id":")" + fingerprint(failingPull()) +
                R"(","alert":"ImagePullFailed","state":"firing","severity":"error",)"
                R"("app":"monitoring","appId":1001,"service":"nodered","runtime":"docker",)"
                R"("image":"nodered/node-red:invalid","reason":"ImagePullBackOff",)"
                R"("message":"manifest unknown","class":"not_found","retryCount":3,)"
                R"("maxRetries":10,"count":3,"nextRetry":"2025-10-24T10:16:10.000Z",)"
                R"("startsAt":"2025-10-24T10:15:00.000Z"})");
}

TEST(AlertJson, OfAResolvedOneSaysHowLongItLasted) {
  Alert alert = failingPull();
  alert.state = AlertState::Resolved;
  alert.endsAt = alert.startsAt + std::chrono::seconds{70};
  alert.lasted = std::chrono::milliseconds{69'999};
  const auto object = toJson(alert);
  EXPECT_EQ(object.at("state"), "resolved");
  EXPECT_EQ(object.at("endsAt"), "2025-10-24T10:16:10.000Z");
  EXPECT_EQ(object.at("durationSeconds"), 69);
}

TEST(AlertJson, LeavesOutWhatDoesNotApply) {
  Alert alert;
  alert.type = AlertType::EngineUnavailable;
  alert.state = AlertState::Firing;
  alert.subject.runtime = "docker";
  const auto object = toJson(alert);
  for (const char* name :
       {"app", "appId", "service", "image", "ladder", "plugin", "notifier", "retryCount",
        "maxRetries", "nextRetry", "exitCode", "endsAt", "durationSeconds", "count", "class"}) {
    EXPECT_FALSE(object.contains(name)) << name;
  }
}

TEST(AlertWords, AreReadAsTheyAreWritten) {
  for (const auto word : kAlertTypeWords)
    EXPECT_EQ(model::word(*alertTypeOf(word)), word);
  for (const auto word : kSeverityWords)
    EXPECT_EQ(model::word(*severityOf(word)), word);
  EXPECT_FALSE(alertTypeOf("crashloop"));
  EXPECT_FALSE(severityOf(""));
}

TEST(SubjectText, NamesWhomItIsAbout) {
  EXPECT_EQ(subjectText(failingPull().subject), "monitoring/nodered");
  AlertSubject engine;
  engine.runtime = "docker";
  EXPECT_EQ(subjectText(engine), "engine docker");
  AlertSubject plugin;
  plugin.plugin = "webhook";
  EXPECT_EQ(subjectText(plugin), "plugin webhook");
  AlertSubject notifier;
  notifier.notifier = "ops";
  EXPECT_EQ(subjectText(notifier), "notifier ops");
  EXPECT_EQ(subjectText({}), "device");
}

}  // namespace
}  // namespace holdfast::model

// SPDX-License-Identifier: Apache-2.0
#include "uplink/report.hpp"

#include "unit/uplink/samples.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace holdfast::uplink {
namespace {

namespace json = boost::json;

class ReportTest : public ::testing::Test {
 protected:
  std::string text(std::size_t limit = kMaxReportBytes) const {
    return buildReport({.sequence = 412,
                        .now = clock_.now(),
                        .deviceName = "gateway-17",
                        .agentVersion = "0.1.0",
                        .snapshot = *snapshot_,
                        .figures = figures_,
                        .rejected = rejected_,
                        .transitions = transitions_,
                        .dropped = dropped_},
                       limit);
  }
  json::object report(std::size_t limit = kMaxReportBytes) const {
    return json::parse(text(limit)).as_object();
  }
  std::string fingerprint() const { return reportFingerprint(*snapshot_, rejected_, lastSeq_); }

  void addTransitions(int count, std::size_t messageBytes) {
    for (int i = 1; i <= count; ++i) {
      Transition one;
      one.seq = i;
      one.at = clock_.now().wall;
      one.error.message = std::string(messageBytes, 'm');
      transitions_.push_back(one);
    }
  }

  ManualClock clock_;
  std::shared_ptr<engine::Snapshot> snapshot_ = snapshotOf({failing()}, clock_.now());
  DeviceFigures figures_;
  std::optional<RejectedTarget> rejected_;
  std::deque<Transition> transitions_;
  std::int64_t dropped_ = 0;
  std::int64_t lastSeq_ = 0;
};

TEST_F(ReportTest, SaysWhoAndWhen) {
  const auto report = this->report();
  EXPECT_EQ(report.at("sequence"), 412);
  EXPECT_EQ(report.at("timestamp"), "2025-10-24T10:15:00.000Z");
  const auto& device = report.at("device").as_object();
  EXPECT_EQ(device.at("uuid"), snapshot_->owner.c_str());
  EXPECT_EQ(device.at("name"), "gateway-17");
  EXPECT_EQ(device.at("agentVersion"), "0.1.0");
}

TEST_F(ReportTest, HasTheFiguresThatAreKnownAndNoOthers) {
  figures_.localIp = "192.0.2.17";
  figures_.cpuPercent = 3.456;
  figures_.memoryUsedBytes = 512;
  figures_.interfaces = {{.name = "eth0", .up = true, .addresses = {"192.0.2.17"}}};
  figures_.topProcesses = {{.pid = 812, .name = "node", .cpuPercent = 1.24, .memoryBytes = 64}};
  const auto device = report().at("device").as_object();
  EXPECT_EQ(device.at("localIp"), "192.0.2.17");
  EXPECT_EQ(device.at("cpuPercent"), 3.5);
  EXPECT_EQ(device.at("memoryUsedBytes"), 512);
  EXPECT_FALSE(device.contains("macAddress"));
  EXPECT_FALSE(device.contains("cpuTemperatureCelsius"));
  EXPECT_EQ(json::serialize(device.at("networkInterfaces")),
            R"([{"name":"eth0","up":true,"addresses":["192.0.2.17"]}])");
  EXPECT_EQ(device.at("topProcesses").at(0).at("cpuPercent"), 1.2);
}

TEST_F(ReportTest, HasEveryServiceWithItsErrorAndSpecification) {
  const auto service = report().at("services").at(0);
  EXPECT_EQ(service.at("appId"), 1001);
  EXPECT_EQ(service.at("serviceStatus"), "error");
  EXPECT_EQ(service.at("error").at("type"), "ImagePullBackOff");
  EXPECT_EQ(service.at("error").at("message"), "manifest unknown");
  EXPECT_EQ(service.at("error").at("retryCount"), 3);
  EXPECT_EQ(service.at("spec").at("environment").at("TOKEN"), "***");
  snapshot_->services = {running()};
  EXPECT_FALSE(report().at("services").at(0).as_object().contains("error"));
}

TEST_F(ReportTest, HasTheTargetInForceWithoutItsSecrets) {
  snapshot_ = snapshotOf({}, clock_.now(),
                         R"({"apps":{},"version":17,"config":{"settings":{"a":1},)"
                         R"("mqtt":{"user":"u","Pass_Word":"p1","api-key":["p2"]},)"
                         R"("list":[{"authToken":"p3"},{"environment":{"A":"p4"}},)"
                         R"({"environment":["B=p5","p6"]}]}})");
  const auto target = report().at("target").as_object();
  EXPECT_EQ(target.at("version"), "17");
  EXPECT_EQ(target.at("revision"), 1);
  EXPECT_EQ(target.at("source"), "api");
  EXPECT_EQ(target.at("acceptedAt"), "2025-10-24T10:15:00.000Z");
  EXPECT_FALSE(target.contains("rejected"));
  EXPECT_EQ(json::serialize(target.at("config")),
            R"({"settings":{"a":1},"mqtt":{"user":"u","Pass_Word":"***","api-key":"***"},)"
            R"("list":[{"authToken":"***"},{"environment":{"A":"***"}},)"
            R"({"environment":["B=***","***"]}]})");
}

TEST_F(ReportTest, WithoutATargetThereIsNone) {
  snapshot_->target = nullptr;
  snapshot_->storedTarget.reset();
  snapshot_->services.clear();
  EXPECT_FALSE(report().contains("target"));
  EXPECT_EQ(report().at("services").as_array().size(), 0U);
}

TEST_F(ReportTest, SaysWhichDocumentWasRejectedAndWhy) {
  rejected_ = RejectedTarget{.version = "18",
                             .at = clock_.now().wall,
                             .problems = {{"/apps", "a string, but an object was expected"}}};
  EXPECT_EQ(json::serialize(report().at("target").at("rejected")),
            R"({"version":"18","timestamp":"2025-10-24T10:15:00.000Z","problems":[)"
            R"({"pointer":"/apps","message":"a string, but an object was expected"}]})");
  snapshot_->target = nullptr;
  snapshot_->storedTarget.reset();
  EXPECT_TRUE(report().at("target").as_object().contains("rejected"));
}

TEST_F(ReportTest, TellsTransitionsInOrder) {
  Transition one;
  one.seq = 87;
  one.at = clock_.now().wall;
  one.error = {.appId = "1001",
               .appName = "monitoring",
               .serviceId = "2",
               .serviceName = "web",
               .type = "ErrImagePull",
               .message = "manifest unknown",
               .retryCount = 1};
  transitions_.push_back(one);
  one.seq = 88;
  one.resolved = true;
  transitions_.push_back(one);
  dropped_ = 3;
  const auto report = this->report();
  EXPECT_EQ(json::serialize(report.at("transitions").at(0)),
            R"({"seq":87,"at":"2025-10-24T10:15:00.000Z","type":"error","appId":1001,)"
            R"("appName":"monitoring","serviceId":2,"serviceName":"web",)"
            R"("errorType":"ErrImagePull","message":"manifest unknown","retryCount":1})");
  EXPECT_EQ(report.at("transitions").at(1).at("type"), "resolved");
  EXPECT_EQ(report.at("truncated"), 3);
}

TEST_F(ReportTest, LeavesOutTheOldestTransitionsFirst) {
  addTransitions(100, 200);
  dropped_ = 5;
  const std::size_t limit = 20'000;
  EXPECT_GT(text().size(), limit);
  EXPECT_LE(text(limit).size(), limit);
  const auto report = this->report(limit);
  const auto& left = report.at("transitions").as_array();
  ASSERT_GT(left.size(), 0U);
  EXPECT_LE(json::serialize(left).size(), limit / 4);
  EXPECT_EQ(left.back().at("seq"), 100);
  EXPECT_EQ(report.at("truncated"), 5 + 100 - static_cast<int>(left.size()));
  EXPECT_TRUE(report.at("services").at(0).as_object().contains("spec"));
}

TEST_F(ReportTest, ThenTheSpecifications) {
  snapshot_->services[0].specJson = R"({"x":")" + std::string(50'000, 'x') + R"("})";
  const auto report = this->report(20'000);
  EXPECT_FALSE(report.at("services").at(0).as_object().contains("spec"));
  EXPECT_TRUE(report.at("target").as_object().contains("config"));
}

TEST_F(ReportTest, ThenTheConfiguration) {
  snapshot_ = snapshotOf(
      {failing()}, clock_.now(),
      R"({"apps":{},"version":"1","config":{"x":")" + std::string(50'000, 'x') + R"("}})");
  addTransitions(3, 100);
  const auto report = this->report(20'000);
  EXPECT_FALSE(report.at("target").as_object().contains("config"));
  EXPECT_EQ(report.at("transitions").as_array().size(), 3U);
  EXPECT_EQ(report.at("services").at(0).at("error").at("maxRetries"), 10);
}

TEST_F(ReportTest, ThenTheRestOfTheTransitions) {
  addTransitions(3, 100);
  snapshot_->services[0].specJson = "{}";
  const auto without = text().size() - json::serialize(report().at("transitions")).size();
  const auto report = this->report(without + 10);
  EXPECT_EQ(report.at("transitions").as_array().size(), 0U);
  EXPECT_EQ(report.at("truncated"), 3);
}

TEST_F(ReportTest, AndInTheEndServicesAreCutDownToWhatIsNeeded) {
  for (int i = 0; i < 50; ++i)
    snapshot_->services.push_back(failing(std::string(1000, 'e'), "s" + std::to_string(i)));
  const auto report = this->report(30'000);
  const auto& services = report.at("services").as_array();
  ASSERT_EQ(services.size(), 51U);
  EXPECT_EQ(services[7].at("serviceStatus"), "error");
  EXPECT_EQ(services[7].at("error").at("message").as_string().size(), 200U);
  EXPECT_FALSE(report.contains("servicesLeftOut"));
}

TEST_F(ReportTest, ThoseWithoutAnErrorGoBeforeTheOthers) {
  snapshot_->services.clear();
  for (int i = 0; i < 4000; ++i)
    snapshot_->services.push_back(i % 100 == 0 ? failing("bad", "s" + std::to_string(i))
                                               : running("s" + std::to_string(i)));
  const std::size_t limit = 100'000;
  EXPECT_LE(text(limit).size(), limit);
  const auto report = this->report(limit);
  const auto& services = report.at("services").as_array();
  EXPECT_EQ(static_cast<std::size_t>(report.at("servicesLeftOut").as_int64()) + services.size(),
            4000U);
  EXPECT_EQ(std::count_if(services.begin(), services.end(),
                          [](const auto& one) { return one.as_object().contains("error"); }),
            40);
}

TEST_F(ReportTest, TheFingerprintStaysWhileOnlyTheClockMoves) {
  const auto before = fingerprint();
  auto& status = snapshot_->services[0].status;
  snapshot_->version = 99;
  snapshot_->at.wall += 1h;
  status.observedAt += 1h;
  status.error->nextRetry = clock_.now().wall;
  status.pull = model::PullState{.doneBytes = 1, .totalBytes = 2, .phase = "Downloading"};
  EXPECT_EQ(fingerprint(), before);
}

TEST_F(ReportTest, TheFingerprintChangesWithWhatIsReported) {
  std::vector<std::string> all{fingerprint()};
  snapshot_->services[0].status.error->retryCount = 4;
  all.push_back(fingerprint());
  snapshot_->services[0].specHash = "other";
  all.push_back(fingerprint());
  snapshot_->storedTarget->revision = 2;
  all.push_back(fingerprint());
  rejected_ = RejectedTarget{.version = "18"};
  all.push_back(fingerprint());
  lastSeq_ = 1;
  all.push_back(fingerprint());
  snapshot_->services[0] = running();
  all.push_back(fingerprint());
  std::sort(all.begin(), all.end());
  EXPECT_EQ(std::unique(all.begin(), all.end()), all.end());
}

TEST_F(ReportTest, AWaitForSomebodyElsesPauseIsNoNewsEachTime) {
  auto waiting = pending();
  waiting.status.error = failing().status.error;
  snapshot_->services = {waiting};
  const auto before = fingerprint();
  snapshot_->services[0].status.error->timestamp += 5s;
  snapshot_->services[0].status.error->message = "until 10:16";
  EXPECT_EQ(fingerprint(), before);
}

}  // namespace
}  // namespace holdfast::uplink

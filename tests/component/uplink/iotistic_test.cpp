// SPDX-License-Identifier: Apache-2.0
#include "iotistic_fixture.hpp"

#include <boost/json.hpp>

#include <fstream>
#include <iterator>

namespace holdfast::iotistic {
namespace {

namespace json = boost::json;
using fixtures::Cloud;
using fixtures::CloudEndpoint;
using fixtures::CloudExchange;
using fixtures::CloudFault;
using sdk::EnrolmentStep;
using sdk::ErrorClass;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kTarget[] = R"({"apps": {"1001": {"appId": 1001, "appName": "monitoring",
  "services": []}}, "config": {}})";

std::string contentOf(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST_F(IotisticTest, ANewDeviceRegistersAndProvesItsKey) {
  Cloud cloud;
  const auto uplink = start(cloud.url());
  EXPECT_EQ(uplink->enrolment(), EnrolmentStep::Register);
  EXPECT_TRUE(enrol(*uplink).status.ok());
  EXPECT_EQ(uplink->enrolment(), EnrolmentStep::ExchangeKey);
  EXPECT_TRUE(enrol(*uplink).status.ok());
  EXPECT_EQ(uplink->enrolment(), EnrolmentStep::None);
  ASSERT_EQ(cloud.registrations().size(), 1u);
  const json::object registration = cloud.registrations()[0];
  EXPECT_EQ(registration.at("uuid"), kUuid);
  EXPECT_EQ(registration.at("deviceName"), "gateway-17");
  EXPECT_EQ(facts(*uplink)["deviceUuid"], kUuid);
  EXPECT_EQ(facts(*uplink)["url"], cloud.url() + "/api/v1");
  const std::string stored = contentOf(directory_.path() / "identity.json");
  EXPECT_THAT(stored, HasSubstr(R"("deviceId":"4711")"));
  EXPECT_THAT(stored, Not(HasSubstr("mqtt-canary")));
}

TEST_F(IotisticTest, ARestartFindsTheDeviceKnown) {
  Cloud cloud;
  enrolWhole(*start(cloud.url()));
  const auto again = start(cloud.url());
  EXPECT_EQ(again->enrolment(), EnrolmentStep::None);
  EXPECT_TRUE(fetch(*again).status.ok());
  EXPECT_EQ(cloud.count(CloudEndpoint::Register), 1u);
}

// The cloud took it, the answer got lost, and the power went too.
TEST_F(IotisticTest, ALostAnswerToARegistrationIsMadeGoodByTheStoredKey) {
  Cloud cloud;
  cloud.misbehave(CloudEndpoint::Register, {.kind = CloudFault::Kind::Hangup});
  EXPECT_EQ(enrol(*start(cloud.url())).status.code, ErrorClass::Transient);
  EXPECT_TRUE(cloud.knows(kUuid));
  cloud.behave();
  const auto again = start(cloud.url());
  EXPECT_TRUE(enrol(*again).status.ok());  // 409
  EXPECT_EQ(again->enrolment(), EnrolmentStep::ExchangeKey);
  EXPECT_TRUE(enrol(*again).status.ok());
  EXPECT_TRUE(fetch(*again).status.ok());
}

TEST_F(IotisticTest, ADeviceOfTheOriginalAgentBringsItsIdentityAlong) {
  constexpr char kOther[] = "11111111-2222-4333-8444-555555555555";
  Cloud cloud;
  cloud.know(kOther, std::string(64, 'b'));
  secret("identity.json", std::string(R"({"uuid": ")") + kOther + R"(", "deviceApiKey": ")" +
                              std::string(64, 'b') + "\"}\n");
  const auto uplink = start(cloud.url(), {{"provisioningKeyFile", ""}});
  EXPECT_EQ(uplink->enrolment(), EnrolmentStep::ExchangeKey);
  EXPECT_TRUE(enrol(*uplink).status.ok());
  EXPECT_EQ(cloud.count(CloudEndpoint::Register), 0u);
  EXPECT_TRUE(report(*uplink, kReport).status.ok());
  EXPECT_TRUE(cloud.currentState(kOther));
}

TEST_F(IotisticTest, AWrongProvisioningKeyIsDeniedAndNeverShown) {
  Cloud cloud;
  const auto uplink = start(cloud.url(), {{"provisioningKeyFile", secret("bad", "wrong-canary")}});
  const Outcome outcome = enrol(*uplink);
  EXPECT_EQ(outcome.status.code, ErrorClass::Denied);
  EXPECT_THAT(outcome.message, HasSubstr("Invalid provisioning key"));
  EXPECT_THAT(outcome.message + outcome.raw, Not(HasSubstr("canary")));
  EXPECT_EQ(uplink->enrolment(), EnrolmentStep::Register);
}

TEST_F(IotisticTest, WithoutAProvisioningKeyNobodyIsAsked) {
  Cloud cloud;
  for (const std::string& file : {std::string(), (directory_.path() / "gone").string()}) {
    const Outcome outcome = enrol(*start(cloud.url(), {{"provisioningKeyFile", file}}));
    EXPECT_EQ(outcome.status.code, ErrorClass::Denied);
    EXPECT_THAT(outcome.message, HasSubstr("provisioningKeyFile"));
  }
  EXPECT_TRUE(cloud.exchanges().empty());
}

TEST_F(IotisticTest, ADamagedIdentityIsNotReplaced) {
  Cloud cloud;
  secret("identity.json", "canary");
  const auto uplink = start(cloud.url());
  testing::FakeCall call;
  EXPECT_EQ(uplink->health(call).code, ErrorClass::Denied);
  const Outcome outcome = enrol(*uplink);
  EXPECT_EQ(outcome.status.code, ErrorClass::Denied);
  EXPECT_THAT(outcome.message, HasSubstr("identity.json is damaged"));
  EXPECT_EQ(contentOf(directory_.path() / "identity.json"), "canary");
  EXPECT_TRUE(cloud.exchanges().empty());
}

TEST_F(IotisticTest, ATargetComesOnceAndThenOnlyThatItIsUnchanged) {
  Cloud cloud;
  const auto uplink = start(cloud.url());
  enrolWhole(*uplink);
  const Fetched none = fetch(*uplink);
  EXPECT_TRUE(none.status.ok());
  EXPECT_EQ(none.document, std::nullopt);

  const std::string etag = cloud.setTarget(kTarget);
  const Fetched first = fetch(*uplink);
  ASSERT_TRUE(first.document);
  EXPECT_EQ(first.etag, etag);
  EXPECT_EQ(json::parse(*first.document).at(kUuid).at("version"), 1);

  const Fetched second = fetch(*uplink, etag);
  EXPECT_TRUE(second.status.ok());
  EXPECT_EQ(second.document, std::nullopt);
  EXPECT_EQ(cloud.exchanges().back().status, 304);
  EXPECT_EQ(cloud.exchanges().back().request.header("If-None-Match"), etag);

  cloud.setTarget(kTarget);
  EXPECT_TRUE(fetch(*uplink, etag).document);
  cloud.holdBack(true);
  EXPECT_EQ(fetch(*uplink, "another").document, std::nullopt);
}

// What is wrong with a document is found, and reported, by the host.
TEST_F(IotisticTest, ADocumentIsHandedOverAsItStands) {
  Cloud cloud;
  const auto uplink = start(cloud.url());
  enrolWhole(*uplink);
  for (const std::string& document : {std::string("{\"apps\": "), std::string(R"({ "apps" : 5 })"),
                                      "{\"x\":\"" + std::string(7 * 1024 * 1024, 'x') + "\"}"}) {
    const std::string etag = cloud.setDocument(document);
    const Fetched fetched = fetch(*uplink);
    EXPECT_TRUE(fetched.status.ok()) << fetched.message;
    EXPECT_EQ(fetched.document, document);
    EXPECT_EQ(fetched.etag, etag);
  }
}

TEST_F(IotisticTest, AReportReplacesTheOneBefore) {
  Cloud cloud;
  const auto uplink = start(cloud.url());
  enrolWhole(*uplink);
  const Outcome outcome = report(*uplink, kReport);
  ASSERT_TRUE(outcome.status.ok()) << outcome.message << outcome.raw;
  const json::object state = cloud.currentState(kUuid).value();
  EXPECT_EQ(state.at("version"), 1);
  EXPECT_EQ(state.at("apps").at("1001").at("services").at(0).at("status"), "running");
  EXPECT_TRUE(report(*uplink, R"({"sequence": 6})").status.ok());
  EXPECT_TRUE(cloud.currentState(kUuid)->at("apps").as_object().empty());
  EXPECT_EQ(report(*uplink, "[]").status.code, ErrorClass::Invalid);
}

TEST_F(IotisticTest, LogsArriveInOrder) {
  Cloud cloud;
  const auto uplink = start(cloud.url());
  enrolWhole(*uplink);
  EXPECT_TRUE(log(*uplink).status.ok());
  ASSERT_EQ(cloud.logs().size(), 1u);
  EXPECT_EQ(cloud.logs()[0].at("message"), "hello");
}

TEST_F(IotisticTest, NobodyIsAskedBeforeTheEnrolment) {
  Cloud cloud;
  const auto uplink = start(cloud.url());
  EXPECT_EQ(fetch(*uplink).status.code, ErrorClass::Denied);
  EXPECT_EQ(report(*uplink, kReport).status.code, ErrorClass::Denied);
  EXPECT_EQ(log(*uplink).status.code, ErrorClass::Denied);
  EXPECT_TRUE(cloud.exchanges().empty());
}

TEST_F(IotisticTest, AnUnknownKeyIsProvenAgainAndAnUnknownDeviceRegisters) {
  Cloud cloud;
  const auto uplink = start(cloud.url());
  enrolWhole(*uplink);
  const std::string key = keyIn(cloud);
  cloud.know(kUuid, std::string(64, 'c'));
  const Fetched denied = fetch(*uplink);
  EXPECT_EQ(denied.status.code, ErrorClass::Denied);
  EXPECT_THAT(denied.message, HasSubstr("Invalid device API key ***"));
  EXPECT_THAT(denied.message + denied.raw, Not(HasSubstr(key)));
  EXPECT_EQ(uplink->enrolment(), EnrolmentStep::ExchangeKey);
  const Outcome refused = enrol(*uplink);
  EXPECT_EQ(refused.status.code, ErrorClass::Denied);
  EXPECT_THAT(refused.message, HasSubstr("by another key"));
  EXPECT_EQ(uplink->enrolment(), EnrolmentStep::ExchangeKey);

  cloud.forget(kUuid);
  EXPECT_EQ(enrol(*uplink).status.code, ErrorClass::NotFound);
  EXPECT_EQ(uplink->enrolment(), EnrolmentStep::Register);
  enrolWhole(*uplink);
  EXPECT_EQ(cloud.registrations().at(1).at("deviceApiKey"), json::value(key));

  cloud.forget(kUuid);
  EXPECT_EQ(report(*uplink, kReport).status.code, ErrorClass::NotFound);
  EXPECT_EQ(uplink->enrolment(), EnrolmentStep::Register);
}

TEST_F(IotisticTest, AnInactiveDeviceIsDeniedAndStaysEnrolled) {
  Cloud cloud;
  const auto uplink = start(cloud.url());
  enrolWhole(*uplink);
  cloud.setActive(kUuid, false);
  const Fetched fetched = fetch(*uplink);
  EXPECT_EQ(fetched.status.code, ErrorClass::Denied);
  EXPECT_THAT(fetched.message, HasSubstr("activate"));
  EXPECT_EQ(uplink->enrolment(), EnrolmentStep::None);
}

TEST_F(IotisticTest, TheEleventhKeyExchangeOfAnHourWaitsAsAsked) {
  Cloud cloud;
  cloud.know(kUuid, std::string(64, 'd'));
  secret("identity.json", std::string(R"({"uuid": ")") + kUuid + R"(", "deviceApiKey": ")" +
                              std::string(64, 'e') + "\"}");
  const auto uplink = start(cloud.url());
  for (int attempt = 0; attempt < 10; ++attempt) {
    EXPECT_EQ(enrol(*uplink).status.code, ErrorClass::Denied);
  }
  const Outcome outcome = enrol(*uplink);
  EXPECT_EQ(outcome.status.code, ErrorClass::RateLimited);
  EXPECT_EQ(outcome.status.retryAfterMs, 3'600'000);
}

TEST_F(IotisticTest, ATargetThatChangesWhileAReportIsOnItsWayIsFetchedAfter) {
  Cloud cloud;
  const auto uplink = start(cloud.url());
  enrolWhole(*uplink);
  const std::string before = cloud.setTarget(kTarget);
  std::string after;
  cloud.onRequest(CloudEndpoint::Report, [&] { after = cloud.setTarget(kTarget); });
  EXPECT_TRUE(report(*uplink, kReport).status.ok());
  const Fetched fetched = fetch(*uplink, before);
  EXPECT_EQ(fetched.etag, after);
  EXPECT_TRUE(fetched.document);
}

TEST_F(IotisticTest, OnePollAfterTheOtherTakesOneConnectionAndFewBytes) {
  Cloud cloud;
  const auto uplink = start(cloud.url());
  enrolWhole(*uplink);
  const std::string etag = cloud.setTarget(kTarget);
  ASSERT_TRUE(fetch(*uplink).document);
  const auto before = facts(*uplink);
  constexpr int kPolls = 20;
  for (int poll = 0; poll < kPolls; ++poll) {
    EXPECT_TRUE(fetch(*uplink, etag).status.ok());
  }
  const auto after = facts(*uplink);
  const auto grown = [&](const char* name) {
    return std::stol(after.at(name)) - std::stol(before.at(name));
  };
  EXPECT_EQ(cloud.connections(), 1u);
  RecordProperty("sentBytes", static_cast<int>(grown("bytesSent")));
  RecordProperty("receivedBytes", static_cast<int>(grown("bytesReceived")));
  EXPECT_GT(grown("bytesSent"), kPolls * 200);
  EXPECT_LT(grown("bytesSent"), kPolls * 400);
  EXPECT_GT(grown("bytesReceived"), kPolls * 40);
  EXPECT_LT(grown("bytesReceived"), kPolls * 200);
}

TEST_F(IotisticTest, TheCloudsClockIsCompared) {
  Cloud cloud({.tls = {}, .caCertificate = {}, .clockOffsetSeconds = 3600});
  const auto uplink = start(cloud.url());
  EXPECT_FALSE(facts(*uplink).contains("clockOffsetMs"));
  EXPECT_TRUE(enrol(*uplink).status.ok());
  EXPECT_NEAR(std::stod(facts(*uplink).at("clockOffsetMs")), 3'600'000, 60'000);
}

}  // namespace
}  // namespace holdfast::iotistic

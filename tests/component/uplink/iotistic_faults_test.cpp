// SPDX-License-Identifier: Apache-2.0
#include "iotistic_fixture.hpp"

#include <chrono>
#include <thread>

namespace holdfast::iotistic {
namespace {

using fixtures::Cloud;
using fixtures::CloudEndpoint;
using fixtures::CloudFault;
using sdk::EnrolmentStep;
using sdk::ErrorClass;
using ::testing::HasSubstr;
using ::testing::Not;
using Kind = CloudFault::Kind;

constexpr char kTarget[] = R"({"apps": {}, "config": {}})";

class IotisticFaults : public IotisticTest {
 protected:
  // One that is enrolled, with a target to fetch.
  std::unique_ptr<IotisticUplink> enrolled(const Options& configured = {}) {
    auto uplink = start(cloud_.url(), configured);
    enrolWhole(*uplink);
    cloud_.setTarget(kTarget);
    return uplink;
  }

  Cloud cloud_;
};

TEST_F(IotisticFaults, StatusesAreTakenForWhatTheyMean) {
  const auto uplink = enrolled();
  const struct {
    int status;
    ErrorClass code;
  } rows[] = {{400, ErrorClass::Invalid},   {403, ErrorClass::Denied},
              {404, ErrorClass::NotFound},  {409, ErrorClass::Conflict},
              {500, ErrorClass::Transient}, {503, ErrorClass::Transient}};
  for (const auto& row : rows) {
    for (const CloudEndpoint endpoint :
         {CloudEndpoint::Target, CloudEndpoint::Report, CloudEndpoint::Logs}) {
      cloud_.misbehave(endpoint, {.status = row.status, .retryAfter = {}});
    }
    const Outcome outcomes[] = {fetch(*uplink), report(*uplink, kReport), log(*uplink)};
    for (const Outcome& outcome : outcomes) {
      EXPECT_EQ(outcome.status.code, row.code) << row.status;
      EXPECT_THAT(outcome.message,
                  HasSubstr(cloud_.url() + ": the answer is " + std::to_string(row.status)));
      EXPECT_THAT(outcome.raw, HasSubstr("HTTP " + std::to_string(row.status) + "\n{"));
    }
  }
  EXPECT_TRUE(cloud_.reports().empty());
}

TEST_F(IotisticFaults, AThrottleSaysWhenToComeBack) {
  const auto uplink = enrolled();
  cloud_.misbehave(CloudEndpoint::Report, {.status = 429, .retryAfter = "17"});
  EXPECT_EQ(report(*uplink, kReport).status.retryAfterMs, 17'000);
  cloud_.misbehave(CloudEndpoint::Report,
                   {.status = 429, .retryAfter = "Fri, 31 Dec 1999 23:59:59 GMT"});
  EXPECT_EQ(report(*uplink, kReport).status.retryAfterMs, 0);
  cloud_.misbehave(CloudEndpoint::Report, {.status = 429, .retryAfter = {}});
  const Outcome silent = report(*uplink, kReport);
  EXPECT_EQ(silent.status.code, ErrorClass::RateLimited);
  EXPECT_EQ(silent.status.retryAfterMs, -1);
}

TEST_F(IotisticFaults, ACloudThatIsSilentOrSlowCostsTheTimeOfOneAttempt) {
  const auto uplink = enrolled({{"timeout", "1000"}});  // also for getting known
  for (const Kind kind : {Kind::Silence, Kind::Drip}) {
    cloud_.misbehave(CloudEndpoint::Target, {.kind = kind, .retryAfter = {}});
    const auto begun = std::chrono::steady_clock::now();
    const Fetched fetched = fetch(*uplink);
    EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(10));
    EXPECT_EQ(fetched.status.code, ErrorClass::Transient);
    EXPECT_THAT(fetched.message, HasSubstr("timed out"));
    EXPECT_EQ(fetched.document, std::nullopt);
  }
}

TEST_F(IotisticFaults, HalfABodyIsNoTarget) {
  const auto uplink = enrolled();
  cloud_.setDocument(R"({"apps": {}, "filler": ")" + std::string(10'000, 'x') + "\"}");
  cloud_.misbehave(CloudEndpoint::Target, {.kind = Kind::HalfBody, .retryAfter = {}, .times = 1});
  const Fetched fetched = fetch(*uplink);
  EXPECT_EQ(fetched.status.code, ErrorClass::Transient);
  EXPECT_EQ(fetched.document, std::nullopt);
  EXPECT_TRUE(fetch(*uplink).document);
}

TEST_F(IotisticFaults, APortalInBetweenIsNeitherATargetNorAReceipt) {
  const auto uplink = enrolled();
  for (const CloudEndpoint endpoint :
       {CloudEndpoint::Target, CloudEndpoint::Report, CloudEndpoint::Logs}) {
    cloud_.misbehave(endpoint, {.kind = Kind::LoginPage, .retryAfter = {}});
  }
  const Outcome outcomes[] = {fetch(*uplink), report(*uplink, kReport), log(*uplink)};
  for (const Outcome& outcome : outcomes) {
    EXPECT_EQ(outcome.status.code, ErrorClass::Transient);
    EXPECT_THAT(outcome.message, HasSubstr("captive portal"));
  }
}

TEST_F(IotisticFaults, WrongJsonIsTheHostsToJudgeInATargetAndNoReceiptForAReport) {
  const auto uplink = enrolled();
  cloud_.misbehave(CloudEndpoint::Target, {.kind = Kind::WrongJson, .retryAfter = {}});
  cloud_.misbehave(CloudEndpoint::Report, {.kind = Kind::WrongJson, .retryAfter = {}});
  const Fetched fetched = fetch(*uplink);
  EXPECT_TRUE(fetched.document);
  EXPECT_EQ(fetched.etag, "");
  EXPECT_EQ(report(*uplink, kReport).status.code, ErrorClass::Transient);
}

TEST_F(IotisticFaults, NoMoreThanEightMebibytesAreTakenAlsoUnpacked) {
  const auto uplink = enrolled({{"timeout", "60000"}});
  for (const Kind kind : {Kind::HugeBody, Kind::GzipBomb}) {
    cloud_.misbehave(CloudEndpoint::Target, {.kind = kind, .retryAfter = {}});
    const Fetched fetched = fetch(*uplink);
    EXPECT_EQ(fetched.status.code, ErrorClass::Invalid);
    EXPECT_THAT(fetched.message, HasSubstr("longer"));
    EXPECT_EQ(fetched.document, std::nullopt);
  }
}

TEST_F(IotisticFaults, NobodyThereIsUnavailableUntilSomebodyIs) {
  const auto uplink = enrolled();
  cloud_.disconnect();
  EXPECT_EQ(fetch(*uplink).status.code, ErrorClass::Unavailable);
  EXPECT_EQ(report(*uplink, kReport).status.code, ErrorClass::Unavailable);
  cloud_.reconnect();
  EXPECT_TRUE(fetch(*uplink).document);
}

// Servers close what is idle, and a client finds that out by its next request.
TEST_F(IotisticFaults, AConnectionThatWasClosedMeanwhileIsMadeAnew) {
  const auto uplink = enrolled();
  EXPECT_TRUE(fetch(*uplink).status.ok());
  cloud_.disconnect();
  cloud_.reconnect();
  EXPECT_TRUE(report(*uplink, kReport).status.ok());
  EXPECT_EQ(cloud_.connections(), 2u);
}

TEST_F(IotisticFaults, ACancelledCallEndsAtOnce) {
  const auto uplink = enrolled();
  cloud_.misbehave(CloudEndpoint::Target, {.kind = Kind::Silence, .retryAfter = {}});
  const std::size_t before = cloud_.count(CloudEndpoint::Target);
  testing::FakeCall call;
  std::thread canceller([&] {
    EXPECT_TRUE(cloud_.waitForRequest(CloudEndpoint::Target, before, std::chrono::seconds(10)));
    call.cancel();
  });
  EXPECT_EQ(fetch(*uplink, {}, call).status.code, ErrorClass::Cancelled);
  canceller.join();
}

TEST_F(IotisticFaults, StopEndsACallThatIsUnderWay) {
  const auto uplink = enrolled();
  cloud_.misbehave(CloudEndpoint::Target, {.kind = Kind::Silence, .retryAfter = {}});
  const std::size_t before = cloud_.count(CloudEndpoint::Target);
  std::thread stopper([&] {
    EXPECT_TRUE(cloud_.waitForRequest(CloudEndpoint::Target, before, std::chrono::seconds(10)));
    uplink->stop();
  });
  EXPECT_EQ(fetch(*uplink).status.code, ErrorClass::Cancelled);
  stopper.join();
}

TEST_F(IotisticFaults, AWrongPathIsNoReasonToRegisterAnew) {
  const auto uplink = start(cloud_.url());
  enrolWhole(*uplink);
  const auto lost = start(cloud_.url() + "/elsewhere");
  const Fetched fetched = fetch(*lost);
  EXPECT_EQ(fetched.status.code, ErrorClass::NotFound);
  EXPECT_EQ(lost->enrolment(), EnrolmentStep::None);
}

// It has JSON of its own while there is no cloud behind it.
TEST_F(IotisticFaults, AGatewaysNotFoundIsNoReasonToRegisterAnew) {
  const auto uplink = enrolled();
  for (const CloudEndpoint endpoint : {CloudEndpoint::Target, CloudEndpoint::Report,
                                       CloudEndpoint::Logs, CloudEndpoint::KeyExchange}) {
    cloud_.misbehave(endpoint, {.status = 404, .retryAfter = {}});
  }
  for (const Outcome& outcome : {Outcome(fetch(*uplink)), report(*uplink, kReport), log(*uplink)}) {
    EXPECT_EQ(outcome.status.code, ErrorClass::NotFound);
    EXPECT_EQ(uplink->enrolment(), EnrolmentStep::None);
  }
  secret("identity.json",
         std::string(R"({"uuid": ")") + kUuid + R"(", "deviceApiKey": ")" + keyIn(cloud_) + "\"}");
  const auto again = start(cloud_.url());
  EXPECT_EQ(enrol(*again).status.code, ErrorClass::NotFound);
  EXPECT_EQ(start(cloud_.url())->enrolment(), EnrolmentStep::ExchangeKey);
  cloud_.behave();
  EXPECT_TRUE(enrol(*again).status.ok());
  EXPECT_EQ(cloud_.count(CloudEndpoint::Register), 1u);
}

// Nothing but a person could undo it if it waited to be registered.
TEST_F(IotisticFaults, AForgottenDeviceWithoutAProvisioningKeyGoesOnAsking) {
  static_cast<void>(enrolled());
  const std::string key = keyIn(cloud_);
  for (const std::string& file : {std::string(), (directory_.path() / "gone").string()}) {
    const auto uplink = start(cloud_.url(), {{"provisioningKeyFile", file}});
    cloud_.forget(kUuid);
    const Fetched fetched = fetch(*uplink);
    EXPECT_EQ(fetched.status.code, ErrorClass::NotFound);
    EXPECT_THAT(fetched.message, HasSubstr("provisioningKeyFile"));
    EXPECT_EQ(uplink->enrolment(), EnrolmentStep::None);
    cloud_.know(kUuid, key);
    EXPECT_TRUE(fetch(*uplink).document);
  }
}

TEST_F(IotisticFaults, AnAnswerToARegistrationIsNeverShown) {
  const auto uplink = start(cloud_.url());
  cloud_.misbehave(CloudEndpoint::Register, {.kind = Kind::HalfBody, .retryAfter = {}});
  const Outcome outcome = enrol(*uplink);
  EXPECT_EQ(outcome.status.code, ErrorClass::Transient);
  EXPECT_THAT(outcome.message + outcome.raw, Not(HasSubstr("canary")));
  EXPECT_THAT(outcome.raw, Not(HasSubstr("{")));
}

}  // namespace
}  // namespace holdfast::iotistic

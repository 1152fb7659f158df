// SPDX-License-Identifier: Apache-2.0
#include "uplink/iotistic/answers.hpp"

#include "uplink/iotistic/clock.hpp"

#include <gmock/gmock.h>
#include <openssl/x509_vfy.h>

namespace holdfast::iotistic {
namespace {

using sdk::EnrolmentStep;
using sdk::ErrorClass;
using support::HttpError;
using support::HttpResult;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr Endpoint kAll[] = {Endpoint::Register, Endpoint::KeyExchange, Endpoint::Target,
                             Endpoint::Report, Endpoint::Logs};
constexpr std::int64_t kNow = 4'000'000'000;  // 2096: after every build

HttpResult answerOf(int status, const std::string& body = R"({"message": "why"})") {
  HttpResult result;
  result.response.status = status;
  result.response.body = body;
  return result;
}

Verdict judge(Endpoint endpoint, const HttpResult& result, std::int64_t nowSeconds) {
  return iotistic::judge(endpoint, result, nowSeconds, {});
}

HttpResult faultOf(HttpError error, int verifyError = 0) {
  HttpResult result;
  result.error = error;
  result.errorText = "libcurl's words";
  result.peer.verifyError = verifyError;
  return result;
}

TEST(Answers, OfEachStatus) {
  const auto none = std::optional<EnrolmentStep>();
  const std::optional<EnrolmentStep> exchanges(EnrolmentStep::ExchangeKey);
  const std::optional<EnrolmentStep> done(EnrolmentStep::None);
  const struct {
    Endpoint endpoint;
    int status;
    ErrorClass code;
    std::optional<EnrolmentStep> next;
  } rows[] = {{Endpoint::Register, 200, ErrorClass::Ok, exchanges},
              {Endpoint::Register, 400, ErrorClass::Invalid, none},
              {Endpoint::Register, 401, ErrorClass::Denied, none},
              {Endpoint::Register, 404, ErrorClass::NotFound, none},
              {Endpoint::Register, 409, ErrorClass::Ok, exchanges},
              {Endpoint::Register, 429, ErrorClass::RateLimited, none},
              {Endpoint::Register, 500, ErrorClass::Transient, none},
              {Endpoint::KeyExchange, 200, ErrorClass::Ok, done},
              {Endpoint::KeyExchange, 401, ErrorClass::Denied, none},
              {Endpoint::KeyExchange, 404, ErrorClass::NotFound, none},
              {Endpoint::KeyExchange, 409, ErrorClass::Conflict, none},
              {Endpoint::KeyExchange, 429, ErrorClass::RateLimited, none},
              {Endpoint::Target, 200, ErrorClass::Ok, none},
              {Endpoint::Target, 304, ErrorClass::Ok, none},
              {Endpoint::Target, 401, ErrorClass::Denied, exchanges},
              {Endpoint::Target, 403, ErrorClass::Denied, none},
              {Endpoint::Target, 404, ErrorClass::NotFound, none},
              {Endpoint::Target, 408, ErrorClass::Transient, none},
              {Endpoint::Target, 429, ErrorClass::RateLimited, none},
              {Endpoint::Target, 500, ErrorClass::Transient, none},
              {Endpoint::Report, 200, ErrorClass::Ok, none},
              {Endpoint::Report, 304, ErrorClass::Transient, none},
              {Endpoint::Report, 400, ErrorClass::Invalid, none},
              {Endpoint::Report, 401, ErrorClass::Denied, exchanges},
              {Endpoint::Report, 403, ErrorClass::Denied, none},
              {Endpoint::Report, 404, ErrorClass::NotFound, none},
              {Endpoint::Report, 413, ErrorClass::Invalid, none},
              {Endpoint::Report, 503, ErrorClass::Transient, none},
              {Endpoint::Logs, 200, ErrorClass::Ok, none},
              {Endpoint::Logs, 400, ErrorClass::Invalid, none},
              {Endpoint::Logs, 401, ErrorClass::Denied, exchanges},
              {Endpoint::Logs, 404, ErrorClass::NotFound, none}};
  for (const auto& row : rows) {
    const Verdict verdict = judge(row.endpoint, answerOf(row.status), kNow);
    EXPECT_EQ(verdict.status.code, row.code) << static_cast<int>(row.endpoint) << row.status;
    EXPECT_EQ(verdict.next, row.next) << static_cast<int>(row.endpoint) << row.status;
    if (row.code != ErrorClass::Ok) {
      EXPECT_THAT(verdict.message, HasSubstr(std::to_string(row.status)));
    }
  }
}

TEST(Answers, MakeADeviceRegisterOnlyByTheCloudsOwnWords) {
  const std::optional<EnrolmentStep> none;
  const std::optional<EnrolmentStep> registers(EnrolmentStep::Register);
  const struct {
    const char* body;
    std::optional<EnrolmentStep> next;
  } rows[] = {
      {R"({"error": "Not Found", "message": "Device not found"})", registers},
      {R"({"error": "Device not found", "message": "Device 6f1c not registered"})", registers},
      {R"({"message": "no Route matched with those values"})", none},
      {R"({"message": "Route GET:/api/v1/device/6f1c/state not found", "error": "Not Found"})",
       none},
      {R"({"message": ["Device not found"]})", none},
      {R"(["Device not found"])", none},
      {"Device not found", none}};
  for (const auto& row : rows) {
    for (const Endpoint endpoint : kAll) {
      const bool asked = endpoint != Endpoint::Register && endpoint != Endpoint::Logs;
      const Verdict verdict = judge(endpoint, answerOf(404, row.body), kNow);
      EXPECT_EQ(verdict.status.code, ErrorClass::NotFound);
      EXPECT_EQ(verdict.next, asked ? row.next : none)
          << static_cast<int>(endpoint) << " " << row.body;
    }
  }
}

TEST(Answers, RepeatWhatTheCloudSays) {
  EXPECT_THAT(judge(Endpoint::Target, answerOf(500), kNow).message, HasSubstr("500: why"));
  EXPECT_THAT(judge(Endpoint::Target, answerOf(500, R"({"error": "broken"})"), kNow).message,
              HasSubstr("500: broken"));
  EXPECT_EQ(judge(Endpoint::Target, answerOf(500, ""), kNow).message, "the answer is 500");
  EXPECT_THAT(judge(Endpoint::KeyExchange, answerOf(401), kNow).message,
              HasSubstr("by another key"));
  EXPECT_THAT(judge(Endpoint::Register, answerOf(401), kNow).message,
              HasSubstr("provisioningKeyFile"));
  EXPECT_THAT(judge(Endpoint::Report, answerOf(403), kNow).message, HasSubstr("activate"));
}

// Only so much of it is shown, and where that ends is where the cloud put the key.
TEST(Answers, RepeatNoPartOfASecret) {
  const std::string key(64, 'k');
  support::Redactor redactor;
  redactor.add(key);
  for (std::size_t before = 0; before < 300; ++before) {
    const std::string words = std::string(before, '-') + key;
    for (const std::string& body : {R"({"message": ")" + words + "\"}", words}) {
      const Verdict verdict =
          iotistic::judge(Endpoint::Report, answerOf(500, body), kNow, redactor);
      EXPECT_THAT(verdict.message, Not(HasSubstr("k"))) << before;
    }
  }
}

// A portal in a hotel answers 200 to everything, a proxy 401 and 404 with pages of its own.
TEST(Answers, OfOthersThanTheCloudProveNothing) {
  for (const Endpoint endpoint : kAll) {
    const Verdict good = judge(endpoint, answerOf(200, "<html>log in</html>"), kNow);
    EXPECT_EQ(good.status.code, ErrorClass::Transient);
    EXPECT_THAT(good.message, HasSubstr("captive portal"));
    for (const int status : {401, 404, 409}) {
      const Verdict verdict = judge(endpoint, answerOf(status, "<html></html>"), kNow);
      EXPECT_FALSE(verdict.status.ok());
      EXPECT_EQ(verdict.next, std::nullopt);
    }
  }
}

TEST(Answers, LeaveATargetToTheHost) {
  EXPECT_TRUE(judge(Endpoint::Target, answerOf(200, " \n{\"apps\": "), kNow).status.ok());
  EXPECT_FALSE(judge(Endpoint::Target, answerOf(200, ""), kNow).status.ok());
  EXPECT_FALSE(judge(Endpoint::Report, answerOf(200, "{\"status\": "), kNow).status.ok());
}

TEST(Answers, MayBeSilentWhereNothingIsAskedFor) {
  for (const Endpoint endpoint : {Endpoint::KeyExchange, Endpoint::Report, Endpoint::Logs}) {
    EXPECT_TRUE(judge(endpoint, answerOf(204, ""), kNow).status.ok());
  }
  EXPECT_FALSE(judge(Endpoint::Register, answerOf(204, ""), kNow).status.ok());
}

TEST(Answers, NameWhereARedirectLeads) {
  HttpResult result = answerOf(302, "");
  result.response.headers.emplace_back("location", "https://portal.example/canary");
  const Verdict verdict = judge(Endpoint::Target, result, kNow);
  EXPECT_EQ(verdict.status.code, ErrorClass::Transient);
  EXPECT_THAT(verdict.message, HasSubstr("https://portal.example:"));
}

TEST(Answers, SayWhenToComeBack) {
  const struct {
    const char* header;
    std::int64_t retryAfterMs;
  } rows[] = {{"120", 120'000}, {"Tue, 02 Oct 2096 07:06:42 GMT", 2'000}, {"soon", -1}};
  for (const auto& row : rows) {
    for (const int status : {429, 503}) {
      HttpResult result = answerOf(status);
      result.response.headers.emplace_back("retry-after", row.header);
      const Verdict verdict = judge(Endpoint::Report, result, kNow);
      EXPECT_EQ(verdict.status.retryAfterMs, row.retryAfterMs) << row.header;
      EXPECT_EQ(verdict.status.code, status == 429 || row.retryAfterMs >= 0
                                         ? ErrorClass::RateLimited
                                         : ErrorClass::Transient);
    }
  }
}

TEST(Answers, ThatNeverCame) {
  const struct {
    HttpError error;
    ErrorClass code;
  } rows[] = {{HttpError::Cancelled, ErrorClass::Cancelled},
              {HttpError::Refused, ErrorClass::Unavailable},
              {HttpError::Resolve, ErrorClass::Unavailable},
              {HttpError::Unreachable, ErrorClass::Unavailable},
              {HttpError::Proxy, ErrorClass::Unavailable},
              {HttpError::Tls, ErrorClass::Transient},
              {HttpError::Timeout, ErrorClass::Transient},
              {HttpError::Broken, ErrorClass::Transient},
              {HttpError::TooLarge, ErrorClass::Invalid}};
  for (const auto& row : rows) {
    EXPECT_EQ(judge(Endpoint::Target, faultOf(row.error), kNow).status.code, row.code);
  }
  HttpResult proxy = faultOf(HttpError::Proxy);
  proxy.response.status = 407;
  EXPECT_EQ(judge(Endpoint::Target, proxy, kNow).status.code, ErrorClass::Denied);
}

// The head decides, also where the rest of the words is cut off.
TEST(Answers, ThatRefuseCountWithoutTheirEnd) {
  HttpResult result = answerOf(403, R"({"message": "De)");
  result.error = HttpError::Broken;
  EXPECT_EQ(judge(Endpoint::Target, result, kNow).status.code, ErrorClass::Denied);
  HttpResult half = answerOf(200, R"({"apps": {)");
  half.error = HttpError::Broken;
  EXPECT_EQ(judge(Endpoint::Target, half, kNow).status.code, ErrorClass::Transient);
}

TEST(Answers, NameAClockThatIsPlainlyWrong) {
  const HttpResult early = faultOf(HttpError::Tls, X509_V_ERR_CERT_NOT_YET_VALID);
  EXPECT_THAT(judge(Endpoint::Target, early, kNow).message, HasSubstr("the clock is behind"));
  EXPECT_THAT(judge(Endpoint::Target, early, kNow).message, HasSubstr("2096-10-02T07:06:40Z"));
  const HttpResult late = faultOf(HttpError::Tls, X509_V_ERR_CERT_HAS_EXPIRED);
  EXPECT_THAT(judge(Endpoint::Target, late, kNow).message, HasSubstr("has expired"));
  for (const HttpResult& result : {early, late, faultOf(HttpError::Tls)}) {
    EXPECT_THAT(judge(Endpoint::Target, result, buildDaySeconds() - 1).message,
                HasSubstr("before this program was built"));
    EXPECT_EQ(judge(Endpoint::Target, result, 0).status.code, ErrorClass::Transient);
  }
  EXPECT_EQ(judge(Endpoint::Target, faultOf(HttpError::Tls), kNow).message, "TLS: libcurl's words");
  EXPECT_NE(clockFault(early, kNow), "");
  EXPECT_EQ(clockFault(faultOf(HttpError::Tls), kNow), "");
  EXPECT_EQ(clockFault(faultOf(HttpError::Refused), 0), "") << "no certificate came into it";
}

}  // namespace
}  // namespace holdfast::iotistic

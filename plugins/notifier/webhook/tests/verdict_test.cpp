// SPDX-License-Identifier: Apache-2.0
#include "notifier/webhook/verdict.hpp"

#include "rendered.hpp"

#include <gmock/gmock.h>

namespace holdfast::webhook {
namespace {

using sdk::ErrorClass;
using support::HttpError;
using support::HttpResult;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::int64_t kNow = 1'700'000'000;  // Tue, 14 Nov 2023 22:13:20 GMT

Verdict judged(HttpResult result, const std::string& expect = {}) {
  return judge(result, *makeStandard(), expect, kNow, support::Redactor());
}

Verdict judgedStatus(int status, const std::string& retryAfter = {}) {
  HttpResult result;
  result.response = answerOf(status, "said");
  if (!retryAfter.empty()) {
    result.response.headers.emplace_back("retry-after", retryAfter);
  }
  return judged(std::move(result));
}

TEST(Verdict, OfEachStatus) {
  const struct {
    ErrorClass expected;
    std::vector<int> statuses;
  } rows[] = {
      {ErrorClass::Ok, {200, 201, 202, 204, 299}},
      {ErrorClass::Transient, {301, 302, 303, 304, 307, 308}},
      {ErrorClass::Transient, {408, 425, 500, 502, 503, 504, 507, 599}},
      {ErrorClass::RateLimited, {429}},
      {ErrorClass::Denied, {401, 403, 407}},
      {ErrorClass::NotFound, {404, 405}},
      {ErrorClass::Rejected, {410}},
      {ErrorClass::Invalid, {400, 402, 406, 409, 411, 413, 415, 418, 422, 431, 451, 501, 505}},
  };
  for (const auto& row : rows) {
    for (const int status : row.statuses) {
      const Verdict verdict = judgedStatus(status);
      EXPECT_EQ(verdict.status.code, row.expected) << status;
      EXPECT_EQ(verdict.message.empty(), row.expected == ErrorClass::Ok) << status;
    }
  }
}

TEST(Verdict, ObeysRetryAfterInBothForms) {
  EXPECT_EQ(judgedStatus(429).status.retryAfterMs, -1);
  EXPECT_EQ(judgedStatus(429, "7").status.retryAfterMs, 7'000);
  EXPECT_EQ(judgedStatus(429, "Tue, 14 Nov 2023 22:14:20 GMT").status.retryAfterMs, 60'000);
  EXPECT_EQ(judgedStatus(429, "rubbish").status.retryAfterMs, -1);
  const Verdict busy = judgedStatus(503, "30");
  EXPECT_EQ(busy.status.code, ErrorClass::RateLimited);
  EXPECT_EQ(busy.status.retryAfterMs, 30'000);
  EXPECT_EQ(judgedStatus(503, "rubbish").status.code, ErrorClass::Transient);
  EXPECT_EQ(judgedStatus(401, "30").status.code, ErrorClass::Denied);
}

TEST(Verdict, OfAMissingAnswer) {
  const std::pair<HttpError, ErrorClass> rows[] = {
      {HttpError::Resolve, ErrorClass::Unavailable},
      {HttpError::Refused, ErrorClass::Unavailable},
      {HttpError::Unreachable, ErrorClass::Unavailable},
      {HttpError::Timeout, ErrorClass::Transient},
      {HttpError::Broken, ErrorClass::Transient},
      {HttpError::Tls, ErrorClass::Transient},
      {HttpError::Forbidden, ErrorClass::Transient},
      {HttpError::Proxy, ErrorClass::Unavailable},
      {HttpError::Other, ErrorClass::Transient},
      {HttpError::Cancelled, ErrorClass::Cancelled},
  };
  for (const auto& [error, expected] : rows) {
    const Verdict verdict = judged({.error = error, .errorText = "why", .response = {}});
    EXPECT_EQ(verdict.status.code, expected) << static_cast<int>(error);
    EXPECT_FALSE(verdict.message.empty());
  }
  EXPECT_EQ(
      judged({.error = HttpError::Proxy, .errorText = "", .response = answerOf(407)}).status.code,
      ErrorClass::Denied);
}

TEST(Verdict, IsThatOfTheStatusWhereTheBodyBreaksOff) {
  for (const HttpError error : {HttpError::TooLarge, HttpError::Timeout, HttpError::Broken}) {
    EXPECT_EQ(judged({.error = error, .errorText = "", .response = answerOf(200)}).status.code,
              ErrorClass::Ok);
    EXPECT_EQ(judged({.error = error, .errorText = "", .response = answerOf(410)}).status.code,
              ErrorClass::Rejected);
  }
  EXPECT_EQ(judged({.error = HttpError::Cancelled, .errorText = "", .response = answerOf(200)})
                .status.code,
            ErrorClass::Cancelled);
}

TEST(Verdict, TakesNoWebPageForSuccess) {
  const std::pair<support::HttpResponse, ErrorClass> rows[] = {
      {answerOf(200, "<!DOCTYPE html><title>Log in</title>"), ErrorClass::Transient},
      {answerOf(200, "\xef\xbb\xbf\n <HTML>"), ErrorClass::Transient},
      {answerOf(200, "<script>", "text/html; charset=utf-8"), ErrorClass::Transient},
      {answerOf(200, "", "text/html"), ErrorClass::Ok},
      {answerOf(200, "OK", "text/html"), ErrorClass::Ok},
      {answerOf(200, "<ok/>", "application/xml"), ErrorClass::Ok},
  };
  for (const auto& [answer, expected] : rows) {
    EXPECT_EQ(judged({.errorText = {}, .response = answer}).status.code, expected) << answer.body;
  }
}

TEST(Verdict, MayAskForAText) {
  EXPECT_EQ(judged({.errorText = {}, .response = answerOf(200, R"({"ok":true})")}, R"("ok":true)")
                .status.code,
            ErrorClass::Ok);
  const Verdict verdict =
      judged({.errorText = {}, .response = answerOf(200, R"({"ok":false})")}, R"("ok":true)");
  EXPECT_EQ(verdict.status.code, ErrorClass::Transient);
  EXPECT_THAT(verdict.message, HasSubstr(R"({"ok":false})"));
}

TEST(Verdict, NamesWhereARedirectLeadsWithoutItsPath) {
  HttpResult result;
  result.response = answerOf(302);
  result.response.headers.emplace_back("location", "https://portal.example.net/canary?canary");
  const Verdict verdict = judged(std::move(result));
  EXPECT_THAT(verdict.message, HasSubstr("https://portal.example.net"));
  EXPECT_THAT(verdict.message, Not(HasSubstr("canary")));
}

}  // namespace
}  // namespace holdfast::webhook

// SPDX-License-Identifier: Apache-2.0
#include "notifier/webhook/signing.hpp"
#include "webhook_fixture.hpp"

#include <chrono>
#include <thread>

namespace holdfast::webhook {
namespace {

using fixtures::ScriptedAnswer;
using fixtures::ScriptedReceiver;
using sdk::ErrorClass;
using ::testing::HasSubstr;
using ::testing::Not;

using After = ScriptedAnswer::After;

class WebhookFaults : public WebhookTest {};

TEST_F(WebhookFaults, AMessageArrivesSigned) {
  ScriptedReceiver receiver({answering("204 No Content")});
  const std::string key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  const Outcome outcome =
      deliver({{"url", receiver.url("/hook?x=y")}, {"secretFile", secret("key", key)}});
  EXPECT_EQ(outcome.status.code, ErrorClass::Ok) << outcome.message;
  ASSERT_EQ(receiver.requests().size(), 1u);
  const fixtures::ReceivedRequest request = receiver.requests()[0];
  EXPECT_EQ(request.line, "POST /hook?x=y HTTP/1.1");
  EXPECT_EQ(request.header("content-type"), "application/json");
  EXPECT_EQ(request.header("webhook-id"), "01J0SAMPLE");
  EXPECT_EQ(request.header("expect"), "");
  const std::string timestamp = request.header("webhook-timestamp");
  const SigningKeys keys = signingKeys(SignatureStyle::Standard, {key});
  EXPECT_EQ(request.header("webhook-signature"),
            standardSignature(keys.keys, "01J0SAMPLE", std::stoll(timestamp), request.body));
  const auto age = std::chrono::system_clock::now().time_since_epoch() -
                   std::chrono::seconds(std::stoll(timestamp));
  EXPECT_LT(age, std::chrono::minutes(1));
  EXPECT_THAT(request.body, HasSubstr(R"("type":"service.image_pull_failed.firing")"));
}

TEST_F(WebhookFaults, ASecondAttemptHasTheSameIdAndBody) {
  ScriptedReceiver receiver({answering("500 Internal Server Error"), answering("200 OK")});
  testing::FakeHost host(optionsWith({{"url", receiver.url("/")}}));
  WebhookNotifier notifier(host);
  testing::FakeCall call;
  fixtures::SampleNotification sample = fixtures::firingSample();
  EXPECT_EQ(notifier.deliver(sample.view(), call).code, ErrorClass::Transient);
  sdk::Notification again = sample.view();
  again.attempt = 2;
  EXPECT_EQ(notifier.deliver(again, call).code, ErrorClass::Ok);
  ASSERT_EQ(receiver.requests().size(), 2u);
  EXPECT_EQ(receiver.requests()[0].header("webhook-id"),
            receiver.requests()[1].header("webhook-id"));
  EXPECT_EQ(receiver.requests()[0].body, receiver.requests()[1].body);
}

TEST_F(WebhookFaults, SignsLikeGithub) {
  ScriptedReceiver receiver({answering("200 OK")});
  EXPECT_TRUE(deliver({{"url", receiver.url("/")},
                       {"secretFile", secret("key", "It's a Secret to Everybody\n")},
                       {"signature", "github"}})
                  .status.ok());
  const fixtures::ReceivedRequest request = receiver.requests().at(0);
  EXPECT_EQ(request.header("X-Hub-Signature-256"),
            githubSignature("It's a Secret to Everybody", request.body));
  EXPECT_EQ(request.header("webhook-signature"), "");
}

TEST_F(WebhookFaults, SendsTheHeadersOfTheUser) {
  ScriptedReceiver receiver({answering("200 OK")});
  EXPECT_TRUE(deliver({{"url", receiver.url("/")},
                       {"headersFile", secret("headers", "Authorization: Bearer tk_1\nX-A: b\n")}})
                  .status.ok());
  EXPECT_EQ(receiver.requests().at(0).header("authorization"), "Bearer tk_1");
  EXPECT_EQ(receiver.requests().at(0).header("x-a"), "b");
}

TEST_F(WebhookFaults, AThrottleSaysWhenToComeBack) {
  for (const auto& [value, atLeast, atMost] :
       {std::tuple{"17", 17'000, 17'000}, std::tuple{"Fri, 31 Dec 1999 23:59:59 GMT", 0, 0}}) {
    ScriptedReceiver receiver({answering("429 Too Many Requests", "slow down",
                                         std::string("Retry-After: ") + value + "\r\n")});
    const Outcome outcome = deliver({{"url", receiver.url("/")}});
    EXPECT_EQ(outcome.status.code, ErrorClass::RateLimited);
    EXPECT_GE(outcome.status.retryAfterMs, atLeast);
    EXPECT_LE(outcome.status.retryAfterMs, atMost);
    EXPECT_EQ(outcome.message, receiver.url("") + ": the answer is 429: slow down");
    EXPECT_EQ(outcome.raw, "HTTP 429\nslow down");
  }
}

TEST_F(WebhookFaults, AReceiverThatHangsCostsItsTimeAndNoMore) {
  ScriptedReceiver receiver({{.bytes = {}, .after = After::Hang}});
  const Outcome outcome = deliver({{"url", receiver.url("/")}, {"timeout", "300"}});
  EXPECT_EQ(outcome.status.code, ErrorClass::Transient);
  EXPECT_THAT(outcome.message, HasSubstr("timed out"));
}

TEST_F(WebhookFaults, AnAnswerThatDripsIsDecidedByItsStatus) {
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n";
  ScriptedReceiver receiver({{.bytes = head, .after = After::Drip}});
  EXPECT_EQ(deliver({{"url", receiver.url("/")}, {"timeout", "300"}}).status.code, ErrorClass::Ok);
  // Slack says in the body whether it posted, so half a body is no proof.
  EXPECT_EQ(
      deliver({{"url", receiver.url("/")}, {"timeout", "300"}, {"format", "slack"}}).status.code,
      ErrorClass::Transient);
}

TEST_F(WebhookFaults, AHeadThatDripsIsGivenUp) {
  ScriptedReceiver receiver({{.bytes = "HTTP/1.1 200 OK\r\nX-A: ", .after = After::Drip}});
  EXPECT_EQ(deliver({{"url", receiver.url("/")}, {"timeout", "300"}}).status.code,
            ErrorClass::Transient);
}

TEST_F(WebhookFaults, AnEndlessAnswerIsCutOff) {
  ScriptedReceiver receiver({{.bytes = "HTTP/1.1 200 OK\r\n\r\n", .after = After::Endless},
                             {.bytes = "HTTP/1.1 500 Oops\r\n\r\n", .after = After::Endless}});
  EXPECT_EQ(deliver({{"url", receiver.url("/")}}).status.code, ErrorClass::Ok);
  const Outcome outcome = deliver({{"url", receiver.url("/")}});
  EXPECT_EQ(outcome.status.code, ErrorClass::Transient);
  EXPECT_LE(outcome.message.size(), 512u);
  EXPECT_LE(outcome.raw.size(), 66'000u);
}

TEST_F(WebhookFaults, AnEndlessHeadIsCutOff) {
  ScriptedReceiver receiver({{.bytes = "HTTP/1.1 200 OK\r\nX-A: ", .after = After::Endless}});
  EXPECT_EQ(deliver({{"url", receiver.url("/")}}).status.code, ErrorClass::Transient);
}

TEST_F(WebhookFaults, AResetIsTriedAgain) {
  ScriptedReceiver receiver({{.bytes = {}, .after = After::Reset}});
  EXPECT_EQ(deliver({{"url", receiver.url("/")}}).status.code, ErrorClass::Transient);
}

TEST_F(WebhookFaults, WhatIsNoHttpIsTriedAgain) {
  ScriptedReceiver receiver({{.bytes = "SSH-2.0-OpenSSH_9.2\r\n"}});
  EXPECT_EQ(deliver({{"url", receiver.url("/")}}).status.code, ErrorClass::Transient);
}

TEST_F(WebhookFaults, NobodyThereIsUnavailable) {
  std::string url;
  {
    ScriptedReceiver receiver({answering("200 OK")});
    url = receiver.url("/");
  }
  EXPECT_EQ(deliver({{"url", url}}).status.code, ErrorClass::Unavailable);
  EXPECT_EQ(deliver({{"url", "http://does-not-exist.invalid/"}}).status.code,
            ErrorClass::Unavailable);
}

TEST_F(WebhookFaults, ACaptivePortalIsNoSuccess) {
  const std::string page = "<!DOCTYPE html>\n<html><title>Welcome</title>Log in</html>";
  ScriptedReceiver receiver({answering("200 OK", page, "Content-Type: text/html\r\n")});
  for (const char* format : {"standard", "cloudevents", "alertmanager", "alertmanager-api", "slack",
                             "teams", "discord", "ntfy"}) {
    const Outcome outcome = deliver({{"url", receiver.url("/alerts")}, {"format", format}});
    EXPECT_EQ(outcome.status.code, ErrorClass::Transient) << format;
    EXPECT_THAT(outcome.message, HasSubstr("captive portal"));
  }
}

TEST_F(WebhookFaults, ARedirectIsNotFollowedUnlessAsked) {
  ScriptedReceiver elsewhere({answering("200 OK")});
  ScriptedReceiver receiver(
      {answering("307 Temporary Redirect", "", "Location: " + elsewhere.url("/canary") + "\r\n")});
  for (const char* most : {"0", "5"}) {  // the other one is not https://
    const Outcome outcome = deliver({{"url", receiver.url("/")}, {"maxRedirects", most}});
    EXPECT_EQ(outcome.status.code, ErrorClass::Transient);
    EXPECT_THAT(outcome.message, HasSubstr("a redirect to " + elsewhere.url("")));
    EXPECT_THAT(outcome.message, Not(HasSubstr("canary")));
  }
  EXPECT_TRUE(elsewhere.requests().empty());
}

TEST_F(WebhookFaults, AReceiverThatIsGoneForGoodIsRejected) {
  ScriptedReceiver receiver({answering("410 Gone")});
  EXPECT_EQ(deliver({{"url", receiver.url("/")}}).status.code, ErrorClass::Rejected);
}

TEST_F(WebhookFaults, NoSecretIsRepeated) {
  const std::string key = "whsec_Y2FuYXJ5Y2FuYXJ5Y2FuYXJ5Y2FuYXJ5";  // of canarycanary...
  const std::string body =
      "Cannot POST /services/canaryT01/canaryB02?token=canary03 for Bearer canary04, " + key;
  ScriptedReceiver receiver({answering("401 Unauthorized", body)});
  const Outcome outcome = deliver(
      {{"urlFile", secret("url", receiver.url("/services/canaryT01/canaryB02?token=canary03"))},
       {"headersFile", secret("headers", "Authorization: Bearer canary04\n")},
       {"secretFile", secret("key", key)}});
  EXPECT_EQ(outcome.status.code, ErrorClass::Denied);
  EXPECT_THAT(outcome.message, HasSubstr("the answer is 401: Cannot POST ***"));
  EXPECT_THAT(outcome.message, HasSubstr("is this device's clock right?"));
  for (const std::string& text : {outcome.message, outcome.raw}) {
    EXPECT_THAT(text, Not(HasSubstr("canary")));
    EXPECT_THAT(text, Not(HasSubstr(key)));
  }
}

TEST_F(WebhookFaults, NoBeginningOfASecretIsRepeated) {
  const std::string path = "/services/canaryT01/canaryB02";
  // Wherever the text shown ends (256 bytes), and wherever the answer does (64 KiB).
  for (const std::size_t cut : {256u, 65'536u}) {
    for (std::size_t before = cut - path.size() - 4; before < cut; ++before) {
      ScriptedReceiver receiver(
          {answering("404 Not Found", std::string(before, '.') + path + " is not here")});
      const Outcome outcome = deliver({{"urlFile", secret("url", receiver.url(path))}});
      EXPECT_EQ(outcome.status.code, ErrorClass::NotFound);
      for (const std::string& text : {outcome.message, outcome.raw}) {
        EXPECT_THAT(text, Not(HasSubstr("/servi"))) << before;
        EXPECT_THAT(text, Not(HasSubstr("canary"))) << before;
      }
    }
  }
}

TEST_F(WebhookFaults, ASecretThatIsMissingIsDeniedUntilItIsThere) {
  ScriptedReceiver receiver({answering("200 OK")});
  const std::string path = directory_.path() / "url";
  testing::FakeHost host(optionsWith({{"urlFile", path}}));
  WebhookNotifier notifier(host);
  testing::FakeCall call;
  EXPECT_TRUE(notifier.start(call).ok());
  EXPECT_EQ(host.lines().size(), 1u);
  EXPECT_EQ(notifier.health(call).code, ErrorClass::Denied);
  fixtures::SampleNotification sample = fixtures::firingSample();
  EXPECT_EQ(notifier.deliver(sample.view(), call).code, ErrorClass::Denied);
  EXPECT_THAT(call.message(), HasSubstr("urlFile: cannot open " + path));
  secret("url", receiver.url("/"));
  EXPECT_TRUE(notifier.health(call).ok());
  EXPECT_TRUE(notifier.deliver(sample.view(), call).ok());
}

TEST_F(WebhookFaults, ACallEndsWhenItIsCancelled) {
  ScriptedReceiver receiver({{.bytes = {}, .after = After::Hang}});
  testing::FakeCall call;
  std::thread host([&] {
    fixtures::waitUntil([&] { return !receiver.requests().empty(); }, std::chrono::seconds(10));
    call.cancel();
  });
  EXPECT_EQ(deliver({{"url", receiver.url("/")}}, call).status.code, ErrorClass::Cancelled);
  host.join();
}

TEST_F(WebhookFaults, ACallEndsWhenThePluginIsStopped) {
  ScriptedReceiver receiver({{.bytes = {}, .after = After::Hang}});
  testing::FakeHost host(optionsWith({{"url", receiver.url("/")}}));
  WebhookNotifier notifier(host);
  std::thread stopper([&] {
    fixtures::waitUntil([&] { return !receiver.requests().empty(); }, std::chrono::seconds(10));
    notifier.stop();
  });
  testing::FakeCall call;
  fixtures::SampleNotification sample = fixtures::firingSample();
  EXPECT_EQ(notifier.deliver(sample.view(), call).code, ErrorClass::Cancelled);
  stopper.join();
}

TEST_F(WebhookFaults, ANotificationThatIsBrokenIsInvalid) {
  ScriptedReceiver receiver({answering("200 OK")});
  testing::FakeHost host(optionsWith({{"url", receiver.url("/")}}));
  WebhookNotifier notifier(host);
  testing::FakeCall call;
  sdk::Notification notification;
  notification.contentJson = "{";
  EXPECT_EQ(notifier.deliver(notification, call).code, ErrorClass::Invalid);
  EXPECT_TRUE(receiver.requests().empty());
}

}  // namespace
}  // namespace holdfast::webhook

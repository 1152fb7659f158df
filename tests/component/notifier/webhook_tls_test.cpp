// SPDX-License-Identifier: Apache-2.0
#include "webhook_fixture.hpp"

namespace holdfast::webhook {
namespace {

using fixtures::Certificates;
using fixtures::ScriptedReceiver;
using fixtures::ServerTls;
using sdk::ErrorClass;
using ::testing::HasSubstr;

class WebhookTls : public WebhookTest {
 protected:
  static const Certificates& certificates() {
    static const Certificates certificates;
    return certificates;
  }
};

TEST_F(WebhookTls, ACertificateFromTheGivenAuthorityIsAccepted) {
  ScriptedReceiver receiver({answering("200 OK")}, ServerTls{certificates().server(), {}});
  const Outcome outcome =
      deliver({{"url", receiver.url("/")}, {"caFile", certificates().caFile()}});
  EXPECT_EQ(outcome.status.code, ErrorClass::Ok) << outcome.message;
}

TEST_F(WebhookTls, AnyOtherCertificateIsNot) {
  ScriptedReceiver unknown({answering("200 OK")}, ServerTls{certificates().server(), {}});
  ScriptedReceiver wrongName({answering("200 OK")}, ServerTls{certificates().otherName(), {}});
  const Outcome outcomes[] = {
      deliver({{"url", unknown.url("/")}}),
      deliver({{"url", wrongName.url("/")}, {"caFile", certificates().caFile()}})};
  for (const Outcome& outcome : outcomes) {
    EXPECT_EQ(outcome.status.code, ErrorClass::Transient);
    EXPECT_THAT(outcome.message, HasSubstr("TLS: "));
  }
  EXPECT_TRUE(unknown.requests().empty());
  EXPECT_TRUE(wrongName.requests().empty());
}

TEST_F(WebhookTls, AReceiverMayAskForACertificate) {
  ScriptedReceiver receiver({answering("200 OK")},
                            ServerTls{certificates().server(), certificates().caFile()});
  const Outcome without =
      deliver({{"url", receiver.url("/")}, {"caFile", certificates().caFile()}});
  EXPECT_EQ(without.status.code, ErrorClass::Transient);
  EXPECT_THAT(without.message, HasSubstr("TLS: "));
  const Outcome with = deliver({{"url", receiver.url("/")},
                                {"caFile", certificates().caFile()},
                                {"certFile", certificates().client().certFile},
                                {"keyFile", certificates().client().keyFile}});
  EXPECT_EQ(with.status.code, ErrorClass::Ok) << with.message;
}

TEST_F(WebhookTls, ARedirectOnTheSameHostIsFollowedWhereAsked) {
  ScriptedReceiver receiver(
      {answering("308 Permanent Redirect", "", "Location: /new?place\r\n"), answering("200 OK")},
      ServerTls{certificates().server(), {}});
  const Outcome outcome = deliver(
      {{"url", receiver.url("/old")}, {"caFile", certificates().caFile()}, {"maxRedirects", "1"}});
  EXPECT_EQ(outcome.status.code, ErrorClass::Ok) << outcome.message;
  ASSERT_EQ(receiver.requests().size(), 2u);
  EXPECT_EQ(receiver.requests()[1].line, "POST /new?place HTTP/1.1");
  EXPECT_EQ(receiver.requests()[0].body, receiver.requests()[1].body);
}

TEST_F(WebhookTls, RedirectsEndAndLeadToNoOtherHost) {
  ScriptedReceiver circle({answering("307 Temporary Redirect", "", "Location: /\r\n")},
                          ServerTls{certificates().server(), {}});
  EXPECT_EQ(
      deliver(
          {{"url", circle.url("/")}, {"caFile", certificates().caFile()}, {"maxRedirects", "3"}})
          .status.code,
      ErrorClass::Transient);
  EXPECT_EQ(circle.requests().size(), 4u);
  ScriptedReceiver away(
      {answering("307 Temporary Redirect", "",
                 "Location: https://localhost:" + std::to_string(circle.port()) + "/\r\n")},
      ServerTls{certificates().server(), {}});
  EXPECT_EQ(
      deliver({{"url", away.url("/")}, {"caFile", certificates().caFile()}, {"maxRedirects", "3"}})
          .status.code,
      ErrorClass::Transient);
  EXPECT_EQ(circle.requests().size(), 4u);
}

TEST_F(WebhookTls, AProxyIsAskedForTheConnection) {
  ScriptedReceiver proxy({answering("407 Proxy Authentication Required")});
  const Outcome outcome =
      deliver({{"url", "https://example.invalid/canary"}, {"proxy", proxy.url("")}});
  EXPECT_EQ(outcome.status.code, ErrorClass::Denied) << outcome.message;
  ASSERT_EQ(proxy.requests().size(), 1u);
  EXPECT_EQ(proxy.requests()[0].line, "CONNECT example.invalid:443 HTTP/1.1");
}

TEST_F(WebhookTls, AProxyThatCannotConnectIsUnavailable) {
  ScriptedReceiver proxy({answering("502 Bad Gateway")});
  const Outcome outcome = deliver({{"url", "https://example.invalid/"}, {"proxy", proxy.url("")}});
  EXPECT_EQ(outcome.status.code, ErrorClass::Unavailable);
  EXPECT_THAT(outcome.message, HasSubstr("the proxy answered 502"));
}

}  // namespace
}  // namespace holdfast::webhook

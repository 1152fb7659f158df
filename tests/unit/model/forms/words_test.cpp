// SPDX-License-Identifier: Apache-2.0
#include "model/forms/words.hpp"

#include <gmock/gmock.h>

namespace holdfast::model {
namespace {

using testing::HasSubstr;
using Kind = RestartPolicy::Kind;

TEST(RestartPolicyWords, EveryForm) {
  const std::pair<const char*, RestartPolicy> cases[] = {
      {"always", {Kind::Always, 0}},
      {"unless-stopped", {Kind::Always, 0}},
      {"Always", {Kind::Always, 0}},
      {"on-failure", {Kind::OnFailure, 0}},
      {"OnFailure", {Kind::OnFailure, 0}},
      {"on-failure:3", {Kind::OnFailure, 3}},
      {"on-failure:0", {Kind::OnFailure, 0}},
      {"no", {Kind::Never, 0}},
      {"Never", {Kind::Never, 0}},
  };
  for (const auto& [text, expected] : cases) {
    const auto parsed = parseRestartPolicy(text);
    ASSERT_TRUE(parsed) << text;
    EXPECT_EQ(*parsed, expected) << text;
  }
  for (const char* text : {"", "ALWAYS", "never", "on-failure:", "on-failure:-1", "on-failure:x",
                           "on-failure:1000001", "OnFailure:3", "no ", "false"}) {
    EXPECT_FALSE(parseRestartPolicy(text)) << text;
  }
  EXPECT_THAT(parseRestartPolicy("unles-stopped").error().message,
              HasSubstr("did you mean unless-stopped?"));
}

TEST(Signals, OneSpellingForEach) {
  for (const char* text : {"SIGTERM", "TERM", "sigterm", "Term", "15"})
    EXPECT_EQ(*parseSignal(text), "SIGTERM") << text;
  EXPECT_EQ(*parseSignal("1"), "SIGHUP");
  EXPECT_EQ(*parseSignal("SIGUSR1"), "SIGUSR1");
  EXPECT_EQ(*parseSignal("10"), "SIGUSR1");
  EXPECT_EQ(*parseSignal("31"), "SIGSYS");
  EXPECT_EQ(*parseSignal("37"), "37");
  for (const char* text : {"", "SIG", "0", "65", "-1", "SIGNOPE", "1x", "15 "})
    EXPECT_FALSE(parseSignal(text)) << text;
  EXPECT_THAT(parseSignal("SIGTRM").error().message, HasSubstr("did you mean SIGTERM?"));
}

TEST(Capabilities, OneSpellingForEach) {
  for (const char* text : {"NET_ADMIN", "CAP_NET_ADMIN", "net_admin", "cap_net_admin"})
    EXPECT_EQ(*parseCapability(text), "NET_ADMIN") << text;
  EXPECT_EQ(*parseCapability("all"), "ALL");
  for (const char* text : {"", "CAP_", "NET ADMIN", "NET-ADMIN"})
    EXPECT_FALSE(parseCapability(text)) << text;
}

}  // namespace
}  // namespace holdfast::model

// SPDX-License-Identifier: Apache-2.0
#include "runtime/common/error_rules.hpp"

#include <gtest/gtest.h>

namespace holdfast::runtime {
namespace {

using sdk::ErrorClass;

constexpr ErrorRule kRules[] = {
    {kPull | kCreate, 500, "inner cause", ErrorClass::Denied, Tell::FromMatch},
    {kPull, 0, "refused", ErrorClass::Transient, Tell::FromWords, "dial "},
    {kPull, 0, "unknown manifest", ErrorClass::NotFound, Tell::Words, "manifest unknown"},
    {kPull, 0, "", ErrorClass::Rejected, Tell::All},
};

TEST(ErrorRules, TheFirstRuleThatFitsDecides) {
  EXPECT_EQ(classify(kRules, kPull, 500, "outer: inner cause").errorClass, ErrorClass::Denied);
  EXPECT_EQ(classify(kRules, kPull, 404, "outer: inner cause").errorClass, ErrorClass::Rejected);
  EXPECT_EQ(classify(kRules, kStart, 500, "outer: inner cause").errorClass, ErrorClass::Internal);
}

TEST(ErrorRules, ASingleWordOfARuleForPullsIsNoPartOfAName) {
  for (const std::string text : {"refused", "refused: x", "it was refused", "(refused)", "refused.",
                                 "outer:\nrefused", "host/refused: refused", "\"refused\""}) {
    EXPECT_EQ(classify(kRules, kPull, 500, text).errorClass, ErrorClass::Transient) << text;
  }
  for (const std::string text :
       {"https://h/v2/refused/x", "h/refused-app:1", "h/app:refused", "h/not_refused",
        "h/refused/a", "h/refused.app", "h/refused:1", "h/app@refused", "refusedly"}) {
    EXPECT_EQ(classify(kRules, kPull, 500, "Get " + text + " failed").errorClass,
              ErrorClass::Rejected)
        << text;
  }
  EXPECT_EQ(classify(kRules, kPull, 500, "h/refused: dial 1: refused").message, "dial 1: refused");
}

TEST(ErrorRules, TellsAsMuchAsTheRuleSays) {
  EXPECT_EQ(classify(kRules, kPull, 500, "outer: inner cause: here").message, "inner cause: here");
  EXPECT_EQ(classify(kRules, kPull, 500, "Get \"x\": dial tcp: refused").message,
            "dial tcp: refused");
  EXPECT_EQ(classify(kRules, kPull, 500, "refused").message, "refused");
  EXPECT_EQ(classify(kRules, kPull, 500, "an unknown manifest").message, "manifest unknown");
}

TEST(ErrorRules, MakesOneLineOfBoundedLength) {
  EXPECT_EQ(classify(kRules, kPull, 1, "a\r\nb: unknown\n").message, "a  b");
  EXPECT_EQ(classify(kRules, kPull, 1, std::string(10'000, 'x')).message.size(), kMaxMessageBytes);
}

TEST(ErrorRules, FindsTheWordsOfAnAnswer) {
  support::HttpResponse response;
  response.status = 404;
  response.body = R"({"message":"No such image"})";
  EXPECT_EQ(errorText(response), "No such image");
  response.body = "404 page not found\n";
  EXPECT_EQ(errorText(response), "404 page not found");
  response.body = R"({"cause":"x"})";
  EXPECT_EQ(errorText(response), R"({"cause":"x"})");
  response.body = "";
  EXPECT_EQ(errorText(response), "HTTP status 404");
}

}  // namespace
}  // namespace holdfast::runtime

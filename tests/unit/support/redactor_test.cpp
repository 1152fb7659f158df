// SPDX-License-Identifier: Apache-2.0
#include "holdfast/support/redactor.hpp"

#include <gtest/gtest.h>

namespace holdfast::support {
namespace {

TEST(Redactor, TakesOutEachSecret) {
  Redactor redactor;
  redactor.add("secret");
  redactor.add("secret-and-more");
  EXPECT_EQ(redactor.redacted("a secret-and-more, a secret, secretsecret"), "a ***, a ***, ***");
  EXPECT_EQ(redactor.redacted("nothing"), "nothing");
}

TEST(Redactor, TakesOutThePartsOfAPath) {
  Redactor redactor;
  const std::string target = "/alerts/T000AAAA/B000BBBB/c4n4ry-b1rd?token=s3cr3t-t3xt&a=b";
  redactor.addTarget(target);
  EXPECT_EQ(redactor.redacted("Cannot POST " + target), "Cannot POST ***");
  EXPECT_EQ(redactor.redacted("no alerts for T000AAAA, c4n4ry-b1rd, s3cr3t-t3xt"),
            "no alerts for ***, ***, ***");
}

TEST(Redactor, TakesOutTheBeginningOfASecretThatIsCutOff) {
  Redactor redactor;
  redactor.add("canary-number-one");
  redactor.add("canary-two");
  EXPECT_EQ(redactor.redacted("said canary-number-on"), "said ***");
  EXPECT_EQ(redactor.redacted("said canary-tw"), "said ***");
  EXPECT_EQ(redactor.redacted("said canary"), "said ***");
  EXPECT_EQ(redactor.redacted("canary"), "***");
  EXPECT_EQ(redactor.redacted("said canar"), "said canar");
  EXPECT_EQ(redactor.redacted("a canary-number-on, or two"), "a canary-number-on, or two");
}

TEST(Redactor, TakesOutSecretsThatOverlap) {
  Redactor redactor;
  redactor.add("one-two-three");
  redactor.add("three-four");
  EXPECT_EQ(redactor.redacted("(one-two-three-four)"), "(***)");
  redactor.add("three-five-and-six");
  EXPECT_EQ(redactor.redacted("one-two-three-f"), "***");
}

TEST(Redactor, LeavesShortWordsAlone) {
  Redactor redactor;
  redactor.add("");
  redactor.add("hook");
  redactor.addTarget("/hook");
  EXPECT_EQ(redactor.redacted("the hook at /hook"), "the hook at /hook");
}

}  // namespace
}  // namespace holdfast::support

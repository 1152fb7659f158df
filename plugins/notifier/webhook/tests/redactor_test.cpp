// SPDX-License-Identifier: Apache-2.0
#include "notifier/webhook/redactor.hpp"

#include <gtest/gtest.h>

namespace holdfast::webhook {
namespace {

TEST(Redactor, TakesOutEachSecret) {
  Redactor redactor;
  redactor.add("secret");
  redactor.add("secret-and-more");
  EXPECT_EQ(redactor.redacted("a secret-and-more, a secret, secretsecret"), "a ***, a ***, ******");
  EXPECT_EQ(redactor.redacted("nothing"), "nothing");
}

TEST(Redactor, TakesOutThePartsOfAPath) {
  Redactor redactor;
  redactor.addTarget("/services/T000AAAA/B000BBBB/c4n4ry?token=s3cr3t&a=b");
  EXPECT_EQ(redactor.redacted("Cannot POST /services/T000AAAA/B000BBBB/c4n4ry?token=s3cr3t&a=b"),
            "Cannot POST ***");
  EXPECT_EQ(redactor.redacted("no team T000AAAA, c4n4ry, s3cr3t"), "no team ***, ***, ***");
}

TEST(Redactor, LeavesShortWordsAlone) {
  Redactor redactor;
  redactor.add("");
  redactor.add("hook");
  redactor.addTarget("/hook");
  EXPECT_EQ(redactor.redacted("the hook at /hook"), "the hook at /hook");
}

}  // namespace
}  // namespace holdfast::webhook

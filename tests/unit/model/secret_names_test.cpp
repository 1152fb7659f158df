// SPDX-License-Identifier: Apache-2.0
#include "model/secret_names.hpp"

#include <gtest/gtest.h>

namespace holdfast::model {
namespace {

TEST(SecretNames, AreKnownHoweverTheyAreWritten) {
  for (const auto* name :
       {"password", "DB_PASSWORD", "rootPasswd", "client-secret", "accessToken", "credentials",
        "apikey", "api_key", "Private.Key", "AWS_ACCESS_KEY_ID"}) {
    EXPECT_TRUE(namedLikeSecret(name)) << name;
  }
}

TEST(SecretNames, AreNotSeenWhereThereIsNone) {
  for (const auto* name : {"", "url", "timeout", "key", "keyboard", "pass", "public_key"}) {
    EXPECT_FALSE(namedLikeSecret(name)) << name;
  }
}

}  // namespace
}  // namespace holdfast::model

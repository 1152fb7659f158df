// SPDX-License-Identifier: Apache-2.0
#include "uplink/iotistic/secrets.hpp"

#include <gtest/gtest.h>

namespace holdfast::iotistic {
namespace {

TEST(Secrets, AreHiddenWhereverTheyStand) {
  EXPECT_EQ(withoutSecrets("key abc is not abc, nor def", {"abc", "def"}),
            "key *** is not ***, nor ***");
  EXPECT_EQ(withoutSecrets("abcabc", {"abc", ""}), "******");
  EXPECT_EQ(withoutSecrets("nothing", {"abc"}), "nothing");
}

}  // namespace
}  // namespace holdfast::iotistic

// SPDX-License-Identifier: Apache-2.0
#include "probes/output_text.hpp"

#include <gtest/gtest.h>

namespace holdfast::probes {
namespace {

TEST(ShownText, HidesSecretsWhereverTheyStand) {
  EXPECT_EQ(shownText("login hunter22 refused: hunter22", {"hunter22"}), "login *** refused: ***");
}

TEST(ShownText, HidesTheLongerOfTwoSecretsThatOverlap) {
  EXPECT_EQ(shownText("token abcdefgh", {"abcdef", "abcdefgh"}), "token ***");
}

TEST(ShownText, HidesASecretOfSeveralLines) {
  EXPECT_EQ(shownText("key:\n-----\nabc\n-----\nend", {"-----\nabc\n-----"}), "key: *** end");
}

TEST(ShownText, PassesOverSecretsThatAreTooShortToBeOne) {
  EXPECT_EQ(shownText("1 of 10 failed on 1883", {"1", "10", "", "1883"}), "1 of 10 failed on 1883");
}

TEST(ShownText, IsOneLineOfAKibibyte) {
  EXPECT_EQ(shownText("first\r\nsecond\x1b[31m\n", {}), "first second[31m");
  EXPECT_LE(shownText(std::string(100'000, 'x'), {}).size(), 1024U);
}

}  // namespace
}  // namespace holdfast::probes

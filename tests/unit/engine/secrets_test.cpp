// SPDX-License-Identifier: Apache-2.0
#include "engine/secrets.hpp"

#include <gtest/gtest.h>

namespace holdfast::engine {
namespace {

TEST(Secrets, OfAServiceAreTheValuesOfItsEnvironment) {
  model::Service service;
  service.environment = {{"PASSWORD", "correct horse"}, {"PORT", "1883"}};
  EXPECT_EQ(withoutSecrets("correct horse at 1883", secretsOf(service)), "*** at 1883");
}

TEST(Secrets, ThatOverlapAreHiddenWhole) {
  EXPECT_EQ(withoutSecrets("<abcdefghijkl>", {"abcdefgh", "efghijkl"}), "<***>");
}

}  // namespace
}  // namespace holdfast::engine

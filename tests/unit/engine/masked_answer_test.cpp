// SPDX-License-Identifier: Apache-2.0
#include "engine/masked_answer.hpp"

#include <gtest/gtest.h>

namespace holdfast::engine {
namespace {

CallResult answer(std::string message, std::string raw) {
  CallResult result;
  result.errorClass = sdk::ErrorClass::Rejected;
  result.message = std::move(message);
  result.raw = std::move(raw);
  return result;
}

TEST(MaskedAnswer, TakesEveryValueOut) {
  model::Service service;
  service.environment = {{"A", "hunter2hunter2"}, {"B", "s3cret-"}};
  const auto masked =
      maskedAnswer(answer("A=hunter2hunter2", "s3cret-s3cret- and hunter2hunter2."), service);
  EXPECT_EQ(masked.message, "A=***");
  EXPECT_EQ(masked.raw, "*** and ***.");
  EXPECT_EQ(masked.errorClass, sdk::ErrorClass::Rejected);
}

TEST(MaskedAnswer, ASecretThatBeginsAnotherLeavesNothingOfIt) {
  model::Service service;
  service.environment = {{"A", "secret"}, {"B", "secret-token"}};
  EXPECT_EQ(maskedAnswer(answer("no secret-token", ""), service).message, "no ***");
}

TEST(MaskedAnswer, LeavesWordsAndNumbersAlone) {
  model::Service service;
  service.environment = {{"PORT", "1883"}, {"TZ", "UTC"}, {"EMPTY", ""}};
  EXPECT_EQ(maskedAnswer(answer("port 1883 in use, UTC", ""), service).message,
            "port 1883 in use, UTC");
}

TEST(MaskedAnswer, AValueThatLooksLikeTheMaskEndsToo) {
  model::Service service;
  service.environment = {{"A", "******"}};
  EXPECT_EQ(maskedAnswer(answer("************", ""), service).message, "***");
}

}  // namespace
}  // namespace holdfast::engine

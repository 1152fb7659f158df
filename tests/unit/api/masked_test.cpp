// SPDX-License-Identifier: Apache-2.0
#include "api/masked.hpp"

#include <gtest/gtest.h>

namespace holdfast::api {
namespace {

std::vector<std::string> pointers(std::string_view text) {
  std::vector<std::string> found;
  for (const auto& problem : maskedValues(text)) {
    found.push_back(problem.pointer);
  }
  return found;
}

using Pointers = std::vector<std::string>;

TEST(MaskedValues, AreFoundInBothForms) {
  EXPECT_EQ(pointers(R"({"environment": {"A": "***", "B": "x"}})"), Pointers{"/environment/A"});
  EXPECT_EQ(pointers(R"({"environment": ["A=***", "B=x", "***", "C=****"]})"),
            Pointers{"/environment/0"});
  EXPECT_EQ(pointers(R"([{"config": {"environment": {"a/b~c": "***"}}}])"),
            Pointers{"/0/config/environment/a~1b~0c"});
}

TEST(MaskedValues, AreNoneElsewhere) {
  EXPECT_EQ(pointers(R"({"labels": {"A": "***"}, "command": ["***"]})"), Pointers{});
  EXPECT_EQ(pointers(R"({"environment": {"A": "x***"}})"), Pointers{});
  EXPECT_EQ(pointers("*** no JSON"), Pointers{});
  EXPECT_EQ(pointers("***" + std::string(100'000, '[')), Pointers{});
}

}  // namespace
}  // namespace holdfast::api

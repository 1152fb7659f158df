// SPDX-License-Identifier: Apache-2.0
#include "model/forms/form.hpp"

#include <gtest/gtest.h>

#include <array>

namespace holdfast::model {
namespace {

TEST(InQuotes, IsSafeToShow) {
  EXPECT_EQ(inQuotes("a"), "\"a\"");
  EXPECT_EQ(inQuotes(""), "\"\"");
  EXPECT_EQ(inQuotes(std::string_view("a\0\x1b[31m\x7f", 8)), "\"a\\x00\\x1b[31m\\x7f\"");
}

TEST(InQuotes, CutsLongTextsBetweenCharacters) {
  EXPECT_EQ(inQuotes(std::string(64, 'x')), "\"" + std::string(64, 'x') + "\"");
  EXPECT_EQ(inQuotes(std::string(65, 'x')), "\"" + std::string(64, 'x') + "...\"");
  EXPECT_EQ(inQuotes(std::string(63, 'x') + "\xC3\xA9" + "yy"),
            "\"" + std::string(63, 'x') + "...\"");
}

TEST(Alternatives, ReadAsASentence) {
  EXPECT_EQ(alternatives(std::array{"a"}), "a");
  EXPECT_EQ(alternatives(std::array{"a", "b"}), "a or b");
  EXPECT_EQ(alternatives(std::array{"a", "b", "c"}), "a, b or c");
}

}  // namespace
}  // namespace holdfast::model

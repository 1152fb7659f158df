// SPDX-License-Identifier: Apache-2.0
#include "model/text.hpp"

#include <gtest/gtest.h>

namespace holdfast::model {
namespace {

TEST(OneLine, FoldsWhiteSpace) {
  EXPECT_EQ(oneLine("  a\n\n b\t\r\nc ", 100), "a b c");
  EXPECT_EQ(oneLine("\n", 100), "");
}

TEST(OneLine, DropsWhatATerminalWouldObey) {
  EXPECT_EQ(oneLine("a\x1b[31mb\x7f\x01", 100), "a[31mb");
  EXPECT_EQ(oneLine("a\xC2\x9B"
                    "31mb",
                    100),
            "a31mb")
      << "CSI as a C1 control";
}

TEST(OneLine, ReplacesWhatIsNoUtf8) {
  EXPECT_EQ(oneLine("a\xFF"
                    "b",
                    100),
            "a\xEF\xBF\xBD"
            "b");
  EXPECT_EQ(oneLine("\xC0\xAF", 100), "\xEF\xBF\xBD\xEF\xBF\xBD") << "overlong";
  EXPECT_EQ(oneLine("\xED\xA0\x80", 100), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD") << "surrogate";
  EXPECT_EQ(oneLine("gr\xC3\xBC\xC3\x9F \xF0\x9F\x90\xB3", 100),
            "gr\xC3\xBC\xC3\x9F \xF0\x9F\x90\xB3");
  EXPECT_EQ(oneLine("cut \xE2\x82", 100), "cut \xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(OneLine, CutsBetweenCharacters) {
  EXPECT_EQ(oneLine("abcdefgh", 8), "abcdefgh");
  EXPECT_EQ(oneLine("abcdefghi", 8), "abcde...");
  EXPECT_EQ(oneLine("abcd\xC3\xBC"
                    "efghi",
                    8),
            "abcd...")
      << "the two bytes do not fit";
  EXPECT_EQ(oneLine("abcdef", 2), "..");
}

TEST(Printable, KeepsLinesAndTabs) {
  EXPECT_EQ(printable("a\n\tb\x1b\r\n", 100), "a\n\tb\n");
  EXPECT_EQ(printable(std::string(100, 'x'), 10), "xxxxxxx...");
}

}  // namespace
}  // namespace holdfast::model

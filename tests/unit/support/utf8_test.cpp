// SPDX-License-Identifier: Apache-2.0
#include "holdfast/support/utf8.hpp"

#include <gtest/gtest.h>

namespace holdfast::support {
namespace {

TEST(Utf8, ReplacesEachByteThatIsNoText) {
  EXPECT_EQ(wellFormed("plain"), "plain");
  EXPECT_EQ(wellFormed("é€😀"), "é€😀");
  const std::string r = "\uFFFD";
  EXPECT_EQ(wellFormed("a\xff"
                       "b"),
            "a" + r + "b");
  EXPECT_EQ(wellFormed("\xc3"), r);                          // cut off
  EXPECT_EQ(wellFormed("\xe2\x82"), r + r);                  // cut off
  EXPECT_EQ(wellFormed("\xc0\xaf"), r + r);                  // overlong
  EXPECT_EQ(wellFormed("\xe0\x80\x80"), r + r + r);          // overlong
  EXPECT_EQ(wellFormed("\xed\xa0\x80"), r + r + r);          // half of a surrogate pair
  EXPECT_EQ(wellFormed("\xf4\x90\x80\x80"), r + r + r + r);  // beyond U+10FFFF
  EXPECT_EQ(wellFormed("\x80"), r);
}

TEST(Utf8, ClipsByCodePoints) {
  EXPECT_EQ(clipped("abc", 3), "abc");
  EXPECT_EQ(clipped("abcd", 3), "ab…");
  EXPECT_EQ(clipped("éééé", 4), "éééé");
  EXPECT_EQ(clipped("ééééé", 4), "ééé…");
  EXPECT_EQ(clipped("😀😀😀", 2), "😀…");
  EXPECT_EQ(clipped("ab", 1), "…");
  EXPECT_EQ(clipped("ab", 0), "");
  EXPECT_EQ(clipped("", 0), "");
}

TEST(Utf8, ClipsByBytesBetweenCharacters) {
  EXPECT_EQ(clippedToBytes("abcd", 4), "abcd");
  EXPECT_EQ(clippedToBytes("abcdefgh", 7), "abcd…");
  EXPECT_EQ(clippedToBytes("éééé", 7), "éé…");  // 8 bytes
  EXPECT_EQ(clippedToBytes("éééé", 2), "");
  EXPECT_EQ(frontBytes("éé", 3), "é");
  EXPECT_EQ(frontBytes("éé", 4), "éé");
  EXPECT_EQ(frontBytes("😀", 3), "");
}

TEST(Utf8, ShowsAnAnswerAsOneShortLine) {
  EXPECT_EQ(excerpt(" a\r\n\tb\x01\x1b[31mc\x7f"), "a b [31mc");
  EXPECT_EQ(excerpt("\xff"), "\uFFFD");
  EXPECT_EQ(excerpt(std::string(1000, 'x')).size(), 256u);
  EXPECT_EQ(excerpt(""), "");
}

}  // namespace
}  // namespace holdfast::support

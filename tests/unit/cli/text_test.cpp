// SPDX-License-Identifier: Apache-2.0
#include "cli/text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace holdfast::cli {
namespace {

TEST(CliText, LeavesOrdinaryTextAlone) {
  EXPECT_EQ(oneLine("manifest unknown"), "manifest unknown");
  EXPECT_EQ(oneLine("gr\u00fc\u00dfe \u4f60\u597d \U0001F680"),
            "gr\u00fc\u00dfe \u4f60\u597d \U0001F680");
}

TEST(CliText, ShowsEscapeSequencesInsteadOfObeyingThem) {
  EXPECT_EQ(oneLine("a\x1b]0;title\x07z"), "a^[]0;title^Gz");
  EXPECT_EQ(oneLine("\x1b[2J\x1b[H"), "^[[2J^[[H");
  EXPECT_EQ(oneLine("\x1bPq#0\x1b\\"), "^[Pq#0^[\\");
}

TEST(CliText, ShowsEightBitControls) {
  EXPECT_EQ(oneLine("\xc2\x9b"
                    "2J"),
            "\\x9b2J");  // CSI as UTF-8
  EXPECT_EQ(oneLine("\x9b"
                    "2J"),
            "\\x9b2J");  // CSI as a bare byte
  EXPECT_EQ(oneLine("\x7f"), "\\x7f");
}

TEST(CliText, DropsColours) {
  EXPECT_EQ(oneLine("\x1b[1;31merror\x1b[0m: no"), "error: no");
  EXPECT_EQ(oneLine("\x1b[38:5:1mred\x1b[m"), "red");
  EXPECT_EQ(oneLine("\x1b[31"), "^[[31");
}

TEST(CliText, ShowsWhatIsNoUtf8) {
  EXPECT_EQ(oneLine("\xff\xfe"), "\\xff\\xfe");
  EXPECT_EQ(oneLine("\xc0\xaf"), "\\xc0\\xaf");                    // overlong
  EXPECT_EQ(oneLine("\xed\xa0\x80"), "\\xed\\xa0\\x80");           // surrogate
  EXPECT_EQ(oneLine("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");  // beyond Unicode
  EXPECT_EQ(oneLine("\xc3("), "\\xc3(");                           // no continuation
  EXPECT_EQ(oneLine("caf\xc3"), "caf\\xc3");                       // cut off
}

TEST(CliText, ShowsWhatTurnsTheDirectionOfWriting) {
  EXPECT_EQ(oneLine("a\xe2\x80\xaegnp.exe"), "a\\u202egnp.exe");
  EXPECT_EQ(oneLine("\xe2\x81\xa6x\xe2\x81\xa9"), "\\u2066x\\u2069");
}

TEST(CliText, MakesOneLineOfSeveral) {
  EXPECT_EQ(oneLine("a\nb\tc\r\n"), "a^Jb c");
  EXPECT_EQ(oneLine(std::string_view("a\0b", 3)), "a^@b");
}

TEST(CliText, KeepsTabsInLogLines) {
  EXPECT_EQ(logLine("a\tb\r"), "a\tb");
  EXPECT_EQ(logLine("10%\r20%"), "10%^M20%");
}

TEST(CliText, CountsCharacters) {
  EXPECT_EQ(displayWidth(""), 0u);
  EXPECT_EQ(displayWidth("gr\u00fc\u00dfe"), 5u);
}

TEST(CliText, CutsAtCharacters) {
  EXPECT_EQ(truncated("abcdef", 6), "abcdef");
  EXPECT_EQ(truncated("abcdefg", 6), "abc...");
  EXPECT_EQ(truncated("\u00fc\u00fc\u00fc\u00fc\u00fc\u00fc\u00fc", 5), "\u00fc\u00fc...");
  EXPECT_EQ(truncated("abcdef", 2), "..");
  EXPECT_EQ(truncated("abcdef", 0), "");
}

TEST(CliText, KnowsWideCharactersAndMarks) {
  EXPECT_EQ(displayWidth("\u30b5\u30fc\u30d3\u30b9"), 8u);  // Japanese: two columns each
  EXPECT_EQ(displayWidth("e\u0301"), 1u);                   // an accent on the letter before
  EXPECT_EQ(displayWidth("\U0001F680 up"), 5u);             // a picture
  EXPECT_EQ(displayWidth("\xff\xfe"), 2u);                  // no characters: shown as bytes
  EXPECT_EQ(truncated("\u30b5\u30fc\u30d3\u30b9", 6), "\u30b5...");  // no half of one
  EXPECT_EQ(truncated("ae\u0301bcd", 5), "ae\u0301bcd");
}

TEST(CliText, BreaksLinesAtSpaces) {
  EXPECT_THAT(wrappedLines("", 10), testing::ElementsAre(""));
  EXPECT_THAT(wrappedLines("one two three", 7), testing::ElementsAre("one two", "three"));
  EXPECT_THAT(wrappedLines("one two three", 8), testing::ElementsAre("one two", "three"));
  EXPECT_THAT(wrappedLines("sha256:0123456789", 8),
              testing::ElementsAre("sha256:0", "12345678", "9"));
  EXPECT_THAT(wrappedLines("\u30b5\u30fc \u30d3", 4),
              testing::ElementsAre("\u30b5\u30fc", "\u30d3"));
}

TEST(CliText, CountsBytesAsImagesAreCounted) {
  EXPECT_EQ(humanBytes(0), "0 B");
  EXPECT_EQ(humanBytes(999), "999 B");
  EXPECT_EQ(humanBytes(1'500), "1.5 kB");
  EXPECT_EQ(humanBytes(12'000'000), "12.0 MB");
  EXPECT_EQ(humanBytes(999'600), "1.0 MB");
  EXPECT_EQ(humanBytes(123'400'000), "123 MB");
}

}  // namespace
}  // namespace holdfast::cli

// SPDX-License-Identifier: Apache-2.0
#include "config/property_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace holdfast::config {
namespace {

std::vector<std::string> entriesOf(std::string_view text) {
  std::vector<std::string> lines;
  for (const auto& entry : parseProperties(text).entries) {
    lines.push_back(std::to_string(entry.line) + " " + entry.key + "=" + entry.value);
  }
  return lines;
}

using testing::ElementsAre;

TEST(PropertyFile, ReadsEntriesWithTheirLines) {
  EXPECT_THAT(entriesOf("# head\n\n a = 1 \n!x\nb:unix:///x\r\nlast=no newline"),
              ElementsAre("3 a=1", "5 b=unix:///x", "6 last=no newline"));
}

TEST(PropertyFile, KeepsSignsInsideAValue) {
  EXPECT_THAT(entriesOf("a = b=c # not a comment\nempty =\n"),
              ElementsAre("1 a=b=c # not a comment", "2 empty="));
}

TEST(PropertyFile, ContinuesALine) {
  EXPECT_THAT(entriesOf("a = one, \\\n    two, \\\n three\nb = 1\n"),
              ElementsAre("1 a=one, two, three", "4 b=1"));
  EXPECT_THAT(entriesOf("path = C\\\\\nb = 1"), ElementsAre("1 path=C\\", "2 b=1"));
  EXPECT_THAT(entriesOf("a = 1\\"), ElementsAre("1 a=1\\"));
}

TEST(PropertyFile, UnderstandsEscapes) {
  EXPECT_THAT(entriesOf(R"(a = x\ty\:z\\)"), ElementsAre("1 a=x\ty:z\\"));
}

TEST(PropertyFile, NamesLinesThatAreNoEntries) {
  const auto file = parseProperties("a = 1\nnonsense\n= no key\nb = 2\n");
  EXPECT_THAT(file.badLines, ElementsAre(2, 3));
  EXPECT_EQ(file.entries.size(), 2U);
}

TEST(PropertyFile, SurvivesAnything) {
  EXPECT_TRUE(parseProperties("").entries.empty());
  EXPECT_EQ(parseProperties(std::string(10, '\0')).badLines.size(), 1U);
  EXPECT_EQ(parseProperties(std::string(100'000, '\n')).badLines.size(), 0U);
  EXPECT_EQ(parseProperties(std::string(1000, '\\')).badLines.size(), 1U);
}

}  // namespace
}  // namespace holdfast::config

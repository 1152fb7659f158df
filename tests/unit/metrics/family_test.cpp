// SPDX-License-Identifier: Apache-2.0
#include "metrics/family.hpp"

#include "metrics/exposition.hpp"

#include <gtest/gtest.h>

namespace holdfast::metrics {
namespace {

using namespace std::string_literals;

std::string textOf(Family family) {
  Families families;
  family.moveTo(families);
  arrange(families);
  return metrics::textOf(families);
}

TEST(Family, IsACounterWhenItsNameSaysSo) {
  Family counter("holdfast_things_total", "Things.");
  counter.add({}, 3.0);
  EXPECT_EQ(textOf(counter),
            "# HELP holdfast_things_total Things.\n"
            "# TYPE holdfast_things_total counter\n"
            "holdfast_things_total 3\n");
  Family gauge("holdfast_ready", "Ready.");
  gauge.add({}, true);
  EXPECT_EQ(textOf(gauge),
            "# HELP holdfast_ready Ready.\n"
            "# TYPE holdfast_ready gauge\n"
            "holdfast_ready 1\n");
}

TEST(Family, WithoutSeriesIsNotShown) {
  EXPECT_EQ(textOf(Family("holdfast_ready", "Ready.")), "");
}

TEST(Family, KeepsMillisecondsOfInstants) {
  Family family("holdfast_at_timestamp_seconds", "When.");
  family.add({}, secondsOf(*model::fromRfc3339("2025-10-24T10:16:02.114Z")));
  EXPECT_NE(textOf(family).find(" 1761300962.114\n"), std::string::npos) << textOf(family);
}

TEST(Family, EscapesLabels) {
  Family family("holdfast_ready", "Ready.");
  family.add({{"app", R"(a"b\c)"}}, 1.0);
  EXPECT_NE(textOf(family).find(R"(holdfast_ready{app="a\"b\\c"} 1)"), std::string::npos)
      << textOf(family);
}

TEST(LabelText, IsOneLineOfUtf8WithoutControlCharacters) {
  EXPECT_EQ(labelText("a\nb\tc"), "a b c");
  EXPECT_EQ(labelText("a\0b\x1b[31m"s), "ab[31m");
  EXPECT_EQ(labelText("\xff"), "\xef\xbf\xbd");
  EXPECT_EQ(labelText("Küche"), "Küche");
  EXPECT_LE(labelText(std::string(10'000, 'x')).size(), 256U);
}

TEST(Arrange, SortsAndKeepsOneOfSeveralSeriesWithTheSameLabels) {
  Families families;
  Family second("holdfast_b", "B.");
  second.add({{"app", "z"}}, 1.0);
  second.add({{"app", "a\x01"}}, 2.0);
  second.add({{"app", "a\x02"}}, 3.0);
  Family first("holdfast_a", "A.");
  first.add({}, 1.0);
  second.moveTo(families);
  first.moveTo(families);
  arrange(families);
  EXPECT_EQ(metrics::textOf(families),
            "# HELP holdfast_a A.\n"
            "# TYPE holdfast_a gauge\n"
            "holdfast_a 1\n"
            "# HELP holdfast_b B.\n"
            "# TYPE holdfast_b gauge\n"
            "holdfast_b{app=\"a\"} 2\n"
            "holdfast_b{app=\"z\"} 1\n");
}

}  // namespace
}  // namespace holdfast::metrics

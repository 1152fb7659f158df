// SPDX-License-Identifier: Apache-2.0
#include "pluginhost/probe_report.hpp"

#include <gtest/gtest.h>

namespace holdfast::pluginhost {
namespace {

ProbeReport full() {
  ProbeReport report;
  report.identity.magic = HOLDFAST_PLUGIN_MAGIC;
  report.identity.structSize = 88;
  report.identity.kind = 1;
  report.identity.abiMajor = 2;
  report.identity.abiMinor = 3;
  report.identity.complete = true;
  report.identity.name = "docker";
  report.identity.version = "1.0 \"quoted\"";
  report.identity.toolchain = "tag";
  report.identity.optionsSchema = "{\n  \"properties\": {}\n}";
  report.refusal = "no";
  return report;
}

TEST(ProbeReport, ComesBackAsItWasWritten) {
  const std::string line = writeProbeReport(full());
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  const auto read = readProbeReport(line);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->identity, full().identity);
  EXPECT_EQ(read->refusal, "no");
  EXPECT_EQ(read->failure, "");
}

TEST(ProbeReport, CarriesBytesThatAreNoText) {
  auto report = full();
  report.identity.name = "\xFF\x01";
  const auto read = readProbeReport(writeProbeReport(report));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->identity.name, "\xEF\xBF\xBD");
}

TEST(ProbeReport, IsOneLineOrNothing) {
  const std::string line = writeProbeReport(full());
  EXPECT_FALSE(readProbeReport(""));
  EXPECT_FALSE(readProbeReport("\n"));
  EXPECT_FALSE(readProbeReport(line.substr(0, line.size() - 1))) << "cut off";
  EXPECT_FALSE(readProbeReport(line + line));
  EXPECT_FALSE(readProbeReport("{}\n"));
  EXPECT_FALSE(readProbeReport("[1]\n"));
  EXPECT_FALSE(readProbeReport("{\"failure\": [[[[1]]]]}\n")) << "too deep";
  EXPECT_FALSE(readProbeReport(std::string(1'000'000, ' ') + "\n"));
}

TEST(ProbeReport, TakesNumbersOutOfRangeForNone) {
  const auto read = readProbeReport("{\"failure\": \"\", \"abiMajor\": 70000, \"kind\": -1}\n");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->identity.abiMajor, 0);
  EXPECT_EQ(read->identity.kind, 0U);
}

}  // namespace
}  // namespace holdfast::pluginhost

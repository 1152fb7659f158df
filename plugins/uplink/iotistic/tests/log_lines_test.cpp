// SPDX-License-Identifier: Apache-2.0
#include "uplink/iotistic/log_lines.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <array>

namespace holdfast::iotistic {
namespace {

namespace json = boost::json;

TEST(LogLines, AreOneObjectInEachLine) {
  const std::array<sdk::ServiceLogLine, 2> lines = {
      sdk::ServiceLogLine{.timestampMs = 1'761'300'000'123,
                          .appId = "1001",
                          .service = "nodered",
                          .text = "a \"b\"\nc"},
      sdk::ServiceLogLine{
          .timestampMs = 2, .appId = {}, .service = "db", .text = "\xff", .isStderr = 1}};
  const std::string text = logLines(lines);
  const std::size_t end = text.find('\n');
  ASSERT_NE(end, std::string::npos);
  EXPECT_EQ(json::parse(text.substr(0, end)), json::value({{"serviceName", "nodered"},
                                                           {"timestamp", 1'761'300'000'123},
                                                           {"message", "a \"b\"\nc"},
                                                           {"isSystem", false},
                                                           {"isStderr", false}}));
  EXPECT_EQ(json::parse(text.substr(end + 1, text.size() - end - 2)),
            json::value({{"serviceName", "db"},
                         {"timestamp", 2},
                         {"message", "\uFFFD"},
                         {"isSystem", false},
                         {"isStderr", true}}));
  EXPECT_EQ(text.back(), '\n');
  EXPECT_EQ(logLines({}), "");
}

}  // namespace
}  // namespace holdfast::iotistic

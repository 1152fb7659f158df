// SPDX-License-Identifier: Apache-2.0
#include "line.hpp"

#include <gtest/gtest.h>

namespace logfile {
namespace {

std::string lineWith(std::string_view title, std::string_view content = {}) {
  holdfast::sdk::Notification notification;
  notification.id = "7";
  notification.title = title;
  notification.contentJson = content;
  return lineOf(notification);
}

std::string expected(const std::string& title) {
  return R"({"id":"7","title":")" + title + R"(","text":""})" + "\n";
}

TEST(Line, HasTheContentAsItStands) {
  EXPECT_EQ(lineWith("t", "{\"a\":\r\n[1]}"),
            "{\"id\":\"7\",\"title\":\"t\",\"text\":\"\",\"content\":{\"a\":  [1]}}\n");
}

TEST(Line, EscapesWhatJsonEscapes) {
  EXPECT_EQ(lineWith("a\"b\\c\nd\x01"), expected(R"(a\"b\\c\u000ad\u0001)"));
}

TEST(Line, KeepsUtf8AndReplacesTheRest) {
  EXPECT_EQ(lineWith("\xc3\xa9 \xf0\x9f\x90\xb3"), expected("\xc3\xa9 \xf0\x9f\x90\xb3"));
  const std::string r = "\xef\xbf\xbd";
  EXPECT_EQ(lineWith("a\xff"), expected("a" + r));
  EXPECT_EQ(lineWith("\xc3("), expected(r + "("));
  EXPECT_EQ(lineWith("\xe2\x82"), expected(r + r)) << "cut off";
  EXPECT_EQ(lineWith("\xc0\xaf"), expected(r + r)) << "longer than needed";
  EXPECT_EQ(lineWith("\xed\xa0\x80"), expected(r + r + r)) << "half a surrogate pair";
}

}  // namespace
}  // namespace logfile

// SPDX-License-Identifier: Apache-2.0
#include "alerts/summary_report.hpp"

#include "alerts/notice.hpp"
#include "unit/alerts/samples.hpp"
#include "unit/alerts/zones.hpp"

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>

namespace holdfast::alerts {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

SummaryReport quiet() {
  SummaryReport report;
  report.from = at("2025-10-23T07:00:00Z");
  report.to = report.due = at("2025-10-24T07:00:00Z");
  return report;
}

SummaryReport busy() {
  SummaryReport report = quiet();
  report.failing = {{.name = "shop/web",
                     .since = at("2025-10-24T04:00:00Z"),
                     .lasting = 3h,
                     .failures = 14,
                     .restarts = 0,
                     .what = "manifest unknown"}};
  report.healed = {{.name = "shop/db",
                    .failures = 3,
                    .restarts = 2,
                    .first = at("2025-10-23T08:00:00Z"),
                    .last = at("2025-10-23T09:00:00Z"),
                    .cause = "exited with code 1 (Error)",
                    .causeCount = 2},
                   {.name = "shop/one",
                    .failures = 1,
                    .restarts = 1,
                    .first = at("2025-10-23T08:00:00Z"),
                    .last = at("2025-10-23T08:00:00Z"),
                    .cause = "no answer",
                    .causeCount = 1},
                   {.name = "shop/idle",
                    .failures = 0,
                    .restarts = 1,
                    .first = {},
                    .last = {},
                    .cause = "",
                    .causeCount = 0}};
  report.restarts = 4;
  report.pulls = 1;
  report.failedPulls = 12;
  return report;
}

TEST(SummaryText, SaysEverythingInOneLineEach) {
  EXPECT_EQ(titleOf(busy()), "Daily summary: 1 failing, 2 failed and healed");
  EXPECT_THAT(
      linesOf(busy()),
      ElementsAre("from 2025-10-23T07:00:00.000Z to 2025-10-24T07:00:00.000Z (24h)",
                  "failing: shop/web for 3h, 14 failures and 0 restarts in the period: manifest "
                  "unknown",
                  "healed: shop/db, 3 failures and 2 restarts between 2025-10-23T08:00:00.000Z and "
                  "2025-10-23T09:00:00.000Z; 2 times: exited with code 1 (Error)",
                  "healed: shop/one, 1 failure and 1 restart at 2025-10-23T08:00:00.000Z: no "
                  "answer",
                  "restarted: shop/idle, 1 restart",
                  "4 restarts, 1 image pulled, 12 failed pulls"));
}

TEST(SummaryText, OfAQuietDay) {
  EXPECT_TRUE(quiet().empty());
  EXPECT_EQ(titleOf(quiet()), "Daily summary: nothing is failing");
  EXPECT_THAT(linesOf(quiet()), ElementsAre(HasSubstr("(24h)"), HasSubstr("0 restarts, 0 images")));
}

TEST(SummaryText, SaysWhenItIsLateAndWhenTheClockWasSetBack) {
  SummaryReport report = quiet();
  report.to += 5h;
  EXPECT_THAT(linesOf(report).front(), HasSubstr("; due at 2025-10-24T07:00:00.000Z, when the "
                                                 "agent was not running"));
  report.to = report.due = report.from - 1h;
  EXPECT_EQ(linesOf(report).front(),
            "until 2025-10-23T06:00:00.000Z; the clock was set back meanwhile");
}

TEST(SummaryText, NamesAFewAndCountsTheOthers) {
  SummaryReport report = quiet();
  report.failing.assign(kMaxReported, busy().failing[0]);
  report.failingLeftOut = 400;
  const auto lines = linesOf(report);
  ASSERT_EQ(lines.size(), kMaxReportedInText + 3);
  EXPECT_EQ(lines[kMaxReportedInText + 1], "failing: 480 more");
  EXPECT_EQ(titleOf(report), "Daily summary: 500 failing, 0 failed and healed");
}

struct Something {
  const char* what;
  void (*happens)(SummaryReport&);
};

TEST(SummaryReportTest, IsEmptyWhenNothingHappened) {
  const Something cases[] = {
      {"failing", [](SummaryReport& report) { report.failing = busy().failing; }},
      {"healed", [](SummaryReport& report) { report.healed = busy().healed; }},
      {"restarts", [](SummaryReport& report) { report.restarts = 1; }},
      {"pulls", [](SummaryReport& report) { report.pulls = 1; }},
      {"failed pulls", [](SummaryReport& report) { report.failedPulls = 1; }}};
  for (const auto& [what, happens] : cases) {
    SummaryReport report = quiet();
    happens(report);
    EXPECT_FALSE(report.empty()) << what;
  }
}

TEST(SummaryNotice, IsInformationWithItsReportAndWithinTheLimit) {
  SummaryReport report = busy();
  report.failing.assign(kMaxReported, busy().failing[0]);
  for (auto& row : report.failing)
    row.what = std::string(200, '"');
  report.healed.assign(kMaxReported, busy().healed[0]);
  for (auto& row : report.healed)
    row.cause = std::string(200, '"');
  Notice notice = noticeOf(report, "ops");
  notice.services = 700;
  const Message message = render(notice, "id", {"dev", "Line 3", "1"}, 0s);
  EXPECT_EQ(message.state, NotificationState::Informational);
  EXPECT_EQ(message.severity, Severity::Info);
  EXPECT_EQ(message.title, "[Line 3] Daily summary: 100 failing, 100 failed and healed");
  EXPECT_LE(message.contentJson.size(), kMaxContentBytes);
  const auto content = boost::json::parse(message.contentJson).as_object();
  EXPECT_EQ(content.at("reason"), "summary");
  EXPECT_EQ(content.at("report").at("from"), "2025-10-23T07:00:00.000Z");
  const auto& first = content.at("report").at("failing").at(0);
  EXPECT_EQ(first.at("name"), "shop/web");
  EXPECT_EQ(first.at("durationSeconds"), 10'800);
  EXPECT_EQ(content.at("report").at("healed").at(0).at("topCauseCount"), 2);
}

}  // namespace
}  // namespace holdfast::alerts

// SPDX-License-Identifier: Apache-2.0
#include "alerts/records.hpp"

#include "unit/alerts/samples.hpp"

#include <gtest/gtest.h>

namespace holdfast::alerts {
namespace {

model::Alert fullAlert(const model::Now& now) {
  model::Alert alert = firing(AlertType::MaxRetriesExceeded, "web \"x\"", now);
  alert.subject.ladder = "image";
  alert.subject.plugin = "p";
  alert.subject.notifier = "n";
  alert.facts = {.severity = Severity::Critical,
                 .image = "web:1",
                 .reason = "ErrImagePull",
                 .message = "line\nand \u00e9",
                 .errorClass = "denied",
                 .retryCount = 3,
                 .maxRetries = 10,
                 .nextRetry = now.wall + 40s,
                 .exitCode = 137,
                 .count = 3};
  return ended(alert, now);
}

OutboxEntry fullEntry(const model::Now& now) {
  OutboxEntry entry;
  entry.number = 9'007'199'254'740'993;
  entry.id = "msg-1";
  entry.notice.notifier = "ops";
  entry.notice.group = "g";
  entry.notice.reason = Reason::Flapping;
  entry.notice.state = NotificationState::Resolved;
  entry.notice.at = now.wall;
  entry.notice.alerts = {fullAlert(now), firing(AlertType::CrashLoop, "db", now)};
  entry.notice.title = "title";
  entry.notice.lines = {"one", "two"};
  entry.notice.services = 45;
  entry.notice.failing = 2;
  entry.attempts = 7;
  entry.notFound = 2;
  entry.waited = 9s;
  entry.firstQueuedAt = now.wall - 1h;
  entry.queuedAt = now.wall;
  entry.firstQueued = now.boot - 1h;
  entry.queued = now.boot;
  entry.bootId = "boot";
  return entry;
}

void expectSame(const OutboxEntry& left, const OutboxEntry& right) {
  EXPECT_EQ(left.number, right.number);
  EXPECT_EQ(left.id, right.id);
  EXPECT_EQ(left.attempts, right.attempts);
  EXPECT_EQ(left.notFound, right.notFound);
  EXPECT_EQ(left.waited, right.waited);
  EXPECT_EQ(left.firstQueuedAt, right.firstQueuedAt);
  EXPECT_EQ(left.queuedAt, right.queuedAt);
  EXPECT_EQ(left.firstQueued, right.firstQueued);
  EXPECT_EQ(left.queued, right.queued);
  EXPECT_EQ(left.bootId, right.bootId);
  EXPECT_EQ(left.notice.notifier, right.notice.notifier);
  EXPECT_EQ(left.notice.alerts, right.notice.alerts);
  const Sender sender{"d", "d", "1"};
  EXPECT_EQ(render(left.notice, left.id, sender, 1s).contentJson,
            render(right.notice, right.id, sender, 1s).contentJson);
  EXPECT_EQ(render(left.notice, left.id, sender, 1s).text,
            render(right.notice, right.id, sender, 1s).text);
}

struct Records : ::testing::Test {
  Time time;
};

TEST_F(Records, AlertsComeBackWhole) {
  const KeptAlert kept{fullAlert(time.now), "episode"};
  const auto back = keptAlertOf(toText(kept));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->alert, kept.alert);
  EXPECT_EQ(back->episode, "episode");
}

TEST_F(Records, GroupsComeBackWhole) {
  const KeptGroup kept{.notifier = "ops",
                       .id = "g",
                       .route = 3,
                       .told = {{"a", Severity::Info}, {"b", Severity::Critical}},
                       .over = {{"b", fullAlert(time.now)}}};
  EXPECT_EQ(keptGroupOf(toText(kept)), kept);
}

TEST_F(Records, SilencesComeBackWhole) {
  Silences silences("boot");
  const auto silence = *silences.add(model::AlertMatcher::parse("app=a, severity>=error").matcher,
                                     1h, "why", 1, time.now);
  const auto back = silenceOf(toText(silence));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->id, silence.id);
  EXPECT_EQ(back->match.text(), "app=a, severity>=error");
  EXPECT_EQ(back->comment, "why");
  EXPECT_EQ(back->createdAt, silence.createdAt);
  EXPECT_EQ(back->endsAt, silence.endsAt);
  EXPECT_EQ(back->until, silence.until);
  EXPECT_EQ(back->bootId, "boot");
}

TEST_F(Records, OfAnEarlierVersionNameNoBoot) {
  const auto silence =
      silenceOf(R"({"id":"1","match":"service=web","comment":"","createdAt":1,"endsAt":2})");
  ASSERT_TRUE(silence);
  EXPECT_EQ(silence->bootId, "");
  const auto entry = outboxEntryOf(R"({"number":1,"id":"m","firstQueuedAt":1,"queuedAt":2})");
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->bootId, "");
}

TEST_F(Records, NotificationsComeBackWhole) {
  const auto entry = fullEntry(time.now);
  const auto back = outboxEntryOf(toText(entry));
  ASSERT_TRUE(back);
  expectSame(*back, entry);
}

TEST_F(Records, DeadLettersComeBackWhole) {
  const DeadLetter letter{fullEntry(time.now), "why", time.now.wall, 7};
  const auto back = deadLetterOf(toText(letter));
  ASSERT_TRUE(back);
  expectSame(back->entry, letter.entry);
  EXPECT_EQ(back->why, "why");
  EXPECT_EQ(back->at, letter.at);
  EXPECT_EQ(back->order, 7);
}

TEST_F(Records, ThePeriodOfTheSummaryComesBackWhole) {
  const KeptPeriod period{
      .from = time.now.wall, .slot = time.now.wall - 1h, .pulls = 3, .failedPulls = 4};
  EXPECT_EQ(keptPeriodOf(toText(period)), period);
  const Trouble trouble{.key = "1001/web",
                        .name = "shop/web",
                        .failing = true,
                        .since = time.now.wall,
                        .what = "why",
                        .failures = 5,
                        .restarts = 6,
                        .first = time.now.wall - 2h,
                        .last = time.now.wall - 1h,
                        .causes = {{"one \"x\"", 4}, {"two", 1}},
                        .seen = {{"image", time.now.wall}, {"crash", time.now.wall - 1h}},
                        .restartsSeen = 7};
  EXPECT_EQ(troubleOf(toText(trouble)), trouble);
}

TEST_F(Records, ASummaryOnItsWayComesBackWhole) {
  SummaryReport report;
  report.from = time.now.wall - 24h;
  report.to = time.now.wall;
  report.due = time.now.wall - 1h;
  report.failing = {{.name = "a",
                     .since = time.now.wall,
                     .lasting = 5s,
                     .failures = 1,
                     .restarts = 2,
                     .what = "why"}};
  report.healed = {{.name = "b",
                    .failures = 3,
                    .restarts = 4,
                    .first = time.now.wall - 2h,
                    .last = time.now.wall,
                    .cause = "because",
                    .causeCount = 2}};
  report.failingLeftOut = 5;
  report.healedLeftOut = 6;
  report.restarts = 7;
  report.pulls = 8;
  report.failedPulls = 9;
  OutboxEntry entry = fullEntry(time.now);
  entry.notice = noticeOf(report, "ops");
  const auto back = outboxEntryOf(toText(entry));
  ASSERT_TRUE(back);
  expectSame(*back, entry);
  EXPECT_EQ(back->notice.report, report);
}

TEST_F(Records, WhatIsDamagedGivesNothing) {
  std::string text = toText(KeptAlert{fullAlert(time.now), "e"});
  EXPECT_TRUE(keptAlertOf(text));
  const auto severity = text.find("\"severity\":4");
  ASSERT_NE(severity, std::string::npos);
  for (const char* bad : {"\"severity\":0", "\"severity\":5", "\"severity\":\"\""}) {
    std::string other = text;
    other.replace(severity, 12, bad);
    EXPECT_FALSE(keptAlertOf(other)) << bad;
  }
  for (const char* bad : {"", "[]", "{\"alert\":1}", "{\"alert\":", "null"}) {
    EXPECT_FALSE(keptAlertOf(bad)) << bad;
  }
  EXPECT_FALSE(silenceOf(R"({"match":"nonsense"})"));
}

}  // namespace
}  // namespace holdfast::alerts

// SPDX-License-Identifier: Apache-2.0
// Across restarts of the agent and of the machine: docs/behaviour.md "Retry".
#include "unit/retry/ledger.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>

namespace holdfast::retry {
namespace {

// A ledger with one key of each kind: waiting at 160 s, exhausted, re-armed, invalid, and a pause.
RetryManager::Saved oneOfEach(Ledger& ledger) {
  ledger.exhaust(kStart);
  ledger.exhaust("start:1001/rearmed", ErrorClass::Denied);
  ledger.manager.credentialsChanged(ledger.now);
  ledger.fail("start:1001/invalid", ErrorClass::Invalid);
  for (int attempt = 0; attempt < 5; ++attempt)
    ledger.fail(kImage);
  Failure limited = failure(ErrorClass::RateLimited);
  limited.retryAfter = 30min;
  limited.host = "limited.example";
  ledger.manager.recordFailure("image:docker:limited.example/x", limited, ledger.now.boot,
                               ledger.now);
  return ledger.saved();
}

TEST(AfterACrash, DueInstantsStand) {
  Ledger before;
  const auto saved = oneOfEach(before);
  Ledger after;
  after.now = before.now;
  after.pass(20s);
  after.manager.restore(saved, Resume::Crash, after.now);
  EXPECT_EQ(after.manager.entries(), before.manager.entries());
  EXPECT_EQ(after.untilDue(kImage), 140s);
  EXPECT_EQ(after.manager.hostPausedUntil("limited.example", after.now.boot),
            before.now.boot + 30min);
  EXPECT_TRUE(after.manager.takeChanges().empty()) << "nothing to write";
}

TEST(AfterACrash, MissedDuesAreDueNow) {
  Ledger before;
  before.fail(kImage);
  Ledger after;
  after.now = before.now;
  after.pass(1h);
  after.manager.restore(before.saved(), Resume::Crash, after.now);
  EXPECT_TRUE(after.manager.due(kImage, after.now.boot));
  EXPECT_EQ(after.entry(kImage).retryCount, 1);
}

TEST(AfterACrash, NoStoredInstantStrandsAKey) {
  Ledger before;
  before.fail(kImage);
  before.exhaust(kStart);
  auto saved = before.saved();
  for (Entry& entry : saved.entries) {
    if (entry.due)
      entry.due = *entry.due + 10'000h;
    if (entry.exhaustedAt)
      entry.exhaustedAt = *entry.exhaustedAt + 10'000h;
  }
  saved.hostPauses["registry.example"] = {.until = before.now.boot + 10'000h, .length = 60s};
  Ledger after;
  after.now = before.now;
  after.manager.restore(saved, Resume::Crash, after.now);
  EXPECT_EQ(after.untilDue(kImage), 10s);
  EXPECT_EQ(after.entry(kStart).exhaustedAt, after.now.boot);
  EXPECT_EQ(after.manager.hostPausedUntil(kHost, after.now.boot), after.now.boot + 60s);
}

TEST(AfterAnOrderlyStop, WaitingKeysAreDueAndKeepTheirCount) {
  Ledger before;
  const auto saved = oneOfEach(before);
  Ledger after;
  after.now = before.now;
  after.pass(1s);
  after.manager.restore(saved, Resume::OrderlyStop, after.now);
  EXPECT_TRUE(after.manager.due(kImage, after.now.boot));
  EXPECT_EQ(after.entry(kImage).retryCount, 5);
  after.fail(kImage);
  EXPECT_EQ(after.entry(kImage).retryCount, 6);
  EXPECT_EQ(after.untilDue(kImage), 300s);
}

TEST(AfterAnOrderlyStop, ExhaustedKeysStartAfresh) {
  Ledger before;
  const auto saved = oneOfEach(before);
  for (const char* key : {"start:1001/nodered", "start:1001/rearmed"}) {
    Ledger after;
    after.now = before.now;
    after.manager.restore(saved, Resume::OrderlyStop, after.now);
    EXPECT_TRUE(after.manager.due(key, after.now.boot));
    EXPECT_EQ(after.entry(key).retryCount, 0);
    EXPECT_FALSE(after.entry(key).exhausted);
    EXPECT_FALSE(after.entry(key).rearmed);
    after.fail(key);
    EXPECT_EQ(after.entry(key).retryCount, 1);
    EXPECT_EQ(after.untilDue(key), 10s);
  }
}

TEST(AfterAnOrderlyStop, NoHostIsPausedAndInvalidStaysSo) {
  Ledger before;
  const auto saved = oneOfEach(before);
  Ledger after;
  after.now = before.now;
  after.manager.restore(saved, Resume::OrderlyStop, after.now);
  EXPECT_FALSE(after.manager.hostPausedUntil("limited.example", after.now.boot));
  EXPECT_FALSE(after.manager.due("start:1001/invalid", after.now.boot));
  const auto changes = after.manager.takeChanges();
  EXPECT_TRUE(changes.hostPausesChanged);
  EXPECT_EQ(changes.changed.size(), 4U) << "all but the invalid one";
}

TEST(AfterAReboot, EachKeyWaitsForARandomPartOfItsDelay) {
  Ledger before;
  const auto saved = oneOfEach(before);
  for (const double random : {0.0, 0.25, 0.999}) {
    Ledger after;
    after.random = random;
    after.now.boot = BootTime{20s};
    after.manager.restore(saved, Resume::Reboot, after.now);
    EXPECT_EQ(after.untilDue(kImage), Milliseconds{static_cast<int>(160'000 * random)});
    EXPECT_EQ(after.entry(kImage).retryCount, 5);
    EXPECT_EQ(after.entry(kImage).delay, 160s) << "the base of the next reboot's part";
    const auto paused = after.manager.hostPausedUntil("limited.example", after.now.boot);
    EXPECT_EQ(paused.value_or(after.now.boot) - after.now.boot,
              Milliseconds{static_cast<int>(1'800'000 * random)});
  }
}

TEST(AfterAReboot, ExhaustedKeysStaySoAndAreRearmedNoLaterThanBefore) {
  Ledger before;
  const auto saved = oneOfEach(before);
  Ledger after;
  after.random = 0.25;
  after.now.boot = BootTime{20s};
  after.manager.restore(saved, Resume::Reboot, after.now);
  EXPECT_TRUE(after.entry(kStart).exhausted);
  EXPECT_EQ(after.entry(kStart).retryCount, 10);
  after.pass(45min - 1ms);
  EXPECT_EQ(after.manager.rearmByAge(after.now), 0);
  after.pass(1ms);
  EXPECT_EQ(after.manager.rearmByAge(after.now), 1);
}

TEST(AfterAReboot, EverythingIsWrittenForTheNewBoot) {
  Ledger before;
  const auto saved = oneOfEach(before);
  Ledger after;
  after.now.boot = BootTime{20s};
  after.manager.restore(saved, Resume::Reboot, after.now);
  const auto changes = after.manager.takeChanges();
  EXPECT_EQ(changes.changed.size(), saved.entries.size());
  EXPECT_TRUE(changes.hostPausesChanged);
}

TEST(Restore, DropsKeysOfFamiliesItDoesNotKnow) {
  RetryManager::Saved saved;
  saved.entries.push_back(Entry{.key = "teleport:1001/x", .retryCount = 3});
  Ledger ledger;
  ledger.manager.restore(saved, Resume::Crash, ledger.now);
  EXPECT_TRUE(ledger.manager.entries().empty());
  EXPECT_EQ(ledger.manager.takeChanges().removed, std::vector<std::string>{"teleport:1001/x"});
}

TEST(Changes, TellWhatIsNewAndWhatIsGoneOnce) {
  Ledger ledger;
  EXPECT_TRUE(ledger.manager.takeChanges().empty());
  ledger.fail(kImage);
  ledger.fail(kStart);
  auto changes = ledger.manager.takeChanges();
  ASSERT_EQ(changes.changed.size(), 2U);
  EXPECT_EQ(changes.changed.front(), ledger.entry(kImage));
  EXPECT_TRUE(changes.removed.empty());
  EXPECT_TRUE(ledger.manager.takeChanges().empty());

  ledger.manager.recordSuccess(kImage);
  ledger.manager.force(kStart, ledger.now);
  changes = ledger.manager.takeChanges();
  EXPECT_EQ(changes.removed, std::vector<std::string>{std::string(kImage)});
  ASSERT_EQ(changes.changed.size(), 1U);
  EXPECT_EQ(changes.changed.front().key, kStart);
}

}  // namespace
}  // namespace holdfast::retry

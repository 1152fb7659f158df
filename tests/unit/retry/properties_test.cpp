// SPDX-License-Identifier: Apache-2.0
// What holds for every policy and every history, tried on many drawn from a fixed seed.
#include "unit/retry/ledger.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <random>
#include <string>

namespace holdfast::retry {
namespace {

constexpr int kRounds = 300;

class Draw {
 public:
  explicit Draw(unsigned seed) : engine_(seed) {}
  int number(int least, int most) {
    return std::uniform_int_distribution<int>(least, most)(engine_);
  }
  double share() { return std::uniform_real_distribution<double>(0, 1)(engine_); }

 private:
  std::mt19937 engine_;
};

Policy anyPolicy(Draw& draw) {
  return {.initial = Milliseconds{draw.number(1, 600'000)},
          .factor = 1 + 4 * draw.share(),
          .max = Milliseconds{draw.number(1, 3'600'000)},
          .maxRetries = draw.number(0, 12),
          .jitter = draw.share(),
          .resetAfter = Milliseconds{draw.number(0, 600'000)},
          .firstImmediate = draw.number(0, 1) == 1};
}

TEST(Properties, DelaysNeverShrinkAndNeverPassTheCap) {
  Draw draw(1);
  for (int round = 0; round < kRounds; ++round) {
    const Policy policy = anyPolicy(draw);
    Milliseconds last{0};
    for (int retry = 1; retry < 50; ++retry) {
      const Milliseconds delay = delayBefore(policy, retry, 0);
      ASSERT_GE(delay, last);
      ASSERT_LE(delay, policy.max);
      const Milliseconds jittered = delayBefore(policy, retry, draw.share());
      ASSERT_GE(jittered, 0ms);
      ASSERT_LE(jittered, delay);
      last = delay;
    }
    ASSERT_TRUE(last == policy.max || policy.factor < 1.2);
  }
}

constexpr std::array<std::string_view, 7> kKeys{kImage, kOtherImage,     kElsewhere,  kStart,
                                                kCrash, "engine:docker", "notify:ops"};
constexpr std::array<ErrorClass, 9> kClasses{
    ErrorClass::Transient, ErrorClass::RateLimited, ErrorClass::Denied,
    ErrorClass::NotFound,  ErrorClass::Rejected,    ErrorClass::Invalid,
    ErrorClass::Conflict,  ErrorClass::Unavailable, ErrorClass::Internal};

// One thing that may happen to a ledger.
void happen(Ledger& ledger, Draw& draw) {
  const std::string_view key = kKeys[static_cast<std::size_t>(draw.number(0, 6))];
  switch (draw.number(0, 11)) {
    case 0:
      ledger.manager.recordSuccess(key);
      return;
    case 1:
      ledger.manager.force(key, ledger.now);
      return;
    case 2:
      ledger.manager.hostAnswered(kHost, ledger.now, key);
      return;
    case 3:
      ledger.manager.credentialsChanged(ledger.now);
      return;
    case 4:
      ledger.manager.rearmByAge(ledger.now);
      return;
    case 5:
      ledger.pass(Milliseconds{draw.number(0, 4'000'000)});
      return;
    case 6:
      ledger.now.wall += std::chrono::hours{draw.number(-100'000, 100'000)};
      return;
    default:
      Failure answer = failure(kClasses[static_cast<std::size_t>(draw.number(0, 8))]);
      answer.retryAfter = Milliseconds{draw.number(-1, 5'000'000)};
      ledger.pass(Milliseconds{draw.number(0, 60'000)});
      ledger.manager.recordFailure(key, answer,
                                   ledger.now.boot - Milliseconds{draw.number(-1'000, 60'000)},
                                   ledger.now, Milliseconds{draw.number(0, 700'000)});
      return;
  }
}

void expectSound(const Ledger& ledger) {
  for (const auto& [key, entry] : ledger.manager.entries()) {
    ASSERT_EQ(entry.key, key);
    ASSERT_EQ(entry.exhausted, entry.exhaustedAt.has_value()) << key;
    ASSERT_FALSE(entry.exhausted && entry.due) << key;
    ASSERT_TRUE(entry.exhausted || entry.due || entry.latest.errorClass == ErrorClass::Invalid)
        << key << " would wait for ever without saying so";
    ASSERT_FALSE(entry.exhausted && entry.maxRetries == 0) << key;
    if (entry.due) {
      ASSERT_LE(*entry.due - ledger.now.boot, 1h) << key;
    }
    ASSERT_FALSE(entry.firstError.empty());
  }
}

TEST(Properties, EveryEntryWaitsForSomething) {
  for (unsigned seed = 1; seed <= kRounds; ++seed) {
    Draw draw(seed);
    Ledger ledger;
    for (int step = 0; step < 60; ++step) {
      happen(ledger, draw);
      expectSound(ledger);
      if (HasFatalFailure())
        FAIL() << "seed " << seed << " step " << step;
    }
  }
}

TEST(Properties, TheNextWakeIsNeverLaterThanAnythingThatChanges) {
  for (unsigned seed = 1; seed <= kRounds; ++seed) {
    Draw draw(seed);
    Ledger ledger;
    for (int step = 0; step < 60; ++step) {
      happen(ledger, draw);
      const auto wake = ledger.manager.nextWake(ledger.now.boot);
      const BootTime end = wake.value_or(BootTime::max());
      for (const auto& [key, entry] : ledger.manager.entries()) {
        if (entry.due && *entry.due > ledger.now.boot) {
          ASSERT_LE(end, *entry.due) << key;
        }
      }
      if (!wake)
        continue;
      ASSERT_GE(*wake, ledger.now.boot);
      // Exact: something does change at that instant, and nothing in the millisecond before.
      const auto paused = ledger.manager.hostPausedUntil(kHost, ledger.now.boot);
      const bool due = std::any_of(ledger.manager.entries().begin(), ledger.manager.entries().end(),
                                   [&wake](const auto& item) { return item.second.due == wake; });
      Ledger later;
      later.manager = ledger.manager;
      const bool rearms = later.manager.rearmByAge({*wake, ledger.now.wall}) > 0;
      ASSERT_TRUE(due || rearms || paused == wake) << "seed " << seed << " step " << step;
    }
  }
}

TEST(Properties, ChangesRebuildTheLedgerElsewhere) {
  for (unsigned seed = 1; seed <= kRounds; ++seed) {
    Draw draw(seed);
    Ledger ledger;
    std::map<std::string, Entry, std::less<>> stored;
    std::map<std::string, HostPause> pauses;
    for (int step = 0; step < 60; ++step) {
      happen(ledger, draw);
      if (draw.number(0, 2) != 0)
        continue;
      const auto changes = ledger.manager.takeChanges();
      for (const Entry& entry : changes.changed)
        stored.insert_or_assign(entry.key, entry);
      for (const std::string& key : changes.removed)
        stored.erase(key);
      if (changes.hostPausesChanged)
        pauses = changes.hostPauses;
    }
    auto last = ledger.manager.takeChanges();
    for (const Entry& entry : last.changed)
      stored.insert_or_assign(entry.key, entry);
    for (const std::string& key : last.removed)
      stored.erase(key);
    if (last.hostPausesChanged)
      pauses = last.hostPauses;
    ASSERT_EQ(stored, ledger.manager.entries()) << "seed " << seed;

    RetryManager::Saved saved;
    for (const auto& [key, entry] : stored)
      saved.entries.push_back(entry);
    saved.hostPauses = pauses;
    Ledger after;
    after.manager.restore(saved, Resume::Crash, ledger.now);
    ASSERT_EQ(after.manager.entries(), ledger.manager.entries()) << "seed " << seed;
    ASSERT_EQ(after.manager.hostPausedUntil(kHost, ledger.now.boot),
              ledger.manager.hostPausedUntil(kHost, ledger.now.boot));
    ASSERT_TRUE(after.manager.takeChanges().changed.empty()) << "seed " << seed;
  }
}

TEST(Properties, NobodyWaitsLongerAfterAReboot) {
  for (unsigned seed = 1; seed <= kRounds; ++seed) {
    Draw draw(seed);
    Ledger ledger;
    for (int step = 0; step < 40; ++step)
      happen(ledger, draw);
    Ledger after;
    after.random = draw.share();
    after.now.boot = BootTime{Milliseconds{draw.number(0, 100'000)}};
    after.manager.restore(ledger.saved(), Resume::Reboot, after.now);
    for (const auto& [key, entry] : after.manager.entries()) {
      ASSERT_EQ(entry.retryCount, ledger.entry(key).retryCount);
      ASSERT_EQ(entry.due.has_value(), ledger.entry(key).due.has_value());
      if (!entry.due)
        continue;
      ASSERT_GE(*entry.due, after.now.boot);
      ASSERT_LE(*entry.due - after.now.boot, entry.delay) << key;
    }
  }
}

}  // namespace
}  // namespace holdfast::retry

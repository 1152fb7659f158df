// SPDX-License-Identifier: Apache-2.0
// The ledger is bounded, whatever engines and registries answer.
#include "unit/retry/ledger.hpp"

#include <gtest/gtest.h>

#include <string>

namespace holdfast::retry {
namespace {

TEST(Bounds, CutLongTexts) {
  Ledger ledger;
  Failure huge{.reason = std::string(1'000'000, 'r'),
               .message = std::string(1'000'000, 'm'),
               .raw = std::string(1'000'000, 'w'),
               .host = std::string(1'000'000, 'h')};
  ledger.manager.recordFailure(kImage, huge, ledger.now.boot, ledger.now);
  const Entry& entry = ledger.entry(kImage);
  EXPECT_EQ(entry.latest.reason.size(), kMaxReason);
  EXPECT_EQ(entry.latest.message.size(), kMaxMessage);
  EXPECT_EQ(entry.latest.raw.size(), kMaxRaw);
  EXPECT_EQ(entry.latest.host.size(), kMaxHost);
  EXPECT_EQ(entry.firstError.size(), kMaxMessage);
}

TEST(Bounds, CutBetweenCharacters) {
  Ledger ledger;
  std::string text(kMaxMessage - 1, 'a');
  text += "\u00e9\u00e9";  // two bytes each, the first of them across the limit
  ledger.manager.recordFailure(kImage, {.message = text}, ledger.now.boot, ledger.now);
  EXPECT_EQ(ledger.entry(kImage).latest.message, std::string(kMaxMessage - 1, 'a'));
}

TEST(Bounds, ForgetTheKeyWhoseRetryIsNearest) {
  Ledger ledger;
  ledger.exhaust(kStart);
  ledger.fail("start:nearest");
  ledger.pass(1s);
  for (std::size_t at = ledger.manager.entries().size(); at < kMaxEntries; ++at) {
    ledger.fail("start:" + std::to_string(at));
  }
  static_cast<void>(ledger.manager.takeChanges());
  ledger.fail("start:one more");
  EXPECT_EQ(ledger.manager.entries().size(), kMaxEntries);
  EXPECT_EQ(ledger.manager.find("start:nearest"), nullptr);
  EXPECT_NE(ledger.manager.find("start:one more"), nullptr);
  EXPECT_NE(ledger.manager.find(kStart), nullptr);
  EXPECT_EQ(ledger.manager.takeChanges().removed, std::vector<std::string>{"start:nearest"});
}

}  // namespace
}  // namespace holdfast::retry

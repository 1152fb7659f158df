// SPDX-License-Identifier: Apache-2.0
#include "alerts/flap_book.hpp"

#include "unit/alerts/samples.hpp"

#include <gtest/gtest.h>

namespace holdfast::alerts {
namespace {

struct Flaps : ::testing::Test {
  void change(model::Milliseconds after) {
    time.pass(after);
    book.note("a", time.now.boot);
  }
  Time time;
  FlapBook book;
};

TEST_F(Flaps, SixChangesInHalfAnHour) {
  for (int i = 0; i < 5; ++i) {
    change(360s);
    EXPECT_FALSE(book.flapping("a"));
  }
  change(360s);
  EXPECT_TRUE(book.flapping("a"));
  EXPECT_EQ(book.changes("a"), 6);
  EXPECT_FALSE(book.flapping("b"));
}

TEST_F(Flaps, SixChangesInLongerAreNone) {
  change(0s);
  for (int i = 0; i < 4; ++i)
    change(360s);
  change(361s);
  EXPECT_FALSE(book.flapping("a"));
}

TEST_F(Flaps, EndAfterTenQuietMinutes) {
  for (int i = 0; i < 8; ++i)
    change(1s);
  EXPECT_EQ(book.changes("a"), 8);
  EXPECT_EQ(book.nextWake(), time.now.boot + 10min);
  time.pass(10min - 1ms);
  EXPECT_TRUE(book.settle(time.now.boot).empty());
  EXPECT_TRUE(book.flapping("a"));
  time.pass(1ms);
  EXPECT_EQ(book.settle(time.now.boot), std::vector<std::string>{"a"});
  EXPECT_FALSE(book.flapping("a"));
  EXPECT_FALSE(book.nextWake());
  change(1s);
  EXPECT_FALSE(book.flapping("a")) << "it counts afresh";
}

TEST_F(Flaps, WhatIsLongAgoIsForgotten) {
  change(0s);
  time.pass(kFlapWindow);
  EXPECT_TRUE(book.settle(time.now.boot).empty());
  for (int i = 0; i < 5; ++i)
    change(0s);
  EXPECT_FALSE(book.flapping("a"));
}

}  // namespace
}  // namespace holdfast::alerts

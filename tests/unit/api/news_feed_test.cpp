// SPDX-License-Identifier: Apache-2.0
#include "api/news_feed.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace holdfast::api {
namespace {

using namespace std::chrono_literals;

TEST(NewsFeed, WakesWhoeverWaits) {
  NewsFeed feed;
  const News before = feed.now();
  std::thread publisher([&feed] { feed.publishEvents(); });
  const News after = feed.wait(before, 1h);
  publisher.join();
  EXPECT_EQ(after.events, 1U);
  EXPECT_EQ(after.snapshot, 0U);
}

TEST(NewsFeed, DoesNotWaitForWhatIsThere) {
  NewsFeed feed;
  const News before = feed.now();
  feed.publishSnapshot(3);
  EXPECT_EQ(feed.wait(before, 1h).snapshot, 3U);
  feed.stop();
  EXPECT_TRUE(feed.wait(before, 1h).stopping);
}

TEST(NewsFeed, GivesUpWithoutNews) {
  NewsFeed feed;
  EXPECT_EQ(feed.wait(feed.now(), 1ms), feed.now());
}

}  // namespace
}  // namespace holdfast::api

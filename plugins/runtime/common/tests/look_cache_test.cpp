// SPDX-License-Identifier: Apache-2.0
#include "runtime/common/look_cache.hpp"

#include <gtest/gtest.h>

namespace holdfast::runtime {
namespace {

class Cache : public ::testing::Test {
 protected:
  void keep(const std::string& id, std::string_view state, LookCache::Ticket ticket) {
    ContainerDetails details;
    details.pid = 7;
    cache_.keepContainer(ticket, id, "name-" + id, state, details, now_);
  }
  bool knows(const std::string& id, std::string_view state = "running") {
    return cache_.container(id, state, now_).has_value();
  }

  LookCache cache_;
  LookCache::TimePoint now_ = LookCache::TimePoint{} + std::chrono::hours(1);
};

TEST_F(Cache, KeepsNothingWithoutAStreamOfEvents) {
  keep("a", "running", cache_.ticket());
  cache_.keepImage(cache_.ticket(), "i", ImageDetails{}, now_);
  cache_.keepNetworks(cache_.ticket(), {}, now_);
  EXPECT_FALSE(knows("a"));
  EXPECT_FALSE(cache_.image("i", now_).has_value());
  EXPECT_FALSE(cache_.networks(now_).has_value());
}

TEST_F(Cache, KnowsAContainerInTheStateItWasSeenIn) {
  cache_.connected();
  keep("a", "running", cache_.ticket());
  EXPECT_TRUE(knows("a"));
  EXPECT_EQ(cache_.container("a", "running", now_)->pid, 7);
  EXPECT_FALSE(knows("a", "exited"));
  EXPECT_FALSE(knows("b"));
}

TEST_F(Cache, ForgetsByIdAndByName) {
  cache_.connected();
  keep("a", "running", cache_.ticket());
  keep("b", "running", cache_.ticket());
  cache_.forgetContainer("a");
  EXPECT_FALSE(knows("a"));
  EXPECT_TRUE(knows("b"));
  cache_.forgetContainer("name-b");
  EXPECT_FALSE(knows("b"));
}

TEST_F(Cache, KeepsNoAnswerThatIsOlderThanAChange) {
  cache_.connected();
  const LookCache::Ticket ticket = cache_.ticket();
  cache_.forgetContainer("a");
  keep("a", "running", ticket);
  EXPECT_FALSE(knows("a"));
  const LookCache::Ticket beforePull = cache_.ticket();
  cache_.forgetImages();
  cache_.keepImage(beforePull, "i", std::nullopt, now_);
  EXPECT_FALSE(cache_.image("i", now_).has_value());
}

TEST_F(Cache, IsEmptyAfterEveryGap) {
  cache_.connected();
  keep("a", "running", cache_.ticket());
  cache_.keepVolumes(cache_.ticket(), {{}}, now_);
  cache_.disconnected();
  EXPECT_FALSE(knows("a"));
  cache_.connected();
  EXPECT_FALSE(knows("a"));
  EXPECT_FALSE(cache_.volumes(now_).has_value());
}

TEST_F(Cache, KnowsThatAnImageIsAbsent) {
  cache_.connected();
  cache_.keepImage(cache_.ticket(), "i", std::nullopt, now_);
  ASSERT_TRUE(cache_.image("i", now_).has_value());
  EXPECT_FALSE(cache_.image("i", now_)->has_value());
}

TEST_F(Cache, EntriesEndByThemselves) {
  cache_.connected();
  keep("a", "running", cache_.ticket());
  cache_.keepImage(cache_.ticket(), "i", ImageDetails{}, now_);
  cache_.keepNetworks(cache_.ticket(), {}, now_);
  now_ += LookCache::kMaxAge;
  EXPECT_FALSE(knows("a"));
  EXPECT_FALSE(cache_.image("i", now_).has_value());
  EXPECT_FALSE(cache_.networks(now_).has_value());
}

TEST_F(Cache, DropsContainersThatAreGone) {
  cache_.connected();
  keep("a", "running", cache_.ticket());
  keep("b", "running", cache_.ticket());
  cache_.keepOnly([](const std::string& id) { return id == "b"; });
  EXPECT_FALSE(knows("a"));
  EXPECT_TRUE(knows("b"));
}

}  // namespace
}  // namespace holdfast::runtime

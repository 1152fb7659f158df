// SPDX-License-Identifier: Apache-2.0
#include "api/news_feed.hpp"

namespace holdfast::api {

void NewsFeed::publishSnapshot(std::uint64_t version) {
  const std::lock_guard lock(mutex_);
  news_.snapshot = version;
  changed_.notify_all();
}

void NewsFeed::publishEvents() {
  const std::lock_guard lock(mutex_);
  ++news_.events;
  changed_.notify_all();
}

void NewsFeed::stop() {
  const std::lock_guard lock(mutex_);
  news_.stopping = true;
  changed_.notify_all();
}

News NewsFeed::now() const {
  const std::lock_guard lock(mutex_);
  return news_;
}

News NewsFeed::wait(const News& seen, model::Milliseconds patience) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, patience, [&] { return news_ != seen; });
  return news_;
}

}  // namespace holdfast::api

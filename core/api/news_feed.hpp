// SPDX-License-Identifier: Apache-2.0
// Tells waiting requests that there is something new.
#pragma once

#include "api/agent.hpp"

#include <condition_variable>
#include <mutex>

namespace holdfast::api {

// Thread-safe. Publishing never waits for a reader.
class NewsFeed {
 public:
  void publishSnapshot(std::uint64_t version);
  void publishEvents();
  void stop();

  [[nodiscard]] News now() const;

  // Blocks until now() differs from `seen` or `patience` is over.
  News wait(const News& seen, model::Milliseconds patience);

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  News news_;
};

}  // namespace holdfast::api

// SPDX-License-Identifier: Apache-2.0
// How fast receivers are told. Not thread-safe; time is an argument.
#pragma once

#include "model/time.hpp"

#include <map>
#include <string>

namespace holdfast::alerts {

// A receiver gets this many notices in quick succession, then one in each interval.
inline constexpr int kBurst = 5;
inline constexpr model::Milliseconds kRefill{30'000};

class NoticeRate {
 public:
  // Takes a place for one notice. False: none is free.
  [[nodiscard]] bool take(const std::string& notifier, model::BootTime now);

  // When the next place is free; min() while one is.
  [[nodiscard]] model::BootTime freeAt(const std::string& notifier, model::BootTime now) const;

 private:
  struct Bucket {
    int tokens = kBurst;
    model::BootTime filledAt;  // when the latest token came
  };
  static void refill(Bucket& bucket, model::BootTime now);

  std::map<std::string, Bucket> buckets_;
};

}  // namespace holdfast::alerts

// SPDX-License-Identifier: Apache-2.0
#include "api/failure_limiter.hpp"

#include <algorithm>

namespace holdfast::api {

std::chrono::seconds FailureLimiter::wait(const std::string& sender, Instant now) {
  const std::lock_guard lock(mutex_);
  const auto found = records_.find(sender);
  if (found == records_.end() || found->second.until <= now || found->second.failures < kFailures) {
    return std::chrono::seconds{0};
  }
  return std::chrono::ceil<std::chrono::seconds>(found->second.until - now);
}

bool FailureLimiter::failed(const std::string& sender, Instant now) {
  const std::lock_guard lock(mutex_);
  if (!records_.contains(sender)) {
    makeRoom(now);
  }
  auto& record = records_[sender];
  if (record.until <= now) {
    record = {0, now + kWindow};
  }
  if (++record.failures < kFailures) {
    return false;
  }
  record.until = now + kWindow;
  return record.failures == kFailures;
}

// Forgets those that may be forgotten, and failing these the one that would be next.
void FailureLimiter::makeRoom(Instant now) {
  if (records_.size() < kMaxSenders) {
    return;
  }
  std::erase_if(records_, [now](const auto& entry) { return entry.second.until <= now; });
  if (records_.size() >= kMaxSenders) {
    records_.erase(std::min_element(
        records_.begin(), records_.end(),
        [](const auto& one, const auto& other) { return one.second.until < other.second.until; }));
  }
}

}  // namespace holdfast::api

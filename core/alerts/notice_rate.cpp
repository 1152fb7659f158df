// SPDX-License-Identifier: Apache-2.0
#include "alerts/notice_rate.hpp"

namespace holdfast::alerts {

using model::BootTime;

void NoticeRate::refill(Bucket& bucket, BootTime now) {
  const auto more = static_cast<int>((now - bucket.filledAt) / kRefill);
  if (bucket.tokens + more >= kBurst) {
    bucket = {.tokens = kBurst, .filledAt = now};
    return;
  }
  bucket.tokens += more;
  bucket.filledAt += more * kRefill;
}

bool NoticeRate::take(const std::string& notifier, BootTime now) {
  Bucket& bucket = buckets_.try_emplace(notifier, Bucket{kBurst, now}).first->second;
  refill(bucket, now);
  if (bucket.tokens == 0)
    return false;
  --bucket.tokens;
  return true;
}

BootTime NoticeRate::freeAt(const std::string& notifier, BootTime now) const {
  const auto found = buckets_.find(notifier);
  if (found == buckets_.end())
    return BootTime::min();
  Bucket filled = found->second;
  refill(filled, now);
  return filled.tokens == 0 ? filled.filledAt + kRefill : BootTime::min();
}

}  // namespace holdfast::alerts

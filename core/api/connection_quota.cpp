// SPDX-License-Identifier: Apache-2.0
#include "api/connection_quota.hpp"

namespace holdfast::api {

std::shared_ptr<void> ConnectionQuota::take(const std::string& sender) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = ofOne_.find(sender);
    if (taken_ >= most_ || (found != ofOne_.end() && found->second >= mostOfOne_)) {
      return nullptr;
    }
    ++taken_;
    ++ofOne_[sender];
  }
  // The pointer stands for the place; there is nothing to point at but the quota itself.
  return {this, [sender](void* quota) { static_cast<ConnectionQuota*>(quota)->release(sender); }};
}

void ConnectionQuota::release(const std::string& sender) {
  const std::lock_guard lock(mutex_);
  --taken_;
  const auto found = ofOne_.find(sender);
  if (--found->second == 0) {
    ofOne_.erase(found);
  }
}

}  // namespace holdfast::api

// SPDX-License-Identifier: Apache-2.0
// How many connections there may be at the same time, in all and of one sender.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace holdfast::api {

// Thread-safe. Outlives the places that it gave away.
class ConnectionQuota {
 public:
  ConnectionQuota(int most, int mostOfOne) : most_(most), mostOfOne_(mostOfOne) {}

  // A place, free again once the last pointer to it has gone; nullptr when there is none left.
  [[nodiscard]] std::shared_ptr<void> take(const std::string& sender);

 private:
  void release(const std::string& sender);

  const int most_;
  const int mostOfOne_;
  std::mutex mutex_;
  int taken_ = 0;
  std::map<std::string, int> ofOne_;  // never more than taken_
};

}  // namespace holdfast::api

// SPDX-License-Identifier: Apache-2.0
// Alerts that come and go: told once, then not again until they have settled.
#pragma once

#include "model/time.hpp"

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace holdfast::alerts {

// So many changes within the window are flapping; so long without one ends it.
inline constexpr std::size_t kFlapChanges = 6;
inline constexpr model::Milliseconds kFlapWindow{1'800'000};
inline constexpr model::Milliseconds kFlapQuiet{600'000};

// Keeps the latest kFlapChanges instants of each alert that changed within the window.
class FlapBook {
 public:
  // The alert began or ended.
  void note(const std::string& fingerprint, model::BootTime now);

  // Forgets what is long ago. Returns the alerts that have settled by now.
  std::vector<std::string> settle(model::BootTime now);

  [[nodiscard]] bool flapping(const std::string& fingerprint) const;

  // Changes since it began to flap, those that made it so included; 0 when it does not.
  [[nodiscard]] int changes(const std::string& fingerprint) const;

  // When the first of the flapping ones has settled, if nothing happens.
  [[nodiscard]] std::optional<model::BootTime> nextWake() const;

 private:
  struct Course {
    std::deque<model::BootTime> at;
    int changes = 0;  // while it flaps
  };
  std::map<std::string, Course> courses_;
};

}  // namespace holdfast::alerts

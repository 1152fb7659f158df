// SPDX-License-Identifier: Apache-2.0
#include "alerts/flap_book.hpp"

namespace holdfast::alerts {

void FlapBook::note(const std::string& fingerprint, model::BootTime now) {
  Course& course = courses_[fingerprint];
  course.at.push_back(now);
  if (course.at.size() > kFlapChanges)
    course.at.pop_front();
  if (course.changes > 0) {
    ++course.changes;
  } else if (course.at.size() == kFlapChanges && now - course.at.front() <= kFlapWindow) {
    course.changes = static_cast<int>(kFlapChanges);
  }
}

std::vector<std::string> FlapBook::settle(model::BootTime now) {
  std::vector<std::string> settled;
  for (auto at = courses_.begin(); at != courses_.end();) {
    const bool flaps = at->second.changes > 0;
    const auto quiet = now - at->second.at.back();
    if (flaps && quiet >= kFlapQuiet)
      settled.push_back(at->first);
    const bool over = quiet >= (flaps ? kFlapQuiet : kFlapWindow);
    at = over ? courses_.erase(at) : std::next(at);
  }
  return settled;
}

bool FlapBook::flapping(const std::string& fingerprint) const {
  return changes(fingerprint) > 0;
}

int FlapBook::changes(const std::string& fingerprint) const {
  const auto found = courses_.find(fingerprint);
  return found == courses_.end() ? 0 : found->second.changes;
}

std::optional<model::BootTime> FlapBook::nextWake() const {
  std::optional<model::BootTime> wake;
  for (const auto& [fingerprint, course] : courses_) {
    const auto at = course.at.back() + kFlapQuiet;
    if (course.changes > 0 && (!wake || at < *wake))
      wake = at;
  }
  return wake;
}

}  // namespace holdfast::alerts

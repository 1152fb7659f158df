// SPDX-License-Identifier: Apache-2.0
#include "engine/pull_monitor.hpp"

#include <algorithm>

namespace holdfast::engine {
namespace {

constexpr std::string_view kQueued = "queued";

// Its parts are known, so that it can hold some of the engine's slots.
bool hasLayers(const PullProgress& progress) {
  return !progress.phase.empty() && progress.phase != "resolving";
}

}  // namespace

void PullMonitor::setStall(model::Milliseconds stall) {
  // In the proportion of the defaults.
  limits_.stallRetrying = stall * limits_.stallRetrying.count() / limits_.stall.count();
  limits_.stall = stall;
}

void PullMonitor::started(const std::string& pull, model::BootTime now) {
  pulls_[pull] = Watched{{}, now, false};
}

void PullMonitor::progressed(const std::string& pull, const PullProgress& progress,
                             model::BootTime now) {
  const auto found = pulls_.find(pull);
  if (found == pulls_.end())
    return;
  Watched& watched = found->second;
  // Waiting for a free slot inside the engine is never the waiter's own stall.
  if (progress.waiting || progress.doneBytes != watched.latest.doneBytes ||
      progress.phase != watched.latest.phase) {
    watched.progressAt = now;
  }
  watched.latest = progress;
}

void PullMonitor::ended(const std::string& pull) {
  pulls_.erase(pull);
}

int PullMonitor::occupied(model::BootTime now) const {
  return static_cast<int>(std::count_if(pulls_.begin(), pulls_.end(), [&](const auto& item) {
    return now - item.second.progressAt < limits_.freesPlace;
  }));
}

std::vector<PullMonitor::Verdict> PullMonitor::judge(model::BootTime now) {
  std::vector<Verdict> verdicts;
  std::pair<const std::string, Watched>* longest = nullptr;
  for (auto& item : pulls_) {
    auto& [name, watched] = item;
    if (watched.condemned)
      continue;
    if (now - watched.progressAt >= limitOf(watched)) {
      watched.condemned = true;
      verdicts.push_back({name, "no progress for " + model::formatDuration(limitOf(watched))});
    } else if (now - watched.progressAt >= limits_.yieldsSlots && !watched.latest.waiting &&
               hasLayers(watched.latest) && anotherWaits(watched, now) &&
               (longest == nullptr || watched.progressAt < longest->second.progressAt)) {
      longest = &item;
    }
  }
  if (verdicts.empty() && longest != nullptr) {
    longest->second.condemned = true;
    verdicts.push_back(
        {longest->first, "no progress for " + model::formatDuration(limits_.yieldsSlots) +
                             " while it held the engine's download slots and another pull waited"});
  }
  return verdicts;
}

std::optional<model::BootTime> PullMonitor::nextWake(model::BootTime now) const {
  std::optional<model::BootTime> wake;
  const auto consider = [&](model::BootTime at) {
    if (at > now && (!wake || at < *wake))
      wake = at;
  };
  for (const auto& [name, watched] : pulls_) {
    if (watched.condemned)
      continue;
    consider(watched.progressAt + limits_.freesPlace);
    consider(watched.progressAt + limits_.yieldsSlots);
    consider(watched.progressAt + limits_.waitsUntold);
    consider(watched.progressAt + limitOf(watched));
  }
  return wake;
}

model::Milliseconds PullMonitor::limitOf(const Watched& watched) const {
  return watched.latest.retrying ? limits_.stallRetrying : limits_.stall;
}

// Whether one waits for slots that `holder` may have. Of two that are queued it is the older one
// that has them.
bool PullMonitor::anotherWaits(const Watched& holder, model::BootTime now) const {
  return std::any_of(pulls_.begin(), pulls_.end(), [&](const auto& item) {
    const Watched& other = item.second;
    const bool untold =
        other.latest.phase == kQueued && now - other.progressAt >= limits_.waitsUntold;
    return other.latest.waiting ||
           (untold && &other != &holder &&
            (holder.latest.phase != kQueued || holder.progressAt <= other.progressAt));
  });
}

}  // namespace holdfast::engine

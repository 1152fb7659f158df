// SPDX-License-Identifier: Apache-2.0
#include "alerts/silence.hpp"

#include "model/clock_set.hpp"

#include <algorithm>
#include <utility>

namespace holdfast::alerts {

using model::Milliseconds;

std::vector<Silence> Silences::restore(std::vector<Silence> silences, const model::Now& now) {
  std::vector<Silence> changed;
  for (const Silence& stored : silences) {
    const Silence silence = broughtOver(stored, now);
    if (silence.bootId != stored.bootId || silence.endsAt != stored.endsAt)
      changed.push_back(silence);
    silences_.insert_or_assign(silence.id, silence);
  }
  return changed;
}

Silence Silences::broughtOver(Silence silence, const model::Now& now) const {
  const Milliseconds length = silence.endsAt - silence.createdAt;
  const bool setSince = silence.createdAt < model::kClockSet && now.wall >= model::kClockSet;
  const model::BootTime latest = now.boot + length;
  if (!bootId_.empty() && silence.bootId == bootId_) {
    silence.until = std::min(silence.until, latest);
  } else {
    // How much of it went by under a clock that was not set, nobody knows.
    silence.until = setSince ? latest : std::min(now.boot + (silence.endsAt - now.wall), latest);
    silence.bootId = bootId_;
  }
  // A label of the year 1970 would say so at each further start.
  if (setSince) {
    silence.endsAt = model::wallOf(silence.until, now);
    silence.createdAt = silence.endsAt - length;
  }
  return silence;
}

std::optional<Silence> Silences::add(model::AlertMatcher match, Milliseconds length,
                                     std::string comment, std::uint64_t number,
                                     const model::Now& now) {
  if (silences_.size() >= kMaxSilences)
    return std::nullopt;
  Silence silence;
  silence.id = model::fnv1a64(match.text() + "\xFF" + model::toRfc3339(now.wall) + "\xFF" +
                              std::to_string(number));
  silence.match = std::move(match);
  silence.comment = std::move(comment);
  silence.createdAt = now.wall;
  silence.endsAt = now.wall + length;
  silence.until = now.boot + length;
  silence.bootId = bootId_;
  return silences_.insert_or_assign(silence.id, silence).first->second;
}

bool Silences::remove(const std::string& id) {
  return silences_.erase(id) > 0;
}

std::vector<std::string> Silences::expire(model::BootTime now) {
  std::vector<std::string> over;
  for (auto at = silences_.begin(); at != silences_.end();) {
    const bool ends = at->second.until <= now;
    if (ends)
      over.push_back(at->first);
    at = ends ? silences_.erase(at) : std::next(at);
  }
  return over;
}

bool Silences::silenced(const model::Alert& alert) const {
  return std::any_of(silences_.begin(), silences_.end(),
                     [&alert](const auto& item) { return item.second.match.matches(alert); });
}

std::optional<model::BootTime> Silences::nextWake() const {
  std::optional<model::BootTime> wake;
  for (const auto& [id, silence] : silences_) {
    if (!wake || silence.until < *wake)
      wake = silence.until;
  }
  return wake;
}

}  // namespace holdfast::alerts

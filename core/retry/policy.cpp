// SPDX-License-Identifier: Apache-2.0
#include "retry/policy.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

namespace holdfast::retry {

Milliseconds delayBefore(const Policy& policy, int retry, double random) {
  if (policy.firstImmediate && retry <= 1)
    return Milliseconds{0};
  const int steps = std::max(policy.firstImmediate ? retry - 2 : retry - 1, 0);
  // In floating point, so that a ladder climbed for years ends in infinity and not in an overflow.
  const double climbed =
      static_cast<double>(policy.initial.count()) * std::pow(policy.factor, steps);
  const double capped = std::min(climbed, static_cast<double>(policy.max.count()));
  const double delay = capped * (1.0 - policy.jitter * random);
  return Milliseconds{std::llround(std::max(delay, 0.0))};
}

std::optional<Family> familyOf(std::string_view key) {
  const auto colon = key.find(':');
  if (colon == std::string_view::npos)
    return std::nullopt;
  const std::string_view word = key.substr(0, colon);
  const std::string_view rest = key.substr(colon + 1);
  if (word == "image")
    return Family::Image;
  if (word == "start")
    return Family::Start;
  if (word == "crash")
    return Family::Crash;
  if (word == "engine")
    return Family::Engine;
  if (word == "notify")
    return Family::Notify;
  if (word != "cloud")
    return std::nullopt;
  return rest == "register" || rest == "keyExchange" ? Family::CloudSetup : Family::Cloud;
}

const Policy& Policies::of(std::string_view key) const {
  const auto family = familyOf(key);
  if (!family)
    throw std::invalid_argument("no retry policy for key '" + std::string(key) + "'");
  switch (*family) {
    case Family::Image:
      return image;
    case Family::Start:
      return start;
    case Family::Crash:
      return crash;
    case Family::Engine:
      return engine;
    case Family::Notify:
      return notify;
    case Family::Cloud:
      return cloud;
    case Family::CloudSetup:
      break;
  }
  return cloudSetup;
}

}  // namespace holdfast::retry

// SPDX-License-Identifier: Apache-2.0
#include "uplink/cloud_settings.hpp"

#include "model/json_text.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <cmath>

namespace holdfast::uplink {
namespace {

namespace json = boost::json;
using model::Milliseconds;

// Whole milliseconds; a number beyond what 64 bits hold counts as the end that it is nearest to.
std::optional<std::int64_t> wholeNumber(const json::value& value) {
  if (const auto* number = value.if_int64())
    return *number;
  if (value.is_uint64())
    return std::numeric_limits<std::int64_t>::max();
  const auto* number = value.if_double();
  if (number == nullptr || std::trunc(*number) != *number)
    return std::nullopt;
  constexpr double kMost = 9e18;
  return static_cast<std::int64_t>(std::clamp(*number, -kMost, kMost));
}

std::optional<Milliseconds> interval(const json::object& settings, std::string_view name,
                                     const IntervalBounds& bounds,
                                     std::vector<std::string>& notes) {
  const auto* value = settings.if_contains(name);
  if (value == nullptr || value->is_null())
    return std::nullopt;
  const std::string where = "the target's config.settings." + std::string(name);
  const auto number = wholeNumber(*value);
  if (!number) {
    notes.push_back(where + ": expected a whole number of milliseconds; it is passed over");
    return std::nullopt;
  }
  const Milliseconds wanted{*number};
  const Milliseconds taken = std::clamp(wanted, bounds.least, bounds.most);
  if (taken != wanted) {
    notes.push_back(where + ": " + std::to_string(*number) + " ms is not from " +
                    model::formatDuration(bounds.least) + " to " +
                    model::formatDuration(bounds.most) + "; " + model::formatDuration(taken) +
                    " is used");
  }
  return taken;
}

}  // namespace

ReadSettings readCloudSettings(std::string_view configJson) {
  ReadSettings read;
  const auto config = model::readJson(configJson);
  const auto* object = config.value ? config.value->if_object() : nullptr;
  const auto* member = object != nullptr ? object->if_contains("settings") : nullptr;
  const auto* settings = member != nullptr ? member->if_object() : nullptr;
  if (settings == nullptr)
    return read;
  read.settings.pollInterval =
      interval(*settings, "targetStatePollIntervalMs", kPollBounds, read.notes);
  read.settings.heartbeatInterval =
      interval(*settings, "deviceReportIntervalMs", kHeartbeatBounds, read.notes);
  read.settings.reconcileInterval =
      interval(*settings, "reconciliationIntervalMs", kReconcileBounds, read.notes);
  return read;
}

}  // namespace holdfast::uplink

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "holdfast/sdk/runtime.hpp"
#include "holdfast/support/json.hpp"

#include <boost/json/object.hpp>

#include <string_view>

namespace holdfast::runtime {

[[nodiscard]] inline std::string_view labelOf(const boost::json::object& labels,
                                              std::string_view key) {
  const boost::json::value* value = labels.if_contains({key.data(), key.size()});
  return value == nullptr ? std::string_view{} : support::jsonText(*value);
}

// Made by an agent: this one, another one, or the original one, whose containers carry the legacy
// labels. What is not is never reported and never changed.
[[nodiscard]] inline bool isManaged(const boost::json::object& labels) {
  return labels.contains(
             boost::json::string_view(sdk::kOwnerLabel.data(), sdk::kOwnerLabel.size())) ||
         (!labelOf(labels, sdk::kLegacyAppLabel).empty() &&
          !labelOf(labels, sdk::kLegacyServiceLabel).empty());
}

}  // namespace holdfast::runtime

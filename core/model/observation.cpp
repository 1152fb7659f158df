// SPDX-License-Identifier: Apache-2.0
#include "model/observation.hpp"

namespace holdfast::model {

const std::string& ObservedContainer::label(std::string_view key) const {
  static const std::string kNone;
  const auto found = labels.find(std::string(key));
  return found == labels.end() ? kNone : found->second;
}

}  // namespace holdfast::model

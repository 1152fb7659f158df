// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

namespace holdfast::state {

// The stored value, when it is one of the enumeration's. Nothing: it is of a later version, or of a
// damaged file.
template <typename Enumeration>
[[nodiscard]] std::optional<Enumeration> enumerator(std::int64_t value, Enumeration last) {
  if (value < 0 || value > static_cast<std::int64_t>(last)) {
    return std::nullopt;
  }
  return static_cast<Enumeration>(value);
}

}  // namespace holdfast::state

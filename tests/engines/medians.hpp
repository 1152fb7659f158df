// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace holdfast::engines {

inline double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto upper = values.size() / 2;
  return values.size() % 2 == 1 ? values[upper] : (values[upper - 1] + values[upper]) / 2;
}

/// The standard error of the median as a part of it. Told by the middle half of the values, since
/// what else the machine does makes some of them very long.
inline double uncertainty(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto quarter = values.size() / 4;
  const double spread = values[values.size() - 1 - quarter] - values[quarter];
  return 0.93 * spread / std::sqrt(static_cast<double>(values.size())) / median(values);
}

inline std::string text(const std::vector<double>& values) {
  std::string all;
  for (const double value : values) {
    all += " " + std::to_string(static_cast<int>(value));
  }
  return all;
}

}  // namespace holdfast::engines

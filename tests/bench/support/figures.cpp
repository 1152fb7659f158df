// SPDX-License-Identifier: Apache-2.0
#include "bench/support/figures.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace holdfast::bench {

double milliseconds(Clock::duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

double quantile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  const double place = share * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(std::floor(place));
  const auto above = static_cast<std::size_t>(std::ceil(place));
  return values[below] + (place - std::floor(place)) * (values[above] - values[below]);
}

void printFigure(std::string_view name, const std::vector<double>& values, std::string_view unit) {
  std::printf("  %-44s median %8.1f %s   p90 %8.1f   min %8.1f   max %8.1f   (n %zu)\n",
              std::string(name).c_str(), quantile(values, 0.5), std::string(unit).c_str(),
              quantile(values, 0.9), quantile(values, 0), quantile(values, 1), values.size());
}

void printRatio(std::string_view name, const std::vector<double>& values, std::string_view ofName,
                const std::vector<double>& of) {
  std::printf("  ratio of the medians, %s to %s: %.3f\n", std::string(name).c_str(),
              std::string(ofName).c_str(), quantile(values, 0.5) / quantile(of, 0.5));
}

void say(const std::string& text) {
  std::fprintf(stderr, "... %s\n", text.c_str());
}

}  // namespace holdfast::bench

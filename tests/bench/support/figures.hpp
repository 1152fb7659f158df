// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::bench {

using Clock = std::chrono::steady_clock;

double milliseconds(Clock::duration duration);

/// `share` 0.5 is the median. Linear between the two nearest; `values` must not be empty.
double quantile(std::vector<double> values, double share);

/// "restart call   median 7.1 ms   p90 9.0   min 6.2   max 11.3   (n 25)"
void printFigure(std::string_view name, const std::vector<double>& values, std::string_view unit);

/// "ratio holdfastd / raw: 1.04" of two medians.
void printRatio(std::string_view name, const std::vector<double>& values, std::string_view ofName,
                const std::vector<double>& of);

/// Says at once what is going on, on stderr; figures go to stdout.
void say(const std::string& text);

}  // namespace holdfast::bench

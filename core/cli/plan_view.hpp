// SPDX-License-Identifier: Apache-2.0
// `holdfast plan` as text. Pure.
#pragma once

#include <boost/json/array.hpp>

#include <string>

namespace holdfast::cli {

// A line per step, in the order in which they would be done, and a summary. Steps of different
// services run side by side.
[[nodiscard]] std::string planText(const boost::json::array& actions);

}  // namespace holdfast::cli

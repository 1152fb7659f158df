// SPDX-License-Identifier: Apache-2.0
// Families as the text that Prometheus reads, format 0.0.4.
#pragma once

#include "metrics/family.hpp"

#include <string>

namespace holdfast::metrics {

inline constexpr const char* kContentType = "text/plain; version=0.0.4; charset=utf-8";

[[nodiscard]] std::string textOf(const Families& families);

}  // namespace holdfast::metrics

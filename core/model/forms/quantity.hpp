// SPDX-License-Identifier: Apache-2.0
// Kubernetes quantities: "512Mi", "64M", "0.5", "500m", "12e6" (apimachinery:
// pkg/api/resource/quantity.go). Fractions of the unit are rounded up, as Kubernetes does.
#pragma once

#include "model/forms/form.hpp"

#include <cstdint>
#include <string_view>

namespace holdfast::model {

// Bytes; a bare number is bytes.
[[nodiscard]] Form<std::int64_t> parseBytes(std::string_view text);

// 10^-9 CPUs; a bare number is CPUs.
[[nodiscard]] Form<std::int64_t> parseNanoCpus(std::string_view text);

}  // namespace holdfast::model

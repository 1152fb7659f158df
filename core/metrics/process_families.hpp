// SPDX-License-Identifier: Apache-2.0
// What the agent itself uses, under the names that all Prometheus clients have for it.
#pragma once

#include "metrics/family.hpp"

#include <filesystem>

namespace holdfast::metrics {

// Reads a few small files of the kernel's below `proc`, which is /proc but in tests; what cannot be
// read is absent.
[[nodiscard]] Families processFamilies(const std::filesystem::path& proc = "/proc");

}  // namespace holdfast::metrics

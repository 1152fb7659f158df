// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runtime/common/error_rules.hpp"

#include <span>

namespace holdfast::docker {

// What Docker's refusals mean: for all calls, in order, the last one fits everything. Tested
// against answers captured from dockerd (tests/error_table_test.cpp).
[[nodiscard]] std::span<const runtime::ErrorRule> errorTable();

}  // namespace holdfast::docker

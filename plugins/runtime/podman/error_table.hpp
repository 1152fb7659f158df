// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runtime/common/error_rules.hpp"

#include <span>
#include <string>
#include <string_view>

namespace holdfast::podman {

// What Podman's refusals mean: for all calls, in order, the last one fits everything. Almost all
// have the status 500, so that only the text tells them apart. Tested against answers captured from
// Podman (tests/error_table_test.cpp).
[[nodiscard]] std::span<const runtime::ErrorRule> errorTable();

// Podman's words for a name that another container has, its `cause`.
inline constexpr std::string_view kNameTaken = "that name is already in use";

// The one line of a text of several that says what happened: the last of a list of causes ("*
// ..."), what the run time logged as its error, else the first line that is not empty.
[[nodiscard]] std::string rootLineOf(std::string_view text);

}  // namespace holdfast::podman

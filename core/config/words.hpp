// SPDX-License-Identifier: Apache-2.0
// Small questions about text that the configuration asks in several places.
#pragma once

#include <string_view>

namespace holdfast::config {

// Without spaces, tabs and carriage returns at either end.
[[nodiscard]] std::string_view trim(std::string_view text);

// [a-z][a-z0-9-]{0,31}, the names that sdk/include/holdfast/sdk/abi.h allows.
[[nodiscard]] bool isPluginName(std::string_view text);

// unix:///path, tcp://, http:// or https:// with something behind it.
[[nodiscard]] bool isAddress(std::string_view text);

}  // namespace holdfast::config

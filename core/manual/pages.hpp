// SPDX-License-Identifier: Apache-2.0
// The manual pages, made of the tables that the programs' own --help and the configuration's reader
// are made of. Pure.
#pragma once

#include <string>
#include <string_view>

namespace holdfast::manual {

[[nodiscard]] std::string commandPage(std::string_view version);     // holdfast(1)
[[nodiscard]] std::string daemonPage(std::string_view version);      // holdfastd(8)
[[nodiscard]] std::string propertiesPage(std::string_view version);  // holdfast.properties(5)

}  // namespace holdfast::manual

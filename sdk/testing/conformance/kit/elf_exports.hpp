// SPDX-License-Identifier: Apache-2.0
// What a shared object exports, read from the file without loading it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace holdfast::conformance {

// The symbols that others can bind to. Throws std::runtime_error for what is no shared object of
// this machine's word size.
[[nodiscard]] std::vector<std::string> exportedSymbols(const std::filesystem::path& file);

}  // namespace holdfast::conformance

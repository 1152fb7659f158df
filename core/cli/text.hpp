// SPDX-License-Identifier: Apache-2.0
// Text that came from elsewhere, made fit for a terminal. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::cli {

// Makes text from containers, registries and engines harmless on a terminal: colour sequences are
// dropped, every other control character is shown (^[ for ESC, ^J, \x9b for the 8-bit ones), as are
// bytes that are not UTF-8 and the characters that turn the direction of writing around. Tabs
// become one space. The result is one line.
[[nodiscard]] std::string oneLine(std::string_view text);

// The same for a line of a log: tabs stay, a carriage return at the end goes.
[[nodiscard]] std::string logLine(std::string_view line);

// Columns that the text takes on a terminal: two for a character of East Asian scripts and for most
// pictures, none for one that is drawn onto the one before.
[[nodiscard]] std::size_t displayWidth(std::string_view text);

// The text cut to `columns`, with "..." at the end when something was cut off.
[[nodiscard]] std::string truncated(std::string_view text, std::size_t columns);

// The text in lines of at most `columns`, broken at spaces; a word that is longer is cut in pieces.
// One line at least.
[[nodiscard]] std::vector<std::string> wrappedLines(std::string_view text, std::size_t columns);

// "1.2 MB": decimal units, as registries and engines count image sizes.
[[nodiscard]] std::string humanBytes(double bytes);

}  // namespace holdfast::cli

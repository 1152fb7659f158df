// SPDX-License-Identifier: Apache-2.0
// Reading answers of the API: a member that is missing, null or of another type is simply not
// there, so that a newer or older daemon never breaks the command line.
#pragma once

#include "model/time.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace holdfast::cli {

// The member of an object, nullptr when there is none or it is null.
[[nodiscard]] const boost::json::value* member(const boost::json::value& object,
                                               std::string_view name);

// Text of a string or number, "yes" or "no" of a boolean; empty for everything else. Strings are
// made harmless for a terminal (cli/text.hpp oneLine).
[[nodiscard]] std::string text(const boost::json::value& object, std::string_view name);

// A string as it was sent, for sending it back or writing it to a file.
[[nodiscard]] std::string rawText(const boost::json::value& object, std::string_view name);

[[nodiscard]] std::int64_t number(const boost::json::value& object, std::string_view name,
                                  std::int64_t otherwise = 0);
[[nodiscard]] bool flag(const boost::json::value& object, std::string_view name);
[[nodiscard]] std::optional<model::WallTime> instant(const boost::json::value& object,
                                                     std::string_view name);

// The member's elements; an empty array when there is none.
[[nodiscard]] const boost::json::array& list(const boost::json::value& object,
                                             std::string_view name);

// Two spaces for each level, one member a line, as `-o json` prints it; ends with a newline.
[[nodiscard]] std::string prettyJson(const boost::json::value& value);

}  // namespace holdfast::cli

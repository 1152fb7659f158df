// SPDX-License-Identifier: Apache-2.0
// The problems of a refused target as text. Pure.
#pragma once

#include <boost/json/array.hpp>

#include <string>
#include <string_view>

namespace holdfast::cli {

// One problem a line, as compilers do: "target.json:12:9: /apps/1001/services/0/imag: message".
// `document` is the text that `fileName` had; "-" as name is shown as "standard input".
[[nodiscard]] std::string problemLines(const boost::json::array& problems,
                                       std::string_view fileName, std::string_view document);

}  // namespace holdfast::cli

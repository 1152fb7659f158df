// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace holdfast::webhook {

// What is wrong with a Mustache template: "line 3: there is no field 'servce'; did you mean
// 'service'?". Empty when nothing is. Allowed are variables and sections of known fields, and
// comments; unescaped only the fields that hold JSON. Mustache itself takes an unknown name for an
// empty text, and would tell nobody.
[[nodiscard]] std::string templateProblem(std::string_view text);

}  // namespace holdfast::webhook

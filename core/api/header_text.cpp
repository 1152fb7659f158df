// SPDX-License-Identifier: Apache-2.0
#include "api/header_text.hpp"

#include <algorithm>

namespace holdfast::api {

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

}  // namespace holdfast::api

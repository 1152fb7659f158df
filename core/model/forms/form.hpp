// SPDX-License-Identifier: Apache-2.0
// A text form of the target ("8080:80/tcp", "512Mi", ...): read to a value, or what is wrong with
// it.
#pragma once

#include <boost/system/result.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace holdfast::model {

struct FormError {
  // Not an aggregate: a text must not pass for an error where a Form<std::string> is returned.
  FormError() = default;
  std::string message;  // what was found and what was expected; no secrets, no position
};
[[nodiscard]] FormError formError(std::string message);

// Check before use: *form on a failed one is undefined, as with std::optional.
template <class T>
using Form = boost::system::result<T, FormError>;

// A text from outside, fit for a message: in double quotes, cut to 64 bytes, control characters
// as \xNN.
[[nodiscard]] std::string inQuotes(std::string_view text);

// "a, b or c".
template <class Words>
[[nodiscard]] std::string alternatives(const Words& words) {
  std::string text;
  std::size_t left = std::size(words);
  for (const auto& word : words) {
    text += word;
    --left;
    text += left > 1 ? ", " : left == 1 ? " or " : "";
  }
  return text;
}

}  // namespace holdfast::model

// SPDX-License-Identifier: Apache-2.0
#include "holdfast/support/redactor.hpp"

#include <algorithm>
#include <cstddef>

namespace holdfast::support {
namespace {

constexpr std::size_t kMinLength = 6;
constexpr std::size_t kMinPart = 8;  // of a path: "alerts" and "webhook" are words

// How many bytes at the end of the text begin a secret that does not end in it; 0: none.
std::size_t cutOffLength(const std::vector<std::string>& secrets, std::string_view text) {
  std::size_t longest = 0;
  for (const std::string_view secret : secrets) {
    for (std::size_t length = std::min(secret.size() - 1, text.size());
         length >= kMinLength && length > longest; --length) {
      if (text.ends_with(secret.substr(0, length))) {
        longest = length;
      }
    }
  }
  return longest;
}

}  // namespace

void Redactor::add(std::string_view secret) {
  if (secret.size() >= kMinLength) {
    secrets_.emplace_back(secret);
  }
}

void Redactor::addTarget(std::string_view target) {
  add(target);
  while (!target.empty()) {
    const std::size_t end = std::min(target.find_first_of("/?&=;"), target.size());
    if (end >= kMinPart) {
      add(target.substr(0, end));
    }
    target.remove_prefix(std::min(end + 1, target.size()));
  }
}

std::string Redactor::redacted(std::string_view text) const {
  // Found in the text as it is: secrets contain, and may overlap, each other.
  std::vector<bool> hidden(text.size() - cutOffLength(secrets_, text), false);
  hidden.resize(text.size(), true);
  for (const std::string& secret : secrets_) {
    for (std::size_t at = 0; (at = text.find(secret, at)) != std::string_view::npos; ++at) {
      std::fill_n(hidden.begin() + static_cast<std::ptrdiff_t>(at), secret.size(), true);
    }
  }
  std::string result;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!hidden[at]) {
      result += text[at];
    } else if (at == 0 || !hidden[at - 1]) {
      result += "***";
    }
  }
  return result;
}

}  // namespace holdfast::support

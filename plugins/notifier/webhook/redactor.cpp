// SPDX-License-Identifier: Apache-2.0
#include "notifier/webhook/redactor.hpp"

#include <algorithm>

namespace holdfast::webhook {
namespace {

constexpr std::size_t kMinLength = 6;
constexpr std::size_t kMinPart = 8;  // of a path: "alerts" and "webhook" are words

}  // namespace

void Redactor::add(std::string_view secret) {
  if (secret.size() < kMinLength) {
    return;
  }
  const auto at =
      std::find_if(secrets_.begin(), secrets_.end(),
                   [secret](const std::string& other) { return other.size() < secret.size(); });
  secrets_.emplace(at, secret);
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
  std::string result(text);
  for (const std::string& secret : secrets_) {
    for (std::size_t at = 0; (at = result.find(secret, at)) != std::string::npos; at += 3) {
      result.replace(at, secret.size(), "***");
    }
  }
  return result;
}

}  // namespace holdfast::webhook

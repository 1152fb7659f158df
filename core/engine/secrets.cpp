// SPDX-License-Identifier: Apache-2.0
#include "engine/secrets.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace holdfast::engine {
namespace {

constexpr std::string_view kMask = "***";

void mask(std::string& text, const std::string& secret) {
  for (auto at = text.find(secret); at != std::string::npos;
       at = text.find(secret, at + kMask.size())) {
    text.replace(at, secret.size(), kMask);
  }
}

}  // namespace

std::vector<std::string> secretsOf(const model::Service& service) {
  std::vector<std::string> secrets;
  for (const auto& [name, value] : service.environment) {
    if (value.size() >= kLeastSecret)
      secrets.push_back(value);
  }
  return secrets;
}

std::string withoutSecrets(std::string text, std::vector<std::string> secrets) {
  std::sort(secrets.begin(), secrets.end(),
            [](const auto& left, const auto& right) { return left.size() > right.size(); });
  for (const auto& secret : secrets) {
    if (secret.size() >= kLeastSecret)
      mask(text, secret);
  }
  return text;
}

}  // namespace holdfast::engine

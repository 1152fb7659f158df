// SPDX-License-Identifier: Apache-2.0
#include "engine/masked_answer.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace holdfast::engine {
namespace {

constexpr std::string_view kMask = "***";

void mask(std::string& text, const std::string& value) {
  for (auto at = text.find(value); at != std::string::npos;
       at = text.find(value, at + kMask.size())) {
    text.replace(at, value.size(), kMask);
  }
}

}  // namespace

CallResult maskedAnswer(CallResult result, const model::Service& service) {
  for (const auto& [name, value] : service.environment) {
    if (value.size() < kLeastSecret)
      continue;
    mask(result.message, value);
    mask(result.raw, value);
  }
  return result;
}

}  // namespace holdfast::engine

// SPDX-License-Identifier: Apache-2.0
#include "probes/output_text.hpp"

#include "engine/probe_port.hpp"
#include "model/text.hpp"

#include <algorithm>

namespace holdfast::probes {
namespace {

constexpr std::size_t kMaxShown = 1024;
constexpr std::string_view kHidden = "***";

void hide(std::string& text, const std::string& secret) {
  for (auto at = text.find(secret); at != std::string::npos;
       at = text.find(secret, at + kHidden.size())) {
    text.replace(at, secret.size(), kHidden);
  }
}

}  // namespace

std::string shownText(std::string_view text, const std::vector<std::string>& secrets) {
  std::string shown(text);
  // The longest first: one secret may be part of another.
  std::vector<const std::string*> order;
  for (const auto& secret : secrets) {
    if (secret.size() >= engine::kMinSecret)
      order.push_back(&secret);
  }
  std::sort(order.begin(), order.end(),
            [](const auto* left, const auto* right) { return left->size() > right->size(); });
  for (const auto* secret : order)
    hide(shown, *secret);
  return model::oneLine(shown, kMaxShown);
}

}  // namespace holdfast::probes

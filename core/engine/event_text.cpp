// SPDX-License-Identifier: Apache-2.0
#include "engine/event_text.hpp"

#include "model/status.hpp"

#include <algorithm>

namespace holdfast::engine {

model::EventDraft eventOf(const std::string& serviceKey, model::EventType type, std::string reason,
                          std::string message) {
  const auto slash = serviceKey.find('/');
  return {.type = type,
          .reason = std::move(reason),
          .app = serviceKey.substr(0, slash),
          .service = slash == std::string::npos ? "" : serviceKey.substr(slash + 1),
          .message = std::move(message)};
}

model::EventDraft eventOf(model::EventType type, std::string reason, std::string message) {
  return {.type = type,
          .reason = std::move(reason),
          .app = {},
          .service = {},
          .message = std::move(message)};
}

std::string pulledText(const std::string& image, model::Milliseconds took, std::int64_t sizeBytes) {
  std::string text =
      "Successfully pulled image \"" + image + "\" in " + model::formatDuration(took) + ".";
  if (sizeBytes > 0)
    text += " Image size: " + std::to_string(sizeBytes) + " bytes.";
  return text;
}

std::string outlookText(const retry::Entry& entry, const model::Now& now) {
  if (entry.exhausted)
    return "gave up after " + std::to_string(entry.retryCount) + " retries";
  if (!entry.due)
    return "no retry: fix the specification";
  const auto left = std::max(model::Milliseconds{0}, *entry.due - now.boot);
  return "retry " + model::attemptText(entry.retryCount, entry.maxRetries) + " in " +
         model::humanDuration(left);
}

}  // namespace holdfast::engine

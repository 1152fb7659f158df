// SPDX-License-Identifier: Apache-2.0
#include "cli/service_words.hpp"

#include "cli/json_view.hpp"
#include "cli/text.hpp"
#include "model/status.hpp"

#include <algorithm>

namespace holdfast::cli {
namespace json = boost::json;

std::string age(model::WallTime then, model::WallTime now) {
  return model::humanDuration(std::max(now - then, model::Milliseconds(0)));
}

std::string displayName(const json::value& service) {
  return text(service, "appName") + "/" + text(service, "serviceName");
}

bool failing(const json::value& service) {
  return rawText(service, "serviceStatus") == "error";
}

std::string attempt(const json::value& retry) {
  return "(" +
         model::attemptText(static_cast<int>(number(retry, "retryCount")),
                            static_cast<int>(number(retry, "maxRetries"))) +
         ")";
}

std::string pullShare(const json::value& service) {
  const json::value* const pull = member(service, "pull");
  if (pull == nullptr) {
    return {};
  }
  const std::int64_t done = number(*pull, "done");
  const std::int64_t total = number(*pull, "total");
  if (total <= 0) {
    return done > 0 ? humanBytes(static_cast<double>(done)) : std::string();
  }
  const double share = static_cast<double>(done) / static_cast<double>(total);
  return std::to_string(static_cast<int>(100 * std::clamp(share, 0.0, 1.0))) + "%";
}

std::string statusWord(const json::value& service) {
  std::string word = text(service, "reason");
  if (word.empty()) {
    word = text(service, "serviceStatus");
  }
  if (const std::string share = pullShare(service); word == "Pulling" && !share.empty()) {
    word += " " + share;
  }
  return flag(service, "stale") ? word + " (stale)" : word;
}

std::string nextRetry(const json::value& service, model::WallTime now) {
  const json::value* const error = member(service, "error");
  if (error == nullptr) {
    return {};
  }
  if (flag(*error, "exhausted")) {
    return "gave up";
  }
  const auto next = instant(*error, "nextRetry");
  if (!next) {
    // Nothing is waited for: either it is being tried right now, or only a change of the
    // specification helps.
    const bool fix = rawText(*error, "class") == "invalid" || number(*error, "retryCount") == 0;
    return fix ? "fix spec" : "now " + attempt(*error);
  }
  const std::string when = *next <= now ? "now" : "in " + model::humanDuration(*next - now);
  return when + " " + attempt(*error);
}

std::string restarts(const json::value& service, model::WallTime now) {
  const std::int64_t count = number(service, "restartCount");
  std::string out = std::to_string(count);
  const json::value* const last = member(service, "lastState");
  if (count > 0 && last != nullptr) {
    if (const auto finished = instant(*last, "finishedAt")) {
      out += " (" + age(*finished, now) + " ago)";
    }
  }
  return out;
}

}  // namespace holdfast::cli

// SPDX-License-Identifier: Apache-2.0
#include "api/parameters.hpp"

#include <charconv>

namespace holdfast::api {
namespace {

[[noreturn]] void refuse(const std::string& name, const std::string& found,
                         const std::string& expected) {
  throw BadParameter("parameter '" + name + "': found '" + found.substr(0, 100) + "', expected " +
                     expected);
}

constexpr std::int64_t kMaxWaitSeconds = 60;

}  // namespace

std::optional<std::int64_t> numberParameter(const Request& request, const std::string& name,
                                            std::int64_t least, std::int64_t most) {
  const auto found = request.query.find(name);
  if (found == request.query.end()) {
    return std::nullopt;
  }
  const auto& text = found->second;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < least || value > most) {
    refuse(name, text,
           "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  }
  return value;
}

bool flagParameter(const Request& request, const std::string& name) {
  const auto found = request.query.find(name);
  if (found == request.query.end() || found->second == "0" || found->second == "false") {
    return false;
  }
  if (!found->second.empty() && found->second != "1" && found->second != "true") {
    refuse(name, found->second, "1 or 0");
  }
  return true;
}

std::optional<model::WallTime> instantParameter(const Request& request, const std::string& name,
                                                model::WallTime now) {
  const auto found = request.query.find(name);
  if (found == request.query.end() || found->second.empty()) {
    return std::nullopt;
  }
  if (const auto back = model::parseDuration(found->second)) {
    return now - *back;
  }
  if (const auto at = model::fromRfc3339(found->second)) {
    return at;
  }
  refuse(name, found->second, "a duration back (1h) or an instant (2025-10-24T10:16:02Z)");
}

model::Milliseconds waitParameter(const Request& request) {
  return std::chrono::seconds{numberParameter(request, "wait", 0, kMaxWaitSeconds).value_or(0)};
}

}  // namespace holdfast::api

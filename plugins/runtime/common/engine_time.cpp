// SPDX-License-Identifier: Apache-2.0
#include "runtime/common/engine_time.hpp"

#include "holdfast/sdk/runtime.hpp"

#include <charconv>
#include <chrono>
#include <optional>

namespace holdfast::runtime {
namespace {

// Takes `count` digits and the separator after them (0: none) off the text.
std::optional<int> takeNumber(std::string_view& text, std::size_t count, char separator) {
  if (text.size() < count) {
    return std::nullopt;
  }
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + count, number);
  if (error != std::errc{} || end != text.data() + count || number < 0) {
    return std::nullopt;
  }
  text.remove_prefix(count);
  if (separator != '\0') {
    if (!text.starts_with(separator)) {
      return std::nullopt;
    }
    text.remove_prefix(1);
  }
  return number;
}

std::int64_t takeFraction(std::string_view& text) {
  if (!text.starts_with('.')) {
    return 0;
  }
  text.remove_prefix(1);
  std::int64_t milliseconds = 0;
  int digits = 0;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    if (digits < 3) {
      milliseconds = milliseconds * 10 + (text.front() - '0');
    }
    ++digits;
    text.remove_prefix(1);
  }
  for (; digits < 3; ++digits) {
    milliseconds *= 10;
  }
  return milliseconds;
}

std::optional<std::chrono::minutes> takeOffset(std::string_view text) {
  if (text == "Z") {
    return std::chrono::minutes(0);
  }
  if (text.empty() || (text.front() != '+' && text.front() != '-')) {
    return std::nullopt;
  }
  const int sign = text.front() == '-' ? -1 : 1;
  text.remove_prefix(1);
  const std::optional<int> hours = takeNumber(text, 2, ':');
  const std::optional<int> minutes = hours ? takeNumber(text, 2, '\0') : std::nullopt;
  if (!minutes || !text.empty()) {
    return std::nullopt;
  }
  return std::chrono::minutes(sign * (*hours * 60 + *minutes));
}

}  // namespace

std::int64_t parseEngineTime(std::string_view text) {
  using namespace std::chrono;
  const std::optional<int> yearNumber = takeNumber(text, 4, '-');
  const std::optional<int> monthNumber = yearNumber ? takeNumber(text, 2, '-') : std::nullopt;
  const std::optional<int> dayNumber = monthNumber ? takeNumber(text, 2, 'T') : std::nullopt;
  const std::optional<int> hourNumber = dayNumber ? takeNumber(text, 2, ':') : std::nullopt;
  const std::optional<int> minuteNumber = hourNumber ? takeNumber(text, 2, ':') : std::nullopt;
  const std::optional<int> secondNumber = minuteNumber ? takeNumber(text, 2, '\0') : std::nullopt;
  if (!secondNumber || *yearNumber < 1970) {
    return sdk::kNoTime;
  }
  const std::int64_t fraction = takeFraction(text);
  const std::optional<minutes> offset = takeOffset(text);
  const year_month_day date{year{*yearNumber}, month{static_cast<unsigned>(*monthNumber)},
                            day{static_cast<unsigned>(*dayNumber)}};
  if (!offset || !date.ok()) {
    return sdk::kNoTime;
  }
  const auto instant = sys_days{date} + hours{*hourNumber} + minutes{*minuteNumber} +
                       seconds{*secondNumber} - *offset;
  return duration_cast<milliseconds>(instant.time_since_epoch()).count() + fraction;
}

std::string formatEngineTime(std::int64_t milliseconds) {
  const std::string fraction = std::to_string(1000 + milliseconds % 1000);
  return std::to_string(milliseconds / 1000) + "." + fraction.substr(1) + "000000";
}

}  // namespace holdfast::runtime

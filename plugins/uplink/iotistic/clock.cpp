// SPDX-License-Identifier: Apache-2.0
#include "uplink/iotistic/clock.hpp"

#include "holdfast/support/time_text.hpp"

#include <ctime>

namespace holdfast::iotistic {

std::int64_t buildDaySeconds() {
  static const std::int64_t seconds = [] {
    std::tm day{};
    ::strptime(HOLDFAST_BUILD_DAY, "%Y-%m-%d", &day);
    return std::int64_t{::timegm(&day)};
  }();
  return seconds;
}

std::string clockComplaint(std::int64_t nowSeconds) {
  if (nowSeconds >= buildDaySeconds()) {
    return {};
  }
  return "this device's clock says " + timeText(nowSeconds) +
         ", which is before this program was built (" HOLDFAST_BUILD_DAY
         "): set it, or look why no time server does";
}

std::string timeText(std::int64_t seconds) {
  std::string text = support::rfc3339(seconds * 1000);
  return text.erase(text.rfind('.'), 4);
}

std::optional<std::int64_t> dateOf(std::string_view header) {
  std::tm parts{};
  const std::string text(header);
  const char* const end = ::strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  if (end == nullptr || *end != '\0') {
    return std::nullopt;
  }
  return std::int64_t{::timegm(&parts)};
}

}  // namespace holdfast::iotistic

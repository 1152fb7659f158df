// SPDX-License-Identifier: Apache-2.0
#include "api/session_cookie.hpp"

#include <algorithm>

namespace holdfast::api {
namespace {

constexpr std::string_view kName = "holdfast_session=";
constexpr std::string_view kAttributes = "; Path=/; HttpOnly; SameSite=Strict";

}  // namespace

std::string sessionIn(std::string_view cookie) {
  for (std::string_view rest = cookie; !rest.empty();) {
    const auto end = rest.find(';');
    auto pair = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    pair.remove_prefix(std::min(pair.find_first_not_of(' '), pair.size()));
    if (pair.starts_with(kName)) {
      return std::string(pair.substr(kName.size()));
    }
  }
  return "";
}

std::string cookieOf(const std::string& session) {
  return std::string(kName) + session + std::string(kAttributes);
}

std::string noCookie() {
  return std::string(kName) + std::string(kAttributes) + "; Max-Age=0";
}

}  // namespace holdfast::api

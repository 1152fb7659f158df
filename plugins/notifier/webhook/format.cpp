// SPDX-License-Identifier: Apache-2.0
#include "notifier/webhook/format.hpp"

#include <algorithm>

namespace holdfast::webhook {
namespace {

bool beginsWith(std::string_view text, std::string_view lowerCase) {
  return text.size() >= lowerCase.size() &&
         std::equal(lowerCase.begin(), lowerCase.end(), text.begin(), [](char wanted, char is) {
           return wanted == (is >= 'A' && is <= 'Z' ? static_cast<char>(is + 32) : is);
         });
}

// The media type alone proves nothing: Slack says its "ok" as text/html.
bool isWebPage(const support::HttpResponse& answer) {
  std::string_view body = answer.body;
  body.remove_prefix(std::min(body.find_first_not_of(" \t\r\n\xef\xbb\xbf"), body.size()));
  return beginsWith(body, "<!doctype html") || beginsWith(body, "<html") ||
         (body.starts_with('<') && beginsWith(answer.header("content-type"), "text/html"));
}

}  // namespace

bool Format::accepts(const support::HttpResponse& answer) const {
  return !isWebPage(answer);
}

std::string_view Format::expectation() const {
  return "no web page";
}

}  // namespace holdfast::webhook

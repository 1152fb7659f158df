// SPDX-License-Identifier: Apache-2.0
#include "runtime/common/error_rules.hpp"

#include "holdfast/support/json.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace holdfast::runtime {
namespace {

// What names of images, tags, hosts and containers consist of.
bool isOfName(char c) {
  constexpr std::string_view kMarks = "-_./:@";
  return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
         kMarks.find(c) != std::string_view::npos;
}

// Does the word that stands there stand alone? A full stop or a colon may end a sentence.
bool standsAlone(std::string_view text, std::size_t begin, std::size_t size) {
  if (begin > 0 && isOfName(text[begin - 1])) {
    return false;
  }
  std::string_view after = text.substr(begin + size, 2);
  if (after.starts_with('.') || after.starts_with(':')) {
    after.remove_prefix(1);
  }
  return after.empty() || !isOfName(after.front());
}

// Where the rule's text stands, npos when it does not.
std::size_t matchOf(const ErrorRule& rule, std::string_view text) {
  std::size_t at = text.find(rule.text);
  const bool isWord =
      !rule.text.empty() && std::all_of(rule.text.begin(), rule.text.end(), isOfName);
  if (rule.calls != kPull || !isWord) {
    return at;
  }
  while (at != std::string_view::npos && !standsAlone(text, at, rule.text.size())) {
    at = text.find(rule.text, at + 1);
  }
  return at;
}

std::string_view told(const ErrorRule& rule, std::string_view text, std::size_t match) {
  switch (rule.tell) {
    case Tell::All:
      return text;
    case Tell::Words:
      return rule.words;
    case Tell::FromMatch:
      return text.substr(match);
    case Tell::FromWords: {
      const std::size_t begin = text.rfind(rule.words, match);
      return begin == std::string_view::npos ? text : text.substr(begin);
    }
  }
  return text;
}

// With these words an engine or its run time ends an error without saying more.
constexpr std::array<std::string_view, 4> kSaysNothing = {
    ": unknown", ": OCI runtime error", ": OCI permission denied",
    ": OCI runtime attempted to invoke a command that was not found"};

// One line without what says nothing.
std::string tidied(std::string_view text) {
  std::string line(text.substr(0, kMaxMessageBytes));
  std::replace_if(
      line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  while (line.ends_with(' ')) {
    line.pop_back();
  }
  for (const std::string_view words : kSaysNothing) {
    if (line.ends_with(words)) {
      line.resize(line.size() - words.size());
    }
  }
  return line;
}

}  // namespace

ClassifiedError classify(std::span<const ErrorRule> rules, EngineCall call, int status,
                         std::string_view text) {
  for (const ErrorRule& rule : rules) {
    if ((rule.calls & call) == 0 || (rule.status != 0 && rule.status != status)) {
      continue;
    }
    if (const std::size_t match = matchOf(rule, text); match != std::string_view::npos) {
      return {rule.errorClass, tidied(told(rule, text, match))};
    }
  }
  return {sdk::ErrorClass::Internal, tidied(text)};
}

std::string errorText(const support::HttpResponse& response) {
  if (const auto body = support::parseJson(response.body)) {
    if (const std::string_view message = support::jsonText(*body, {"message"}); !message.empty()) {
      return std::string(message);
    }
  }
  std::string text = tidied(response.body);
  return text.empty() ? "HTTP status " + std::to_string(response.status) : text;
}

std::string rawAnswer(int status, std::string_view body) {
  return "HTTP " + std::to_string(status) + "\n" + std::string(body);
}

}  // namespace holdfast::runtime

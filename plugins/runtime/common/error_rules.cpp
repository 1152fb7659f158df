// SPDX-License-Identifier: Apache-2.0
#include "runtime/common/error_rules.hpp"

#include "holdfast/support/json.hpp"

#include <algorithm>
#include <array>

namespace holdfast::runtime {
namespace {

std::string_view told(const ErrorRule& rule, std::string_view text) {
  const std::size_t match = text.find(rule.text);
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
    if ((rule.calls & call) != 0 && (rule.status == 0 || rule.status == status) &&
        text.find(rule.text) != std::string_view::npos) {
      return {rule.errorClass, tidied(told(rule, text))};
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

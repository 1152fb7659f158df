// SPDX-License-Identifier: Apache-2.0
// Slack's incoming webhooks, which Mattermost and Rocket.Chat understand as well.
#include "holdfast/support/utf8.hpp"
#include "notifier/webhook/chat.hpp"
#include "notifier/webhook/formats/formats.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <utility>

namespace holdfast::webhook {
namespace {

namespace json = boost::json;
using support::clipped;

// Limits of Slack's Block Kit, in characters; escaping makes text longer after it was cut, so the
// part that is cut stays well below.
constexpr std::size_t kMaxHeader = 150;
constexpr std::size_t kMaxText = 1000;
constexpr std::size_t kMaxFact = 200;
constexpr std::size_t kMaxSection = 3000;
constexpr std::size_t kMaxAlerts = 20;  // of 50 blocks
// A text of many lines, as a summary has: of lines of the host's length, in a few sections.
constexpr std::size_t kMaxLine = 400;
constexpr std::size_t kMaxLines = 20'000;

// Slack's three control characters: without them no text mentions anybody or makes a link.
std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

json::object plain(const std::string& text) {
  return {{"type", "plain_text"}, {"text", text}};
}

json::object section(const std::string& markdown) {
  return {{"type", "section"}, {"text", {{"type", "mrkdwn"}, {"text", markdown}}}};
}

json::object context(const std::string& text) {
  return {{"type", "context"}, {"elements", json::array{plain(text)}}};
}

// Lines are added as long as they fit, so that no escape sequence is cut.
std::string alertText(const Alert& alert, const Message& message) {
  std::string text = "*" + escaped(clipped(alertTitle(alert, message), kMaxHeader)) + "*";
  const auto add = [&text](const std::string& line) {
    if (text.size() + line.size() < kMaxSection) {
      text += "\n" + line;
    }
  };
  if (!alert.message.empty()) {
    add(escaped(clipped(alert.message, kMaxText)));
  }
  for (const auto& [name, value] : notifier::factsOf(alert)) {
    add(name + ": " + escaped(clipped(value, kMaxFact)));
  }
  return text;
}

// No section ends within a line, let alone within an escape sequence.
void addText(const std::string& text, json::array& blocks) {
  std::string part;
  for (const std::string& line : fittingLines(text, kMaxLines, kMaxLine)) {
    const std::string shown = escaped(line);
    if (!part.empty() && part.size() + shown.size() >= kMaxSection) {
      blocks.push_back(section(std::exchange(part, {})));
    }
    part += (part.empty() ? "" : "\n") + shown;
  }
  blocks.push_back(section(part));
}

class Slack final : public Format {
 public:
  [[nodiscard]] Payload render(const Message& message,
                               const FormatContext& formatContext) const override {
    json::array blocks;
    blocks.push_back({{"type", "header"}, {"text", plain(clipped(headline(message), kMaxHeader))}});
    const std::size_t shown = std::min(message.alerts.size(), kMaxAlerts);
    for (std::size_t at = 0; at < shown; ++at) {
      blocks.push_back(section(alertText(message.alerts[at], message)));
    }
    if (shown == 0 && !message.text.empty()) {
      addText(message.text, blocks);
    }
    if (const std::string more = remainder(message, shown); !more.empty()) {
      blocks.push_back(section(more));
    }
    blocks.push_back(context(clipped(origin(message), kMaxHeader)));
    json::object body;
    body["text"] = escaped(clipped(headline(message), kMaxText));  // of the notification on phones
    body["blocks"] = std::move(blocks);
    return {.body = json::serialize(body), .target = formatContext.target};
  }

  // Slack answers 200 with another text where it did not post.
  [[nodiscard]] bool accepts(const support::HttpResponse& answer) const override {
    return answer.status == 200 && answer.body == "ok";
  }
  [[nodiscard]] std::string_view expectation() const override { return "status 200, text ok"; }
};

}  // namespace

std::unique_ptr<Format> makeSlack() {
  return std::make_unique<Slack>();
}

}  // namespace holdfast::webhook

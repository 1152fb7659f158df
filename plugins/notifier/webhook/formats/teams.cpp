// SPDX-License-Identifier: Apache-2.0
// Microsoft Teams: a card for the workflow "post to a channel when a webhook request is received".
#include "holdfast/support/utf8.hpp"
#include "notifier/webhook/chat.hpp"
#include "notifier/webhook/formats/formats.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace holdfast::webhook {
namespace {

namespace json = boost::json;
using support::clipped;

// Teams refuses messages of more than about 28 KB; some were refused from 21 KB on.
constexpr std::size_t kMaxBytes = 20'000;
constexpr std::size_t kMaxTitle = 250;
constexpr std::size_t kMaxText = 1000;
constexpr std::size_t kMaxFact = 200;
constexpr std::size_t kMaxAlerts = 20;
// Of a text of many lines, as a summary has: escaped, and with what each paragraph takes, it stays
// below kMaxBytes.
constexpr std::size_t kMaxLines = 6'000;
constexpr std::size_t kMaxLine = 400;

// A RichTextBlock shows text as it is; a TextBlock would read Markdown in it.
json::object paragraph(const std::string& text, const json::object& style = {}) {
  json::object run{{"type", "TextRun"}, {"text", text}};
  for (const auto& [name, value] : style) {
    run[name] = value;
  }
  return {{"type", "RichTextBlock"}, {"inlines", json::array{run}}};
}

const char* colourName(const Message& message) {
  if (message.state == sdk::NotificationState::Resolved) {
    return "good";
  }
  if (message.severity == sdk::Severity::Info) {
    return "accent";
  }
  return message.severity == sdk::Severity::Warning ? "warning" : "attention";
}

void addAlert(const Alert& alert, const Message& message, json::array& body) {
  body.push_back(paragraph(clipped(alertTitle(alert, message), kMaxTitle), {{"weight", "bolder"}}));
  if (!alert.message.empty()) {
    body.push_back(paragraph(clipped(alert.message, kMaxText)));
  }
  for (const auto& [name, value] : notifier::factsOf(alert)) {
    body.push_back(paragraph(name + ": " + clipped(value, kMaxFact), {{"isSubtle", true}}));
  }
}

std::string card(const Message& message, std::size_t shown) {
  json::array body;
  body.push_back(
      paragraph(clipped(headline(message), kMaxTitle),
                {{"size", "large"}, {"weight", "bolder"}, {"color", colourName(message)}}));
  for (std::size_t at = 0; at < shown; ++at) {
    addAlert(message.alerts[at], message, body);
  }
  if (shown == 0 && !message.text.empty()) {
    for (const std::string& line : fittingLines(message.text, kMaxLines, kMaxLine)) {
      body.push_back(paragraph(line));
    }
  }
  if (const std::string more = remainder(message, shown); !more.empty()) {
    body.push_back(paragraph(more));
  }
  body.push_back(paragraph(clipped(origin(message), kMaxTitle), {{"isSubtle", true}}));
  const json::object content{{"$schema", "http://adaptivecards.io/schemas/adaptive-card.json"},
                             {"type", "AdaptiveCard"},
                             {"version", "1.2"},
                             {"body", std::move(body)},
                             {"msteams", {{"width", "full"}}}};
  const json::object attachment{{"contentType", "application/vnd.microsoft.card.adaptive"},
                                {"contentUrl", nullptr},
                                {"content", content}};
  return json::serialize(
      json::object{{"type", "message"}, {"attachments", json::array{attachment}}});
}

class Teams final : public Format {
 public:
  [[nodiscard]] Payload render(const Message& message,
                               const FormatContext& context) const override {
    const std::size_t most = std::min(message.alerts.size(), kMaxAlerts);
    return {.body = fitted(most, kMaxBytes,
                           [&message](std::size_t shown) { return card(message, shown); }),
            .target = context.target};
  }
};

}  // namespace

std::unique_ptr<Format> makeTeams() {
  return std::make_unique<Teams>();
}

}  // namespace holdfast::webhook

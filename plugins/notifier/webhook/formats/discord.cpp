// SPDX-License-Identifier: Apache-2.0
// Discord's webhooks.
#include "holdfast/support/json.hpp"
#include "holdfast/support/utf8.hpp"
#include "notifier/webhook/chat.hpp"
#include "notifier/webhook/formats/formats.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

namespace holdfast::webhook {
namespace {

namespace json = boost::json;
using support::clipped;

// Discord's limits are 2000 for content, 256 for a title, 4096 for a description, 1024 for a field,
// 10 embeds, and 6000 for all embeds together. Less is shown of each, so that several fit in.
constexpr std::size_t kMaxContent = 2000;
constexpr std::size_t kMaxTitle = 256;
constexpr std::size_t kMaxText = 1000;
constexpr std::size_t kMaxFact = 200;
constexpr std::size_t kMaxAlerts = 10;
constexpr std::size_t kMaxAllEmbeds = 6000;

struct Embed {
  json::object json;
  std::size_t size = 0;  // what counts towards kMaxAllEmbeds, in bytes: never less than characters
};

Embed embedOf(const Alert& alert, const Message& message) {
  Embed embed;
  const std::string title = clipped(alertTitle(alert, message), kMaxTitle);
  const std::string text = clipped(alert.message, kMaxText);
  embed.json["title"] = title;
  embed.json["description"] = text;
  embed.json["color"] = colour(alert.state, alert.severity);
  embed.json["timestamp"] = message.timestamp;
  embed.size = title.size() + text.size();
  json::array fields;
  for (const auto& [name, value] : notifier::factsOf(alert)) {
    const std::string shown = clipped(value, kMaxFact);
    fields.push_back({{"name", name}, {"value", shown}, {"inline", true}});
    embed.size += name.size() + shown.size();
  }
  embed.json["fields"] = std::move(fields);
  return embed;
}

// A text of many lines, as a summary has, does not fit into the content.
json::object embedOf(const Message& message) {
  constexpr std::size_t kMaxDescription = 3'500;  // of 4096
  constexpr std::size_t kMaxLine = 400;
  return {{"description", fittingText(message.text, kMaxDescription, kMaxLine)},
          {"color", colour(message.state, message.severity)},
          {"timestamp", message.timestamp}};
}

class Discord final : public Format {
 public:
  [[nodiscard]] Payload render(const Message& message,
                               const FormatContext& context) const override {
    json::array embeds;
    std::size_t size = 0;
    for (const Alert& alert : message.alerts) {
      Embed embed = embedOf(alert, message);
      size += embed.size;
      if (embeds.size() == kMaxAlerts || size > kMaxAllEmbeds) {
        break;
      }
      embeds.push_back(std::move(embed.json));
    }
    std::string content = headline(message);
    const std::string more = remainder(message, embeds.size());
    if (message.alerts.empty() && message.text.find('\n') != std::string::npos) {
      embeds.push_back(embedOf(message));
    } else if (message.alerts.empty() && !message.text.empty()) {
      content += "\n" + message.text;
    }
    const std::string end =
        (more.empty() ? "" : "\n" + more) + "\n" + clipped(origin(message), 200);
    json::object body;
    body["content"] = clipped(content, kMaxContent - 300) + end;
    body["embeds"] = std::move(embeds);
    body["allowed_mentions"] = {{"parse", json::array()}};  // no text mentions anybody
    return {.body = json::serialize(body), .target = context.target};
  }

  // 204, or with ?wait=true the message that was posted.
  [[nodiscard]] bool accepts(const support::HttpResponse& answer) const override {
    if (answer.status == 204) {
      return true;
    }
    const auto posted = support::parseJson(answer.body);
    return answer.status == 200 && posted && !support::jsonText(*posted, {"id"}).empty();
  }
  [[nodiscard]] std::string_view expectation() const override {
    return "status 204, or the posted message";
  }
};

}  // namespace

std::unique_ptr<Format> makeDiscord() {
  return std::make_unique<Discord>();
}

}  // namespace holdfast::webhook

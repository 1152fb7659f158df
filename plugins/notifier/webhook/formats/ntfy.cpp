// SPDX-License-Identifier: Apache-2.0
// ntfy: notifications on phones. JSON goes to the root of the server, with the topic inside.
#include "holdfast/support/json.hpp"
#include "holdfast/support/utf8.hpp"
#include "notifier/webhook/chat.hpp"
#include "notifier/webhook/formats/formats.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

namespace holdfast::webhook {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxTitle = 250;
// A message that is longer, in bytes, becomes an attachment.
constexpr std::size_t kMaxMessage = 4096;
constexpr std::size_t kMaxLine = 900;  // at four bytes a character still within that

int priority(const Message& message) {
  if (message.state != sdk::NotificationState::Firing) {
    return 3;
  }
  switch (message.severity) {
    case sdk::Severity::Critical:
      return 5;
    case sdk::Severity::Error:
      return 4;
    case sdk::Severity::Warning:
      return 3;
    case sdk::Severity::Info:
      return 2;
  }
  return 3;
}

class Ntfy final : public Format {
 public:
  // The last part of the configured path is the topic; what stands before it, the server's root.
  [[nodiscard]] Payload render(const Message& message,
                               const FormatContext& context) const override {
    const std::string path = context.target.substr(0, context.target.find('?'));
    const std::size_t slash = path.find_last_of('/');
    const std::string topic = slash == std::string::npos ? "" : path.substr(slash + 1);
    if (topic.empty()) {
      throw FormatError("format ntfy: the URL ends in no topic, as in https://ntfy.sh/alerts");
    }
    json::object body;
    body["topic"] = topic;
    body["title"] = support::clipped(headline(message), kMaxTitle);
    const std::string end = "\n" + support::clippedToBytes(origin(message), kMaxTitle);
    body["message"] = fittingText(message.text.empty() ? message.title : message.text,
                                  kMaxMessage - end.size(), kMaxLine) +
                      end;
    body["priority"] = priority(message);
    body["tags"] = json::array{json::string_view(notifier::word(message.state)),
                               json::string_view(notifier::word(message.severity))};
    return {.body = json::serialize(body), .target = path.substr(0, slash + 1)};
  }

  [[nodiscard]] bool accepts(const support::HttpResponse& answer) const override {
    const auto published = support::parseJson(answer.body);
    return answer.status == 200 && published && !support::jsonText(*published, {"id"}).empty();
  }
  [[nodiscard]] std::string_view expectation() const override {
    return "status 200 and the published message";
  }
};

}  // namespace

std::unique_ptr<Format> makeNtfy() {
  return std::make_unique<Ntfy>();
}

}  // namespace holdfast::webhook

// SPDX-License-Identifier: Apache-2.0
// A body of the user's own: a Mustache template that gives JSON.
#include "holdfast/support/json.hpp"
#include "notifier/webhook/formats/formats.hpp"
#include "notifier/webhook/template_fields.hpp"
#include "notifier/webhook/template_lint.hpp"

#include <boost/json/serialize.hpp>

namespace holdfast::webhook {
namespace {

namespace json = boost::json;
namespace mustache = kainjow::mustache;

constexpr std::size_t kMaxBody = 1024u * 1024;

// The text as it stands between the quotes of a JSON string.
std::string escaped(const std::string& text) {
  const std::string quoted = json::serialize(json::string(text));
  return quoted.substr(1, quoted.size() - 2);
}

class Template final : public Format {
 public:
  explicit Template(std::string text) : text_(std::move(text)) {}

  [[nodiscard]] Payload render(const Message& message,
                               const FormatContext& context) const override {
    // Parsed each time: its render() changes the parsed template, and calls may overlap.
    mustache::mustache parsed(text_);
    if (!parsed.is_valid()) {
      throw FormatError("template: " + parsed.error_message());
    }
    parsed.set_custom_escape(escaped);
    std::string body = parsed.render(templateData(message));
    if (body.size() > kMaxBody) {
      throw FormatError("template: it gives more than 1 MiB");
    }
    if (!support::parseJson(body)) {
      throw FormatError("template: what it gives is no JSON");
    }
    return {.body = std::move(body), .target = context.target};
  }

 private:
  std::string text_;
};

// Messages that say everything and nothing: a template must give JSON for both.
Message sampleMessage(bool full) {
  Message message;
  message.id = "sample";
  message.group = "sample";
  message.title = "A \"title\"";
  message.text = "A line\nand another";
  message.timestamp = "2026-01-02T03:04:05.678Z";
  if (full) {
    for (const char* state : {"firing", "resolved"}) {
      notifier::Alert alert;
      alert.app = "app";
      alert.service = "service";
      for (const char* name :
           {"id", "alert", "severity", "app", "service", "runtime", "image", "reason", "message",
            "class", "nextRetry", "startsAt", "endsAt", "notifier", "plugin"}) {
        alert.members[name] = "a \"text\"";
      }
      for (const char* name :
           {"appId", "retryCount", "maxRetries", "exitCode", "durationSeconds", "count"}) {
        alert.members[name] = 1;
      }
      alert.members["state"] = state;
      message.alerts.push_back(std::move(alert));
    }
  }
  return message;
}

}  // namespace

std::unique_ptr<Format> makeTemplate(std::string text) {
  if (const std::string problem = templateProblem(text); !problem.empty()) {
    throw FormatError("template: " + problem);
  }
  auto format = std::make_unique<Template>(std::move(text));
  for (const bool full : {true, false}) {
    try {
      static_cast<void>(format->render(sampleMessage(full), {}));
    } catch (const FormatError& error) {
      throw FormatError(std::string(error.what()) + (full ? "" : " for a message without alerts"));
    }
  }
  return format;
}

}  // namespace holdfast::webhook

// SPDX-License-Identifier: Apache-2.0
#include "notifier/webhook/webhook_notifier.hpp"

#include "holdfast/support/time_text.hpp"
#include "notifier/webhook/sender.hpp"
#include "notifier/webhook/verdict.hpp"

#include <chrono>

namespace holdfast::webhook {
namespace {

using sdk::ErrorClass;

sdk::Status failed(sdk::Call& call, ErrorClass code, std::string_view message) {
  call.explain(message, {});
  return {code};
}

std::int64_t wallClockMs() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

std::string rawAnswer(const support::HttpResponse& answer) {
  if (answer.status == 0) {
    return {};
  }
  return "HTTP " + std::to_string(answer.status) + "\n" + answer.body;
}

// Receivers refuse signatures that are not of the last minutes.
bool maybeWrongClock(int status, bool isSigned) {
  return isSigned && (status == 400 || status == 401 || status == 403);
}

}  // namespace

WebhookNotifier::WebhookNotifier(sdk::Host& host) : host_(host), options_(readOptions(host)) {}

sdk::Status WebhookNotifier::start(sdk::Call& /*call*/) {
  Credentials credentials;
  std::string problem;
  if (!readCredentials(options_, credentials, problem)) {
    host_.log(sdk::LogLevel::Warning, "messages cannot be sent yet: " + problem, {});
  } else if (credentials.url.baseUrl.starts_with("http://")) {
    host_.log(sdk::LogLevel::Notice,
              "messages to " + credentials.url.baseUrl + " go unencrypted; https:// is better", {});
  }
  return {};
}

sdk::Status WebhookNotifier::health(sdk::Call& call) {
  Credentials credentials;
  std::string problem;
  if (!readCredentials(options_, credentials, problem)) {
    return failed(call, ErrorClass::Denied, problem);
  }
  return {};
}

void WebhookNotifier::stop() noexcept {
  stopSignal_.raise();
}

sdk::Status WebhookNotifier::deliver(const sdk::Notification& notification, sdk::Call& call) {
  std::string problem;
  const std::optional<Message> message = notifier::readMessage(notification, problem);
  if (!message) {
    return failed(call, ErrorClass::Invalid, problem);
  }
  Credentials credentials;
  if (!readCredentials(options_, credentials, problem)) {
    return failed(call, ErrorClass::Denied, problem);
  }
  try {
    return post(*message, credentials, call);
  } catch (const FormatError& error) {
    return failed(call, ErrorClass::Invalid, credentials.redactor.redacted(error.what()));
  }
}

sdk::Status WebhookNotifier::post(const Message& message, const Credentials& credentials,
                                  sdk::Call& call) {
  const std::int64_t nowMs = wallClockMs();
  const Payload payload = options_.format->render(
      message,
      {.nowMs = nowMs, .target = credentials.url.target, .routingKey = credentials.routingKey});
  const support::HttpResult result =
      webhook::post(payload, headersFor(payload, message, credentials, nowMs / 1000),
                    credentials.url, options_, call, stopSignal_.descriptor());
  const support::Redactor& redactor = credentials.redactor;
  const Verdict verdict =
      judge(result, *options_.format, options_.expect, wallClockMs() / 1000, redactor);
  if (!verdict.status.ok()) {
    std::string text = credentials.url.baseUrl + ": " + verdict.message;
    if (maybeWrongClock(result.response.status, !credentials.keys.empty())) {
      text += " (signed at " + support::rfc3339(nowMs) + ": is this device's clock right?)";
    }
    call.explain(redactor.redacted(text), redactor.redacted(rawAnswer(result.response)));
  }
  return verdict.status;
}

std::vector<std::string> WebhookNotifier::headersFor(const Payload& payload, const Message& message,
                                                     const Credentials& credentials,
                                                     std::int64_t nowSeconds) const {
  std::vector<std::string> headers = credentials.headers;
  headers.push_back("webhook-id: " + message.id);
  if (options_.signature == SignatureStyle::Standard) {
    headers.push_back("webhook-timestamp: " + std::to_string(nowSeconds));
    headers.push_back("webhook-signature: " +
                      standardSignature(credentials.keys, message.id, nowSeconds, payload.body));
  } else if (options_.signature == SignatureStyle::Github) {
    headers.push_back("X-Hub-Signature-256: " +
                      githubSignature(credentials.keys.front(), payload.body));
  }
  return headers;
}

}  // namespace holdfast::webhook

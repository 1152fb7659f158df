// SPDX-License-Identifier: Apache-2.0
// What a receiver wants to be sent, and how it says that it took it. One small class per format in
// formats/, each pure: the same message and context give the same payload.
#pragma once

#include "holdfast/support/http.hpp"
#include "notifier/common/message.hpp"

#include <cstdint>
#include <stdexcept>
#include <string>

namespace holdfast::webhook {

using notifier::Alert;
using notifier::Message;

struct Payload {
  std::string body;
  std::string target;  // path and query to post to
  std::string contentType = "application/json";
};

// What a format needs besides the message.
struct FormatContext {
  std::int64_t nowMs = 0;  // since the epoch
  std::string target;      // path and query of the configured URL
  std::string routingKey;  // of format pagerduty
};

// The message cannot be put into this form; what() says why, without secrets.
struct FormatError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Format {
 public:
  Format() = default;
  Format(const Format&) = delete;
  Format& operator=(const Format&) = delete;
  virtual ~Format() = default;

  // Throws FormatError.
  [[nodiscard]] virtual Payload render(const Message& message,
                                       const FormatContext& context) const = 0;

  // Whether an answer with a 2xx status means that the message was taken. Unless a format knows
  // better: everything but a web page, as which the log-in of a captive portal comes.
  [[nodiscard]] virtual bool accepts(const support::HttpResponse& answer) const;

  // What accepts() looks for, for people: "the text ok".
  [[nodiscard]] virtual std::string_view expectation() const;

  // NotifierPlugin::resendIntervalMs().
  [[nodiscard]] virtual std::int64_t resendIntervalMs() const { return 0; }
};

}  // namespace holdfast::webhook

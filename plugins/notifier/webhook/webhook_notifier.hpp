// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "holdfast/sdk/notifier.hpp"
#include "holdfast/support/stop_signal.hpp"
#include "notifier/webhook/credentials.hpp"
#include "notifier/webhook/options.hpp"

#include <string>
#include <vector>

namespace holdfast::webhook {

// Posts notifications to a receiver that speaks HTTP. Thread-safe: nothing is kept from one call to
// the next.
class WebhookNotifier final : public sdk::NotifierPlugin {
 public:
  // Throws std::invalid_argument, and std::system_error when there is no descriptor left.
  explicit WebhookNotifier(sdk::Host& host);

  // Ok, whatever the receiver does; warns where messages would go unencrypted.
  sdk::Status start(sdk::Call& call) override;
  // Whether the files of the options are there and hold what they should. Sends nothing: a receiver
  // of webhooks has no question that could be asked.
  sdk::Status health(sdk::Call& call) override;
  void stop() noexcept override;

  sdk::Status deliver(const sdk::Notification& notification, sdk::Call& call) override;
  [[nodiscard]] std::int64_t resendIntervalMs() const noexcept override {
    return options_.format->resendIntervalMs();
  }

 private:
  [[nodiscard]] sdk::Status post(const Message& message, const Credentials& credentials,
                                 sdk::Call& call);
  [[nodiscard]] std::vector<std::string> headersFor(const Payload& payload, const Message& message,
                                                    const Credentials& credentials,
                                                    std::int64_t nowSeconds) const;

  sdk::Host& host_;
  Options options_;
  support::StopSignal stopSignal_;
};

}  // namespace holdfast::webhook

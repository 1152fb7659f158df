// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "holdfast/sdk/notifier.hpp"
#include "holdfast/support/stop_signal.hpp"
#include "notifier/syslog/options.hpp"
#include "notifier/syslog/transport.hpp"

#include <memory>
#include <string>

namespace holdfast::syslog {

// Writes each alert of a notification as a message to a log: this machine's or one elsewhere.
// Thread-safe.
class SyslogNotifier final : public sdk::NotifierPlugin {
 public:
  // Throws std::invalid_argument, and std::system_error when there is no descriptor left.
  explicit SyslogNotifier(sdk::Host& host);

  sdk::Status start(sdk::Call& call) override;
  // Whether the log is there: for tcp and tls by a connection, which is kept.
  sdk::Status health(sdk::Call& call) override;
  void stop() noexcept override;

  sdk::Status deliver(const sdk::Notification& notification, sdk::Call& call) override;

 private:
  [[nodiscard]] sdk::Status told(const Result& result, sdk::Call& call) const;

  const std::string target_;  // as it is configured
  const Options options_;
  std::unique_ptr<Transport> transport_;
  support::StopSignal stopSignal_;
};

}  // namespace holdfast::syslog

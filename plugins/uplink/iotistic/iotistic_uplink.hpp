// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "holdfast/sdk/uplink.hpp"
#include "holdfast/support/stop_signal.hpp"
#include "uplink/iotistic/answers.hpp"
#include "uplink/iotistic/connection.hpp"
#include "uplink/iotistic/identity.hpp"
#include "uplink/iotistic/options.hpp"

#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace holdfast::iotistic {

// Speaks the protocol of Iotistic's cloud. Thread-safe; has no thread of its own.
class IotisticUplink final : public sdk::UplinkPlugin {
 public:
  // Throws std::invalid_argument for options that cannot be, and std::system_error when there is no
  // descriptor left.
  explicit IotisticUplink(sdk::Host& host);

  // Ok, whatever the cloud does. Warns where the identity cannot be read, and where everything
  // would go unencrypted.
  sdk::Status start(sdk::Call& call) override;
  // Whether the files that the next call needs can be read. Asks the cloud nothing: that the link
  // works is seen by its polls, and bytes may be dear.
  sdk::Status health(sdk::Call& call) override;
  void stop() noexcept override;

  [[nodiscard]] sdk::EnrolmentStep enrolment() const noexcept override;
  sdk::Status enrol(const sdk::DeviceInfo& device, sdk::Call& call) override;
  sdk::Status fetchTarget(const sdk::FetchRequest& request, sdk::TargetSink& sink,
                          sdk::Call& call) override;
  sdk::Status deliverReport(const sdk::Report& report, sdk::Call& call) override;
  sdk::Status deliverLogs(std::span<const sdk::ServiceLogLine> lines, sdk::Call& call) override;
  void facts(sdk::FactSink& sink) const noexcept override;

 private:
  [[nodiscard]] std::optional<Identity> identity() const;
  [[nodiscard]] Identity identityFor(const sdk::DeviceInfo& device);
  [[nodiscard]] sdk::Status registerDevice(Identity identity, const sdk::DeviceInfo& device,
                                           sdk::Call& call);
  [[nodiscard]] sdk::Status exchangeKey(Identity identity, sdk::Call& call);
  void takeOver(const std::string& answer, Identity& identity);
  void trustCloud(const std::string& caCertificate);
  void keep(const Identity& identity);
  void expect(sdk::EnrolmentStep next);
  [[nodiscard]] bool canRegister() const;
  [[nodiscard]] Verdict judged(Endpoint endpoint, const support::HttpResult& result,
                               const support::Redactor& redactor) const;
  [[nodiscard]] sdk::Status settle(const Verdict& verdict, const support::HttpResult& result,
                                   const support::Redactor& redactor, sdk::Call& call) const;
  [[nodiscard]] std::string trustedFile() const;

  sdk::Host& host_;
  const Options options_;
  const IdentityFile identityFile_;
  support::StopSignal stopSignal_;
  CloudConnection connection_;
  mutable std::mutex mutex_;
  std::optional<Identity> identity_;
};

}  // namespace holdfast::iotistic

// SPDX-License-Identifier: Apache-2.0
// A notifier instance as alerting sees it: a message in, one supervised attempt, its result out.
#pragma once

#include "alerts/ports.hpp"
#include "holdfast/sdk/notifier.hpp"
#include "model/time.hpp"
#include "pluginhost/supervisor.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace holdfast::pluginhost {

// How long one attempt may take before it is cancelled, for every notifier (docs/plugin-guide.md
// "Deadlines"). A plugin's own time limits, where it has such options, lie below it.
inline constexpr model::Milliseconds kDeliveryTime{30'000};

// No receiver is handed its firing notifications more often than this, whatever its plugin asks
// for: a slip of units there must not become a flood.
inline constexpr model::Milliseconds kLeastResend{10'000};

// What became of the attempts of one notifier since it was loaded.
struct DeliveryRecord {
  std::uint64_t delivered = 0;
  std::uint64_t failed = 0;
  std::uint64_t failedInARow = 0;  // 0: the latest attempt succeeded, or there was none yet
  std::optional<model::WallTime> lastAttemptAt;
  std::optional<model::WallTime> lastDeliveredAt;
  engine::CallResult latest;  // of the latest attempt that has ended
};

class NotifierAdapter final : public alerts::NotifierPort {
 public:
  // `plugin`, `supervisor` and `clock` outlive every call that was started, stuck ones included.
  // `resendInterval` is what the plugin asks for; see kLeastResend.
  NotifierAdapter(std::string name, sdk::NotifierPlugin& plugin, Supervisor& supervisor,
                  const model::Clock& clock, model::Milliseconds resendInterval,
                  model::Milliseconds deadline = kDeliveryTime);

  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] model::Milliseconds resendInterval() const override { return resendInterval_; }

  // `done` comes within the deadline and the supervisor's grace period.
  void deliver(alerts::Message message, int attempt,
               std::function<void(engine::CallResult)> done) override;

  // Thread-safe.
  [[nodiscard]] DeliveryRecord record() const;

 private:
  class History;

  const std::string name_;
  sdk::NotifierPlugin& plugin_;
  Supervisor& supervisor_;
  const model::Milliseconds resendInterval_;
  const model::Milliseconds deadline_;
  const std::shared_ptr<History> history_;  // shared with attempts that are on their way
};

}  // namespace holdfast::pluginhost

// SPDX-License-Identifier: Apache-2.0
#include "pluginhost/notifier_adapter.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

namespace holdfast::pluginhost {
namespace {

sdk::Notification viewOf(const alerts::Message& message, int attempt) {
  sdk::Notification view;
  view.attempt = attempt;
  view.state = message.state;
  view.severity = message.severity;
  view.createdAtMs = message.createdAt.time_since_epoch().count();
  view.id = message.id;
  view.group = message.group;
  view.title = message.title;
  view.text = message.text;
  view.contentJson = message.contentJson;
  return view;
}

model::Milliseconds sane(model::Milliseconds resendInterval) {
  return resendInterval <= model::Milliseconds(0) ? model::Milliseconds(0)
                                                  : std::max(resendInterval, kLeastResend);
}

}  // namespace

class NotifierAdapter::History {
 public:
  explicit History(const model::Clock& clock) : clock_(clock) {}

  void begun() {
    const std::lock_guard lock(mutex_);
    record_.lastAttemptAt = clock_.now().wall;
  }

  void ended(const engine::CallResult& result) {
    const std::lock_guard lock(mutex_);
    record_.latest = result;
    if (result.ok()) {
      ++record_.delivered;
      record_.failedInARow = 0;
      record_.lastDeliveredAt = clock_.now().wall;
    } else {
      ++record_.failed;
      ++record_.failedInARow;
    }
  }

  [[nodiscard]] DeliveryRecord record() const {
    const std::lock_guard lock(mutex_);
    return record_;
  }

 private:
  const model::Clock& clock_;
  mutable std::mutex mutex_;
  DeliveryRecord record_;
};

NotifierAdapter::NotifierAdapter(std::string name, sdk::NotifierPlugin& plugin,
                                 Supervisor& supervisor, const model::Clock& clock,
                                 model::Milliseconds resendInterval, model::Milliseconds deadline)
    : name_(std::move(name)),
      plugin_(plugin),
      supervisor_(supervisor),
      resendInterval_(sane(resendInterval)),
      deadline_(deadline),
      history_(std::make_shared<History>(clock)) {}

void NotifierAdapter::deliver(alerts::Message message, int attempt,
                              std::function<void(engine::CallResult)> done) {
  history_->begun();
  supervisor_.submit(
      {"deliver", deadline_},
      [&plugin = plugin_, message = std::move(message), attempt](HostCall& call) {
        return plugin.deliver(viewOf(message, attempt), call);
      },
      [history = history_, done = std::move(done)](engine::CallResult result) {
        history->ended(result);
        done(std::move(result));
      });
}

DeliveryRecord NotifierAdapter::record() const {
  return history_->record();
}

}  // namespace holdfast::pluginhost

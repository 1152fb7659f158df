// SPDX-License-Identifier: Apache-2.0
// What alerting needs of the outside: receivers to deliver to. Implemented by pluginhost, and by
// fakes in tests.
#pragma once

#include "engine/ports.hpp"
#include "holdfast/sdk/notifier.hpp"
#include "model/time.hpp"

#include <functional>
#include <string>

namespace holdfast::alerts {

// One notification, owning its text: sdk::Notification with strings.
struct Message {
  std::string id;
  std::string group;
  sdk::NotificationState state = sdk::NotificationState::Firing;
  sdk::Severity severity = sdk::Severity::Info;
  model::WallTime createdAt;
  std::string title;
  std::string text;
  std::string contentJson;
};

// One configured receiver, `notifier.<name>`. No member blocks.
class NotifierPort {
 public:
  virtual ~NotifierPort() = default;
  [[nodiscard]] virtual const std::string& name() const = 0;

  // How often a firing notification is to be handed over anew; 0 for receivers that remember.
  [[nodiscard]] virtual model::Milliseconds resendInterval() const = 0;

  // Makes one attempt. `done` is called exactly once, from any thread, also before this returns.
  virtual void deliver(Message message, int attempt,
                       std::function<void(engine::CallResult)> done) = 0;
};

}  // namespace holdfast::alerts

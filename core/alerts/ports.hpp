// SPDX-License-Identifier: Apache-2.0
// What alerting needs of the outside: receivers to deliver to and a store to remember in.
// Implemented by pluginhost and state, and by fakes in tests.
#pragma once

#include "engine/ports.hpp"
#include "holdfast/sdk/notifier.hpp"
#include "model/time.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

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

// One thing that alerting keeps, as text that only alerting reads.
struct Record {
  // The values are not stored.
  enum class Kind { Alert, Group, Silence, Outbox, DeadLetter, Dropped, Summary };
  Kind kind = Kind::Alert;
  std::string key;
  std::optional<std::string> body;  // absent: forget it

  friend bool operator==(const Record&, const Record&) = default;
};

// Durable records. Called from the engine thread only. Failing to write never stops the agent: the
// implementation reports it and tries again with the next change.
class AlertStorePort {
 public:
  virtual ~AlertStorePort() = default;
  [[nodiscard]] virtual std::vector<Record> loadAlerting() = 0;

  // One transaction, on disk when this returns.
  virtual void commitAlerting(const std::vector<Record>& records) = 0;
};

}  // namespace holdfast::alerts

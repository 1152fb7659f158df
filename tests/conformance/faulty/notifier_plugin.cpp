// SPDX-License-Identifier: Apache-2.0
// Notifiers that break one rule each; the option `fault` says which one it is. Which test of the
// conformance kit has to notice is in CMakeLists.txt.
#include "conformance/faulty/time_left.hpp"
#include "conformance/post_notifier/post_notifier.hpp"

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <stdexcept>
#include <thread>

namespace holdfast::faulty {
namespace {

using post::PostNotifier;
using sdk::Call;
using sdk::ErrorClass;
using sdk::Notification;
using sdk::Status;

class RefusesEverything : public PostNotifier {
 public:
  using PostNotifier::PostNotifier;
  Status deliver(const Notification& notification, Call& call) override {
    const Status status = PostNotifier::deliver(notification, call);
    return status.ok() ? Status{ErrorClass::Transient} : status;
  }
};

class ForgetsTheTitle : public PostNotifier {
 public:
  using PostNotifier::PostNotifier;
  Status deliver(const Notification& notification, Call& call) override {
    Notification changed = notification;
    changed.title = "something happened";
    return PostNotifier::deliver(changed, call);
  }
};

class TriesAgain : public PostNotifier {
 public:
  using PostNotifier::PostNotifier;
  Status deliver(const Notification& notification, Call& call) override {
    const Status status = PostNotifier::deliver(notification, call);
    return status.code == ErrorClass::Transient ? PostNotifier::deliver(notification, call)
                                                : status;
  }
};

class NumbersByAttempt : public PostNotifier {
 public:
  using PostNotifier::PostNotifier;
  Status deliver(const Notification& notification, Call& call) override {
    Notification changed = notification;
    if (notification.attempt > 1) {
      changed.id = "another-id";
    }
    return PostNotifier::deliver(changed, call);
  }
};

class WantsNoSummaries : public PostNotifier {
 public:
  using PostNotifier::PostNotifier;
  Status deliver(const Notification& notification, Call& call) override {
    return notification.state == sdk::NotificationState::Informational
               ? Status{ErrorClass::Invalid}
               : PostNotifier::deliver(notification, call);
  }
};

class SendsRawBytes : public PostNotifier {
 public:
  using PostNotifier::PostNotifier;

 protected:
  [[nodiscard]] std::string bodyOf(const Notification& notification) const override {
    std::string body = "{\"id\": \"";
    body.append(notification.id).append("\", \"title\": \"").append(notification.title);
    return body + "\"}";
  }
};

class KnowsNoLimits : public PostNotifier {
 public:
  using PostNotifier::PostNotifier;

 protected:
  [[nodiscard]] Status statusOf(const support::HttpResponse& response) const override {
    const Status status = PostNotifier::statusOf(response);
    return status.code == ErrorClass::RateLimited ? Status{ErrorClass::Transient} : status;
  }
};

class NeedsNoReceiver : public PostNotifier {
 public:
  using PostNotifier::PostNotifier;
  Status deliver(const Notification& notification, Call& call) override {
    const Status status = PostNotifier::deliver(notification, call);
    return status.code == ErrorClass::Unavailable && hasTimeLeft(call) ? Status{} : status;
  }
};

class TellsItsSecret : public PostNotifier {
 public:
  using PostNotifier::PostNotifier;

 protected:
  [[nodiscard]] std::string withoutSecret(std::string text) const override { return text; }
};

class LogsItsSecret : public PostNotifier {
 public:
  explicit LogsItsSecret(sdk::Host& host) : PostNotifier(host), host_(host) {}

 protected:
  [[nodiscard]] std::string withoutSecret(std::string text) const override {
    host_.log(sdk::LogLevel::Debug, text, {});
    return PostNotifier::withoutSecret(std::move(text));
  }

 private:
  sdk::Host& host_;
};

class WantsToBeToldAllTheTime : public PostNotifier {
 public:
  using PostNotifier::PostNotifier;
  [[nodiscard]] std::int64_t resendIntervalMs() const noexcept override { return 1; }
};

class IgnoresDeadlines : public PostNotifier {
 public:
  using PostNotifier::PostNotifier;
  Status deliver(const Notification& notification, Call& call) override {
    const Status status = PostNotifier::deliver(notification, call);
    if (!hasTimeLeft(call)) {
      std::this_thread::sleep_for(std::chrono::seconds(2));
    }
    return status;
  }
};

class IgnoresCancellation : public PostNotifier {
 public:
  using PostNotifier::PostNotifier;
  Status deliver(const Notification& notification, Call& call) override {
    const Status status = PostNotifier::deliver(notification, call);
    if (call.cancelled() && hasTimeLeft(call)) {
      std::this_thread::sleep_for(std::chrono::seconds(2));
    }
    return status;
  }
};

class TakesOneCallAtATime : public PostNotifier {
 public:
  using PostNotifier::PostNotifier;
  Status deliver(const Notification& notification, Call& call) override {
    if (busy_.exchange(true)) {
      return {ErrorClass::Transient};
    }
    const Status status = PostNotifier::deliver(notification, call);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    busy_ = false;
    return status;
  }

 private:
  std::atomic<bool> busy_{false};
};

class Throws : public PostNotifier {
 public:
  using PostNotifier::PostNotifier;
  Status deliver(const Notification& notification, Call& call) override {
    if (notification.state > sdk::NotificationState::Informational) {
      throw std::out_of_range("no such state");
    }
    return PostNotifier::deliver(notification, call);
  }
};

class KeepsViews : public PostNotifier {
 public:
  using PostNotifier::PostNotifier;
  Status deliver(const Notification& notification, Call& call) override {
    repeated_ = !last_.empty() && last_ == notification.id;
    last_ = notification.id;
    return PostNotifier::deliver(notification, call);
  }

 private:
  std::string_view last_;
  bool repeated_ = false;
};

using Maker = std::unique_ptr<sdk::NotifierPlugin> (*)(sdk::Host&);

template <class Fault>
std::unique_ptr<sdk::NotifierPlugin> make(sdk::Host& host) {
  return std::make_unique<Fault>(host);
}

#define HOLDFAST_FAULT(name) \
  { #name, &make < name> }

const std::map<std::string_view, Maker> kFaults{
    HOLDFAST_FAULT(RefusesEverything),
    HOLDFAST_FAULT(ForgetsTheTitle),
    HOLDFAST_FAULT(TriesAgain),
    HOLDFAST_FAULT(NumbersByAttempt),
    HOLDFAST_FAULT(WantsNoSummaries),
    HOLDFAST_FAULT(SendsRawBytes),
    HOLDFAST_FAULT(KnowsNoLimits),
    HOLDFAST_FAULT(NeedsNoReceiver),
    HOLDFAST_FAULT(TellsItsSecret),
    HOLDFAST_FAULT(LogsItsSecret),
    HOLDFAST_FAULT(WantsToBeToldAllTheTime),
    HOLDFAST_FAULT(IgnoresDeadlines),
    HOLDFAST_FAULT(IgnoresCancellation),
    HOLDFAST_FAULT(TakesOneCallAtATime),
    HOLDFAST_FAULT(Throws),
    HOLDFAST_FAULT(KeepsViews),
};

class FaultyNotifier final : public sdk::NotifierPlugin {
 public:
  explicit FaultyNotifier(sdk::Host& host) {
    const auto found = kFaults.find(host.option("fault"));
    if (found == kFaults.end()) {
      throw std::invalid_argument("fault: there is no such fault");
    }
    fault_ = found->second(host);
  }

  Status start(Call& call) override { return fault_->start(call); }
  Status health(Call& call) override { return fault_->health(call); }
  void stop() noexcept override { fault_->stop(); }
  Status deliver(const Notification& notification, Call& call) override {
    return fault_->deliver(notification, call);
  }
  [[nodiscard]] std::int64_t resendIntervalMs() const noexcept override {
    return fault_->resendIntervalMs();
  }

 private:
  std::unique_ptr<sdk::NotifierPlugin> fault_;
};

constexpr char kFaultyOptions[] = R"({"properties": {
  "fault":     {"type": "string", "default": "none", "description": "a class of this file"},
  "url":       {"type": "string", "required": true, "description": "where it posts to"},
  "tokenFile": {"type": "secret-file", "required": true, "description": "the receiver's token"}
}})";

}  // namespace
}  // namespace holdfast::faulty

HOLDFAST_NOTIFIER_PLUGIN(holdfast::faulty::FaultyNotifier, "faulty", "1.0.0",
                         holdfast::faulty::kFaultyOptions)

// SPDX-License-Identifier: Apache-2.0
// One instance of the plugin, and calls into it: as the agent makes both.
#pragma once

#include "conformance/kit/kit.hpp"
#include "conformance/kit/recording_host.hpp"
#include "holdfast/sdk/notifier.hpp"
#include "holdfast/sdk/runtime.hpp"
#include "holdfast/sdk/uplink.hpp"
#include "holdfast/testing/deadline_call.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>

namespace holdfast::conformance {

using namespace std::chrono_literals;
using sdk::ErrorClass;
using testing::DeadlineCall;

// How much later than it should a call may return on a busy machine.
inline constexpr auto kSlack = 1s;
// For waiting on what comes soon: only a failing test waits that long.
inline constexpr auto kSoon = 20s;

[[nodiscard]] std::string nameOf(ErrorClass code);

// What a call came to.
struct Outcome {
  ErrorClass code = ErrorClass::Ok;
  std::int64_t retryAfterMs = -1;
  std::string message;
  std::string raw;
  bool threw = false;  // an exception escaped; the class is Internal then
  std::chrono::milliseconds took{0};

  friend bool operator==(const Outcome& outcome, ErrorClass wanted) {
    return outcome.code == wanted;
  }
  friend std::ostream& operator<<(std::ostream& out, const Outcome& outcome);
};

// Makes a call with `call` and waits for its end. A call that is still not back 5 s after it was
// cancelled ends the program with a sentence: nothing can be tested behind it.
[[nodiscard]] Outcome perform(DeadlineCall& call, std::string_view label,
                              const std::function<sdk::Status()>& work);

// Tells the watchdog that the call `label` has been cancelled, until this object goes.
class ReturnsSoon {
 public:
  explicit ReturnsSoon(std::string_view label, std::chrono::milliseconds limit = 5s);
  ~ReturnsSoon();
  ReturnsSoon(const ReturnsSoon&) = delete;
  ReturnsSoon& operator=(const ReturnsSoon&) = delete;

 private:
  std::uint64_t id_;
};

// Polls until `condition` holds; false when `limit` is over first.
bool waitUntil(const std::function<bool()>& condition, std::chrono::milliseconds limit = kSoon);

// What Host::stateDirectory() is, for all instances of the run.
[[nodiscard]] std::filesystem::path stateDirectory();

class Instance {
 public:
  // Creates one with the options of the run, `changed` put over them and `without` left out. On
  // failure created() is false and reason() is the plugin's.
  explicit Instance(const OptionValues& changed = {}, std::string_view without = {});
  // Stops and destroys it.
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  [[nodiscard]] bool created() const { return instance_ != nullptr; }
  [[nodiscard]] const std::string& reason() const { return reason_; }
  [[nodiscard]] const RecordingHost& host() const { return *host_; }

  [[nodiscard]] sdk::Plugin& plugin() const;
  [[nodiscard]] sdk::RuntimePlugin& runtime() const;
  [[nodiscard]] sdk::NotifierPlugin& notifier() const;
  [[nodiscard]] sdk::UplinkPlugin& uplink() const;

  [[nodiscard]] Outcome start();
  [[nodiscard]] Outcome health(std::int64_t limitMs = 5'000);
  void stop();
  void destroy();

 private:
  std::unique_ptr<RecordingHost> host_;
  void* instance_ = nullptr;
  bool started_ = false;
  std::string reason_;
};

}  // namespace holdfast::conformance

namespace holdfast::sdk {

// For GoogleTest's messages.
inline void PrintTo(ErrorClass code, std::ostream* out) {
  *out << conformance::nameOf(code);
}

}  // namespace holdfast::sdk

// SPDX-License-Identifier: Apache-2.0
#include "conformance/kit/instance.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <array>
#include <condition_variable>
#include <cstdio>
#include <map>
#include <thread>

namespace holdfast::conformance {
namespace {

using Clock = std::chrono::steady_clock;

// One thread that ends the program when something should have come back and has not.
class Watchdog {
 public:
  static Watchdog& get() {
    static auto* const watchdog = new Watchdog;  // for as long as calls can be under way
    return *watchdog;
  }

  std::uint64_t add(std::string label, Clock::time_point when) {
    const std::lock_guard lock(mutex_);
    entries_.emplace(++last_, Entry{std::move(label), when});
    changed_.notify_one();
    return last_;
  }

  void remove(std::uint64_t id) {
    const std::lock_guard lock(mutex_);
    entries_.erase(id);
  }

 private:
  struct Entry {
    std::string label;
    Clock::time_point when;
  };

  Watchdog() {
    std::thread([this] { run(); }).detach();
  }

  void run() {
    std::unique_lock lock(mutex_);
    for (;;) {
      Clock::time_point next = Clock::now() + 1h;
      for (const auto& [id, entry] : entries_) {
        if (entry.when <= Clock::now()) {
          giveUp(entry.label);
        }
        next = std::min(next, entry.when);
      }
      changed_.wait_until(lock, next);
    }
  }

  [[noreturn]] static void giveUp(const std::string& label) {
    const auto* const test = ::testing::UnitTest::GetInstance()->current_test_info();
    const std::string name =
        test == nullptr ? "" : std::string(test->test_suite_name()) + "." + test->name();
    std::printf(
        "\n%s did not return within 5 s of its end or cancellation. The agent takes such a call "
        "for stuck and leaves its thread behind; no further test can run.\n[  FAILED  ] %s\n",
        label.c_str(), name.c_str());
    std::fflush(stdout);
    ::_exit(1);
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::uint64_t, Entry> entries_;
  std::uint64_t last_ = 0;
};

constexpr auto kGrace = 5s;
constexpr std::size_t kMaxErrorText = sizeof(holdfast_error::text);

}  // namespace

std::string nameOf(ErrorClass code) {
  static constexpr std::array<const char*, 11> kNames{
      "Ok",      "Transient", "RateLimited", "Denied",   "NotFound", "Rejected",
      "Invalid", "Conflict",  "Unavailable", "Internal", "Cancelled"};
  const auto index = static_cast<std::size_t>(code);
  return index < kNames.size() ? kNames[index] : "unknown class " + std::to_string(index);
}

std::ostream& operator<<(std::ostream& out, const Outcome& outcome) {
  return out << nameOf(outcome.code) << " (\"" << outcome.message << "\")";
}

ReturnsSoon::ReturnsSoon(std::string_view label, std::chrono::milliseconds limit)
    : id_(Watchdog::get().add(std::string(label), Clock::now() + limit)) {}

ReturnsSoon::~ReturnsSoon() {
  Watchdog::get().remove(id_);
}

Outcome perform(DeadlineCall& call, std::string_view label,
                const std::function<sdk::Status()>& work) {
  const auto began = Clock::now();
  const std::int64_t left = call.remainingMs();
  std::optional<ReturnsSoon> guard;
  if (left != INT64_MAX) {
    guard.emplace(label, std::chrono::milliseconds(left) + kGrace);
  }
  Outcome outcome;
  try {
    const sdk::Status status = work();
    outcome.code = status.code;
    outcome.retryAfterMs = status.retryAfterMs;
    outcome.message = call.message();
    outcome.raw = call.raw();
  } catch (const std::exception& escaped) {
    outcome.threw = true;
    outcome.message = std::string("an exception escaped: ") + escaped.what();
  } catch (...) {
    outcome.threw = true;
    outcome.message = "an exception escaped that is no std::exception";
  }
  if (outcome.threw) {
    outcome.code = ErrorClass::Internal;
  }
  outcome.took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began);
  return outcome;
}

bool waitUntil(const std::function<bool()>& condition, std::chrono::milliseconds limit) {
  const auto end = Clock::now() + limit;
  while (!condition()) {
    if (Clock::now() >= end) {
      return false;
    }
    std::this_thread::sleep_for(10ms);
  }
  return true;
}

std::filesystem::path stateDirectory() {
  return kit().directory() / "state";
}

Instance::Instance(const OptionValues& changed, std::string_view without) {
  const Kit& run = kit();
  if (!run.problem().empty()) {
    reason_ = run.problem();
    return;
  }
  OptionValues given = run.options();
  for (const auto& [name, value] : changed) {
    given[name] = value;
  }
  std::vector<std::string> problems;
  OptionValues values = valuesFor(run.schema(), given, problems);
  if (!problems.empty()) {
    reason_ = "the kit was given wrong options: " + problems.front();
    return;
  }
  if (const auto found = values.find(without); found != values.end()) {
    values.erase(found);
  }
  const std::filesystem::path state = stateDirectory();
  std::filesystem::create_directories(state);
  std::filesystem::permissions(state, std::filesystem::perms::owner_all);
  host_ = std::make_unique<RecordingHost>(std::move(values), state.string());
  holdfast_error error{};
  const ReturnsSoon guard("the creation of an instance");
  try {
    instance_ = run.descriptor()->create(static_cast<sdk::Host*>(host_.get()), &error);
  } catch (...) {
    reason_ = "an exception escaped from create";
    return;
  }
  error.text[kMaxErrorText - 1] = '\0';
  reason_ = error.text;
}

Instance::~Instance() {
  stop();
  destroy();
}

sdk::RuntimePlugin& Instance::runtime() const {
  return *static_cast<sdk::RuntimePlugin*>(instance_);
}

sdk::NotifierPlugin& Instance::notifier() const {
  return *static_cast<sdk::NotifierPlugin*>(instance_);
}

sdk::UplinkPlugin& Instance::uplink() const {
  return *static_cast<sdk::UplinkPlugin*>(instance_);
}

sdk::Plugin& Instance::plugin() const {
  switch (kit().kind().kind) {
    case HOLDFAST_KIND_RUNTIME:
      return runtime();
    case HOLDFAST_KIND_NOTIFIER:
      return notifier();
    default:
      return uplink();
  }
}

Outcome Instance::start() {
  DeadlineCall call(10'000);
  started_ = true;
  return perform(call, "start", [&] { return plugin().start(call); });
}

Outcome Instance::health(std::int64_t limitMs) {
  DeadlineCall call(limitMs);
  return perform(call, "health", [&] { return plugin().health(call); });
}

void Instance::stop() {
  if (instance_ != nullptr && started_) {
    started_ = false;
    const ReturnsSoon guard("stop");
    plugin().stop();
  }
}

void Instance::destroy() {
  if (instance_ != nullptr) {
    const ReturnsSoon guard("the destruction of an instance");
    kit().descriptor()->destroy(instance_);
    instance_ = nullptr;
  }
}

}  // namespace holdfast::conformance

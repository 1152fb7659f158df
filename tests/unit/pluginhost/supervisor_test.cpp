// SPDX-License-Identifier: Apache-2.0
#include "pluginhost/supervisor.hpp"

#include <gmock/gmock.h>

#include <poll.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <latch>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace holdfast::pluginhost {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr auto kLong = 30s;  // only ever reached by a test that fails

// Keeps results, each of which must come exactly once.
class Results {
 public:
  Supervisor::Done expect() {
    return [this](engine::CallResult result) {
      const std::lock_guard lock(mutex_);
      results_.push_back(std::move(result));
      changed_.notify_all();
    };
  }

  // The result number `count`, from 1.
  engine::CallResult await(std::size_t count) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, kLong, [&] { return results_.size() >= count; })) {
      throw std::runtime_error("no result");
    }
    return results_[count - 1];
  }

  std::size_t count() {
    const std::lock_guard lock(mutex_);
    return results_.size();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<engine::CallResult> results_;
};

class Incidents {
 public:
  void operator()(const Incident& incident) {
    const std::lock_guard lock(mutex_);
    incidents_.push_back(incident);
    changed_.notify_all();
  }

  std::vector<Incident::Kind> await(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, kLong, [&] { return incidents_.size() >= count; });
    std::vector<Incident::Kind> kinds;
    std::transform(incidents_.begin(), incidents_.end(), std::back_inserter(kinds),
                   [](const Incident& incident) { return incident.kind; });
    return kinds;
  }

  Incident last() {
    const std::lock_guard lock(mutex_);
    return incidents_.back();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Incident> incidents_;
};

// Work that ignores its cancellation until the test opens the gate.
class Gate {
 public:
  Supervisor::Work work() {
    return [future = future_](HostCall&) {
      future.wait();
      return sdk::Status{};
    };
  }
  void open() { promise_.set_value(); }

 private:
  std::promise<void> promise_;
  std::shared_future<void> future_ = promise_.get_future().share();
};

bool waitReadable(int fd, std::chrono::milliseconds limit) {
  struct pollfd entry {
    fd, POLLIN, 0
  };
  return ::poll(&entry, 1, static_cast<int>(limit.count())) == 1;
}

// Behaves: gives up when cancelled.
sdk::Status untilCancelled(HostCall& call) {
  waitReadable(call.cancelFd(), kLong);
  return {sdk::ErrorClass::Cancelled};
}

std::size_t threadsOfThisProcess() {
  const std::filesystem::directory_iterator tasks("/proc/self/task");
  return static_cast<std::size_t>(std::distance(begin(tasks), end(tasks)));
}

class SupervisorTest : public ::testing::Test {
 protected:
  // What a call tells at its end reaches into this fixture: it outlives every one of them.
  void TearDown() override {
    if (supervisor_) {
      EXPECT_TRUE(supervisor_->drain(kLong));
    }
  }

  Supervisor* make(SupervisorLimits limits) {
    supervisor_ = std::make_unique<Supervisor>(
        "docker", limits, alarm_, [this](const Incident& incident) { incidents_(incident); },
        [this](const CallEnd& end) { note(end); });
    return supervisor_.get();
  }

  static SupervisorLimits quick() {
    SupervisorLimits limits;
    limits.grace = 20ms;
    return limits;
  }

  static CallSpec spec(std::optional<model::Milliseconds> deadline) {
    return {"observe", deadline};
  }

  void note(const CallEnd& end) {
    const std::lock_guard lock(endsMutex_);
    ends_.push_back(end.label + (end.limited ? " in time " : " ") +
                    std::to_string(static_cast<int>(end.errorClass)));
    longest_ = std::max(longest_, end.took);
  }
  std::vector<std::string> ends() {
    const std::lock_guard lock(endsMutex_);
    return ends_;
  }
  std::chrono::nanoseconds longest() {
    const std::lock_guard lock(endsMutex_);
    return longest_;
  }

  std::shared_ptr<Alarm> alarm_ = std::make_shared<Alarm>();
  std::mutex endsMutex_;
  std::vector<std::string> ends_;  // of calls: label, and number of the class
  std::chrono::nanoseconds longest_{0};
  Incidents incidents_;
  Results results_;
  std::unique_ptr<Supervisor> supervisor_;
};

TEST_F(SupervisorTest, HandsBackWhatTheCallReturned) {
  auto* const supervisor = make(quick());
  supervisor->submit(
      spec(kLong), [](HostCall&) { return sdk::Status{}; }, results_.expect());
  const auto result = results_.await(1);
  EXPECT_TRUE(result.ok());
  EXPECT_EQ(result.message, "");
  EXPECT_FALSE(result.stuck);
}

// Before whoever waits for the call has its answer, so that what is counted then is complete.
TEST_F(SupervisorTest, TellsHowEachCallEnded) {
  auto* const supervisor = make(quick());
  const auto seen = std::make_shared<std::promise<std::vector<std::string>>>();
  supervisor->submit(
      spec(kLong), [](HostCall&) { return sdk::Status{sdk::ErrorClass::Denied}; },
      [this, seen](const engine::CallResult&) { seen->set_value(ends()); });
  const auto denied = std::to_string(static_cast<int>(sdk::ErrorClass::Denied));
  EXPECT_THAT(seen->get_future().get(), ElementsAre("observe in time " + denied));

  const auto stream =
      supervisor->launch({"watch", std::nullopt}, untilCancelled, results_.expect());
  stream->cancel();
  static_cast<void>(results_.await(1));
  const auto cancelled = std::to_string(static_cast<int>(sdk::ErrorClass::Cancelled));
  EXPECT_EQ(ends().back(), "watch " + cancelled);
}

TEST_F(SupervisorTest, TellsOfAStuckCallOnceAndOfARefusedOneNot) {
  auto* const supervisor = make(quick());
  Gate gate;
  supervisor->submit(spec(10ms), gate.work(), results_.expect());
  EXPECT_TRUE(results_.await(1).stuck);
  EXPECT_GE(longest(), 30ms);  // deadline and grace
  gate.open();
  EXPECT_TRUE(supervisor->drain(kLong));
  supervisor->submit(spec(kLong), untilCancelled, results_.expect());
  static_cast<void>(results_.await(2));
  const auto unavailable = std::to_string(static_cast<int>(sdk::ErrorClass::Unavailable));
  EXPECT_THAT(ends(), ElementsAre("observe in time " + unavailable));
}

TEST_F(SupervisorTest, HandsBackClassExplanationAndRetryAfter) {
  auto* const supervisor = make(quick());
  supervisor->submit(
      spec(kLong),
      [](HostCall& call) {
        call.explain("overridden", "overridden");
        call.explain("manifest\nunknown \x1b[1m", "HTTP/1.1 404\n{\"message\": 1}");
        return sdk::Status{sdk::ErrorClass::RateLimited, 0, 1'500};
      },
      results_.expect());
  const auto result = results_.await(1);
  EXPECT_EQ(result.errorClass, sdk::ErrorClass::RateLimited);
  EXPECT_EQ(result.message, "manifest unknown [1m");
  EXPECT_EQ(result.raw, "HTTP/1.1 404\n{\"message\": 1}");
  EXPECT_EQ(result.retryAfter, 1'500ms);
}

TEST_F(SupervisorTest, CapsExplanations) {
  auto* const supervisor = make(quick());
  supervisor->submit(
      spec(kLong),
      [](HostCall& call) {
        call.explain(std::string(100'000, 'm'), std::string(100'000, 'r'));
        return sdk::Status{sdk::ErrorClass::Transient};
      },
      results_.expect());
  const auto result = results_.await(1);
  EXPECT_EQ(result.message.size(), 4'096U);
  EXPECT_EQ(result.raw.size(), 16'384U);
}

TEST_F(SupervisorTest, SaysThatThePluginGaveNoReason) {
  auto* const supervisor = make(quick());
  supervisor->submit(
      spec(kLong), [](HostCall&) { return sdk::Status{sdk::ErrorClass::Conflict}; },
      results_.expect());
  EXPECT_THAT(results_.await(1).message, HasSubstr("plugin docker did not say why"));
}

TEST_F(SupervisorTest, ContainsExceptions) {
  auto* const supervisor = make(quick());
  supervisor->submit(
      spec(kLong), [](HostCall&) -> sdk::Status { throw std::runtime_error("out\nof ideas"); },
      results_.expect());
  auto result = results_.await(1);
  EXPECT_EQ(result.errorClass, sdk::ErrorClass::Internal);
  EXPECT_THAT(result.message,
              AllOf(HasSubstr("plugin docker"), HasSubstr("observe"), HasSubstr("out of ideas")));

  supervisor->submit(
      spec(kLong), [](HostCall&) -> sdk::Status { throw 42; },  // NOLINT: that is the point
      results_.expect());
  result = results_.await(2);
  EXPECT_EQ(result.errorClass, sdk::ErrorClass::Internal);
  EXPECT_THAT(result.message, HasSubstr("no std::exception"));
  EXPECT_EQ(supervisor->health().internalErrors, 2U);
  EXPECT_THAT(incidents_.await(2), ElementsAre(Incident::Kind::Broken, Incident::Kind::Broken));
}

TEST_F(SupervisorTest, CountsAStatusOutOfRangeAgainstThePlugin) {
  auto* const supervisor = make(quick());
  supervisor->submit(
      spec(kLong), [](HostCall&) { return sdk::Status{sdk::ErrorClass{77}}; }, results_.expect());
  const auto result = results_.await(1);
  EXPECT_EQ(result.errorClass, sdk::ErrorClass::Internal);
  EXPECT_THAT(result.message, HasSubstr("unknown status 77"));
}

TEST_F(SupervisorTest, CountsACancellationThatNobodyAskedForAgainstThePlugin) {
  auto* const supervisor = make(quick());
  supervisor->submit(
      spec(kLong), [](HostCall&) { return sdk::Status{sdk::ErrorClass::Cancelled}; },
      results_.expect());
  EXPECT_EQ(results_.await(1).errorClass, sdk::ErrorClass::Internal);
}

TEST_F(SupervisorTest, CancelsAtTheDeadlineThroughTheDescriptor) {
  auto* const supervisor = make({});
  std::promise<bool> cancelledInTime;
  supervisor->submit(
      {"execute startContainer", 30ms, sdk::ErrorClass::Transient},
      [&](HostCall& call) {
        EXPECT_FALSE(call.cancelled());
        EXPECT_LE(call.remainingMs(), 30);
        const bool readable = waitReadable(call.cancelFd(), kLong);
        EXPECT_EQ(call.remainingMs(), 0);
        cancelledInTime.set_value(readable && call.cancelled());
        call.explain("waited for the engine", {});
        return sdk::Status{sdk::ErrorClass::Cancelled};
      },
      results_.expect());
  const auto result = results_.await(1);
  EXPECT_TRUE(cancelledInTime.get_future().get());
  EXPECT_EQ(result.errorClass, sdk::ErrorClass::Transient);
  EXPECT_EQ(result.message,
            "execute startContainer: no answer within 30ms (waited for the engine)");
  EXPECT_FALSE(result.stuck);
}

TEST_F(SupervisorTest, KeepsThePluginsOwnClassAtTheDeadline) {
  auto* const supervisor = make({});
  supervisor->submit(
      spec(10ms),
      [](HostCall& call) {
        untilCancelled(call);
        call.explain("timed out while connecting", {});
        return sdk::Status{sdk::ErrorClass::Conflict};
      },
      results_.expect());
  const auto result = results_.await(1);
  EXPECT_EQ(result.errorClass, sdk::ErrorClass::Conflict);
  EXPECT_EQ(result.message, "timed out while connecting");
}

TEST_F(SupervisorTest, CallsWithoutDeadlineRunUntilTheyAreCancelled) {
  auto* const supervisor = make({});
  std::latch running(1);
  const auto handle = supervisor->launch(
      spec(std::nullopt),
      [&](HostCall& call) {
        EXPECT_EQ(call.remainingMs(), INT64_MAX);
        running.count_down();
        return untilCancelled(call);
      },
      results_.expect());
  running.wait();
  EXPECT_EQ(supervisor->health().runningCalls, 1U);
  handle->cancel();
  const auto result = results_.await(1);
  EXPECT_EQ(result.errorClass, sdk::ErrorClass::Cancelled);
  EXPECT_EQ(result.message, "observe was cancelled");
}

TEST_F(SupervisorTest, DestroyingTheHandleCancels) {
  auto* const supervisor = make({});
  supervisor->launch(spec(std::nullopt), untilCancelled, results_.expect()).reset();
  EXPECT_EQ(results_.await(1).errorClass, sdk::ErrorClass::Cancelled);
}

TEST_F(SupervisorTest, AHandleOutlivesItsCallAndItsSupervisor) {
  auto* const supervisor = make({});
  const auto handle = supervisor->launch(
      spec(kLong), [](HostCall&) { return sdk::Status{}; }, results_.expect());
  results_.await(1);
  supervisor_.reset();
  handle->cancel();
  EXPECT_EQ(results_.count(), 1U);
}

TEST_F(SupervisorTest, AnswersForACallThatDoesNotReturn) {
  auto* const supervisor = make(quick());
  Gate gate;
  supervisor->submit(spec(10ms), gate.work(), results_.expect());
  const auto result = results_.await(1);
  EXPECT_TRUE(result.stuck);
  EXPECT_EQ(result.errorClass, sdk::ErrorClass::Unavailable);
  EXPECT_THAT(result.message, AllOf(HasSubstr("plugin docker"), HasSubstr("does not return")));
  EXPECT_EQ(supervisor->health().stuckCalls, 1U);
  EXPECT_EQ(supervisor->health().runningCalls, 0U);

  gate.open();
  EXPECT_THAT(incidents_.await(2), ElementsAre(Incident::Kind::Stuck, Incident::Kind::Returned));
  EXPECT_THAT(incidents_.last().text, HasSubstr("has returned"));
  EXPECT_EQ(supervisor->health().stuckCalls, 0U);
  EXPECT_TRUE(supervisor->drain(kLong));
  EXPECT_EQ(results_.count(), 1U) << "the late return is no second answer";
}

TEST_F(SupervisorTest, ACancelledCallThatDoesNotReturnIsStuckToo) {
  auto* const supervisor = make(quick());
  Gate gate;
  const auto handle = supervisor->launch(spec(std::nullopt), gate.work(), results_.expect());
  handle->cancel();
  EXPECT_TRUE(results_.await(1).stuck);
  gate.open();
}

TEST_F(SupervisorTest, AStuckCallDoesNotHoldUpOthers) {
  auto* const supervisor = make(quick());
  Gate gate;
  supervisor->submit(spec(10ms), gate.work(), results_.expect());
  results_.await(1);
  supervisor->submit(
      spec(kLong), [](HostCall&) { return sdk::Status{}; }, results_.expect());
  EXPECT_TRUE(results_.await(2).ok());
  gate.open();
}

TEST_F(SupervisorTest, ThreeStuckCallsAreAQuarantineUntilOneReturns) {
  auto* const supervisor = make(quick());
  std::array<Gate, 3> gates;
  for (auto& gate : gates) {
    supervisor->submit(spec(10ms), gate.work(), results_.expect());
  }
  results_.await(3);
  EXPECT_THAT(incidents_.await(4), ::testing::Contains(Incident::Kind::Quarantined));
  EXPECT_TRUE(supervisor->health().quarantined);

  supervisor->submit(
      spec(kLong), [](HostCall&) { return sdk::Status{}; }, results_.expect());
  const auto refused = results_.await(4);
  EXPECT_EQ(refused.errorClass, sdk::ErrorClass::Unavailable);
  EXPECT_FALSE(refused.stuck);
  EXPECT_THAT(refused.message,
              AllOf(HasSubstr("quarantined"), HasSubstr("3 calls"), HasSubstr("observe for")));

  gates[1].open();
  EXPECT_THAT(incidents_.await(6), ::testing::Contains(Incident::Kind::Lifted));
  EXPECT_FALSE(supervisor->health().quarantined);
  supervisor->submit(
      spec(kLong), [](HostCall&) { return sdk::Status{}; }, results_.expect());
  EXPECT_TRUE(results_.await(5).ok());
  gates[0].open();
  gates[2].open();
  EXPECT_TRUE(supervisor->drain(kLong));
}

TEST_F(SupervisorTest, RunsCallsAtTheSameTime) {
  auto* const supervisor = make({});
  constexpr int kCalls = 8;
  std::latch together(kCalls);  // opens only when all of them run
  for (int i = 0; i < kCalls; ++i) {
    supervisor->submit(
        spec(kLong),
        [&](HostCall&) {
          together.arrive_and_wait();
          return sdk::Status{};
        },
        results_.expect());
  }
  EXPECT_TRUE(results_.await(kCalls).ok());
}

TEST_F(SupervisorTest, RefusesMoreCallsThanTheLimit) {
  auto limits = quick();
  limits.maxCalls = 1;
  auto* const supervisor = make(limits);
  const auto handle = supervisor->launch(spec(std::nullopt), untilCancelled, results_.expect());
  supervisor->submit(
      spec(kLong), [](HostCall&) { return sdk::Status{}; },
      [](auto result) {
        EXPECT_EQ(result.errorClass, sdk::ErrorClass::Unavailable);
        EXPECT_THAT(result.message, HasSubstr("1 calls running"));
      });
  handle->cancel();
  results_.await(1);
}

TEST_F(SupervisorTest, KeepsPlacesForCallsThatMatterMore) {
  auto limits = quick();
  limits.maxCalls = 4;
  auto* const supervisor = make(limits);
  std::vector<std::unique_ptr<engine::RunningCall>> running;
  const auto launch = [&](const std::string& label, std::size_t leaves) {
    running.push_back(
        supervisor->launch({.label = label, .deadline = std::nullopt, .leaves = leaves},
                           untilCancelled, results_.expect()));
  };
  launch("logs", 2);
  launch("logs", 2);
  launch("logs", 2);
  EXPECT_EQ(results_.await(1).errorClass, sdk::ErrorClass::Unavailable);
  EXPECT_THAT(results_.await(1).message, HasSubstr("2 calls running, which is the limit for logs"));
  launch("exec", 1);
  launch("exec", 1);
  EXPECT_THAT(results_.await(2).message, HasSubstr("3 calls running, which is the limit for exec"));
  launch("observe", 0);
  EXPECT_EQ(results_.count(), 2U) << "the fourth runs";
  running.clear();
  results_.await(6);
}

TEST_F(SupervisorTest, ReusesIdleThreads) {
  auto* const supervisor = make({});
  std::set<std::thread::id> threads;
  constexpr std::size_t kCalls = 50;
  for (std::size_t i = 1; i <= kCalls; ++i) {
    supervisor->submit(
        spec(kLong),
        [&](HostCall&) {
          threads.insert(std::this_thread::get_id());
          return sdk::Status{};
        },
        results_.expect());
    results_.await(i);
  }
  // A thread tells before it lies down, so the very next call may just miss it.
  EXPECT_LT(threads.size(), kCalls / 2);
}

TEST_F(SupervisorTest, IdleThreadsEnd) {
  auto limits = quick();
  limits.workers.idle = 1ms;
  auto* const supervisor = make(limits);
  const auto before = threadsOfThisProcess();
  supervisor->submit(
      spec(kLong), [](HostCall&) { return sdk::Status{}; }, results_.expect());
  results_.await(1);
  const auto deadline = std::chrono::steady_clock::now() + kLong;
  while (threadsOfThisProcess() > before && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  EXPECT_EQ(threadsOfThisProcess(), before);
}

TEST_F(SupervisorTest, DeliversNothingOnceTheCallIsOver) {
  auto* const supervisor = make(quick());
  Gate gate;
  std::promise<bool> delivered;
  supervisor->submit(
      spec(10ms),
      [&, wait = gate.work()](HostCall& call) {
        wait(call);
        bool reached = false;
        call.deliver([&] { reached = true; });
        delivered.set_value(reached);
        return sdk::Status{};
      },
      results_.expect());
  EXPECT_TRUE(results_.await(1).stuck);
  gate.open();
  EXPECT_FALSE(delivered.get_future().get());
}

TEST_F(SupervisorTest, DrainCancelsWhatRunsAndLeavesNoThread) {
  const auto before = threadsOfThisProcess();
  auto* const supervisor = make({});
  std::latch running(4);
  for (int i = 0; i < 4; ++i) {
    supervisor->submit(
        spec(std::nullopt),
        [&](HostCall& call) {
          running.count_down();
          return untilCancelled(call);
        },
        results_.expect());
  }
  running.wait();
  EXPECT_TRUE(supervisor->drain(kLong));
  EXPECT_EQ(results_.count(), 4U);
  EXPECT_LE(threadsOfThisProcess(), before);  // one of an earlier test may have ended since

  supervisor->submit(
      spec(kLong), [](HostCall&) { return sdk::Status{}; }, results_.expect());
  EXPECT_EQ(results_.await(5).errorClass, sdk::ErrorClass::Cancelled) << "closed";
}

TEST_F(SupervisorTest, DrainSaysWhenSomethingDoesNotReturn) {
  auto* const supervisor = make(quick());
  Gate gate;
  supervisor->submit(spec(kLong), gate.work(), results_.expect());
  EXPECT_FALSE(supervisor->drain(1ms));
  // What the call uses outlives the supervisor, and its answer still comes.
  supervisor_.reset();
  EXPECT_TRUE(results_.await(1).stuck);
  gate.open();
  EXPECT_THAT(incidents_.await(2), ElementsAre(Incident::Kind::Stuck, Incident::Kind::Returned));
}

TEST_F(SupervisorTest, CallAndWaitReturnsTheResult) {
  auto* const supervisor = make(quick());
  EXPECT_TRUE(supervisor->callAndWait(spec(kLong), [](HostCall&) { return sdk::Status{}; }).ok());
  Gate gate;
  EXPECT_TRUE(supervisor->callAndWait(spec(10ms), gate.work()).stuck);
  gate.open();
}

TEST(Alarm, CallsBackInOrderAndForgetsWhatWasCancelled) {
  Alarm alarm;
  std::vector<int> order;
  std::promise<void> last;
  const auto now = Alarm::Clock::now();
  alarm.set(now + 30ms, [&] {
    order.push_back(3);
    last.set_value();
  });
  alarm.set(now + 10ms, [&] { order.push_back(1); });
  const auto cancelled = alarm.set(now + 15ms, [&] { order.push_back(99); });
  alarm.set(now + 20ms, [&] { order.push_back(2); });
  alarm.cancel(cancelled);
  alarm.cancel(12'345);
  last.get_future().wait();
  EXPECT_THAT(order, ElementsAre(1, 2, 3));
  EXPECT_GE(Alarm::Clock::now(), now + 30ms);
}

// How often the alarm's thread has fallen asleep.
int sleepsOfTheAlarm() {
  for (const auto& thread : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream status(thread.path() / "status");
    const std::string text{std::istreambuf_iterator<char>(status), {}};
    constexpr std::string_view kSwitches = "\nvoluntary_ctxt_switches:";
    if (text.starts_with("Name:\tplugin-alarm\n")) {
      return std::stoi(text.substr(text.find(kSwitches) + kSwitches.size()));
    }
  }
  return -1;
}

TEST(Alarm, IsNotWokenByCallsThatEndBeforeTheirTime) {
  Alarm alarm;
  std::promise<void> begun;
  alarm.set(Alarm::Clock::now(), [&begun] { begun.set_value(); });
  begun.get_future().wait();
  const int before = sleepsOfTheAlarm();
  ASSERT_GE(before, 0);
  for (int call = 0; call < 20; ++call) {
    const auto id = alarm.set(Alarm::Clock::now() + kLong, {});
    std::this_thread::sleep_for(2ms);  // as a call takes its time
    alarm.cancel(id);
  }
  EXPECT_LT(sleepsOfTheAlarm() - before, 10) << "it knows of the first";
  std::promise<void> earlier;
  alarm.set(Alarm::Clock::now() + 1ms, [&earlier] { earlier.set_value(); });
  EXPECT_EQ(earlier.get_future().wait_for(kLong / 2), std::future_status::ready);
}

TEST(Alarm, MayBeDestroyedByItsOwnCallback) {
  auto alarm = std::make_shared<Alarm>();
  std::promise<void> reached;
  std::promise<void> released;
  alarm->set(Alarm::Clock::now(), [own = alarm, &reached, &released]() mutable {
    reached.set_value();
    released.get_future().wait();
    own.reset();
  });
  reached.get_future().wait();
  const std::weak_ptr<Alarm> gone = alarm;
  alarm.reset();
  released.set_value();
  while (!gone.expired()) {
    std::this_thread::yield();
  }
}

}  // namespace
}  // namespace holdfast::pluginhost

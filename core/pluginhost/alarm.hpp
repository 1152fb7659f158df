// SPDX-License-Identifier: Apache-2.0
// One thread that calls back at given instants, for all deadlines of the process. Sleeps until the
// next one; with none set it sleeps for good.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>

namespace holdfast::pluginhost {

class Alarm {
 public:
  // CLOCK_MONOTONIC: time in suspend does not count against a call that was suspended with it.
  using Clock = std::chrono::steady_clock;
  using Id = std::uint64_t;

  Alarm();
  // Forgets what is still set and waits for a callback that runs, unless it is that callback which
  // destroys the alarm.
  ~Alarm();
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;

  // Calls `callback` once, at `when` or soon after, from the alarm's thread. It must not block.
  Id set(Clock::time_point when, std::function<void()> callback);

  // Forgets it. It may run at this very moment, or have run. Never blocks.
  void cancel(Id id);

 private:
  struct State;

  static void run(State& state);

  std::shared_ptr<State> state_;
  std::thread thread_;
};

}  // namespace holdfast::pluginhost

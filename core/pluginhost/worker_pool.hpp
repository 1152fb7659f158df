// SPDX-License-Identifier: Apache-2.0
// Threads for calls that may never return: as many as run at the same time, reused while work
// comes, gone some time after.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace holdfast::pluginhost {

struct WorkerLimits {
  // Untouched stack costs no memory; a small one also stays clear of huge pages, which would make
  // it resident at once.
  std::size_t stackBytes = std::size_t{512} * 1024;
  std::chrono::milliseconds idle{60'000};
};

class WorkerPool {
 public:
  // `name` is what debuggers show of the threads, cut to 15 characters.
  WorkerPool(std::string name, WorkerLimits limits);
  ~WorkerPool();  // as stop() without waiting
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // Runs `job` on an idle thread, the latest used first, or on a new one. It must not throw. False
  // when no thread can be had, or after stop(): then it is not run. Thread-safe.
  [[nodiscard]] bool run(std::function<void()> job);

  // Ends all threads, each after its job. True when every thread is gone; false when `limit` was
  // over first: those threads are left to themselves and end, should their job ever return.
  bool stop(std::chrono::milliseconds limit);

 private:
  struct State;
  struct Worker;

  using Argument = std::pair<std::shared_ptr<State>, std::shared_ptr<Worker>>;  // of a thread

  static void work(const std::shared_ptr<State>& state, const std::shared_ptr<Worker>& self);
  static void* enter(void* argument);

  std::shared_ptr<State> state_;
};

}  // namespace holdfast::pluginhost

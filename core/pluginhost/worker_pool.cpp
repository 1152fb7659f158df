// SPDX-License-Identifier: Apache-2.0
#include "pluginhost/worker_pool.hpp"

#include "holdfast/sdk/toolchain.hpp"
#include "pluginhost/alternate_stack.hpp"

#include <pthread.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

namespace holdfast::pluginhost {
namespace {

// A sanitizer's frames are several times as large.
constexpr std::size_t kStackFactor = std::string_view(HOLDFAST_TAG_SANITIZER) == "none" ? 1 : 4;
constexpr std::size_t kMaxThreadName = 15;

}  // namespace

struct WorkerPool::Worker {
  pthread_t thread{};
  std::condition_variable wake;
  std::function<void()> job;
  bool detached = false;  // nobody will join it any more
};

struct WorkerPool::State {
  std::string name;
  WorkerLimits limits;
  std::mutex mutex;
  std::condition_variable ended;  // some worker was moved to `finished`
  std::vector<std::shared_ptr<Worker>> live;
  std::vector<std::shared_ptr<Worker>> idle;      // the latest used at the back
  std::vector<std::shared_ptr<Worker>> finished;  // to be joined, which takes no time any more
  bool stopping = false;
};

WorkerPool::WorkerPool(std::string name, WorkerLimits limits) : state_(std::make_shared<State>()) {
  state_->name = std::move(name);
  state_->name.resize(std::min(state_->name.size(), kMaxThreadName));
  state_->limits = limits;
}

WorkerPool::~WorkerPool() {
  stop(std::chrono::milliseconds(0));
}

bool WorkerPool::run(std::function<void()> job) {
  State& state = *state_;
  std::vector<std::shared_ptr<Worker>> finished;
  std::shared_ptr<Worker> chosen;
  bool started = false;
  {
    const std::lock_guard lock(state.mutex);
    finished.swap(state.finished);
    if (!state.stopping && !state.idle.empty()) {
      chosen = std::move(state.idle.back());
      state.idle.pop_back();
      chosen->job = std::move(job);
      started = true;
    } else if (!state.stopping) {
      state.live.push_back(std::make_shared<Worker>());
      const auto& worker = state.live.back();
      worker->job = std::move(job);
      // Both reach the thread; it cannot look at its worker before this lock is released.
      auto argument = std::make_unique<Argument>(state_, worker);
      pthread_attr_t attributes;
      ::pthread_attr_init(&attributes);
      ::pthread_attr_setstacksize(&attributes, state.limits.stackBytes * kStackFactor);
      started = ::pthread_create(&worker->thread, &attributes, enter, argument.get()) == 0;
      ::pthread_attr_destroy(&attributes);
      if (started) {
        static_cast<void>(argument.release());
      } else {
        state.live.pop_back();
      }
    }
  }
  if (chosen) {
    chosen->wake.notify_one();  // without the lock, which the woken thread wants at once
  }
  for (const auto& worker : finished) {
    ::pthread_join(worker->thread, nullptr);
  }
  return started;
}

void* WorkerPool::enter(void* argument) {
  const std::unique_ptr<Argument> own(static_cast<Argument*>(argument));
  ::pthread_setname_np(::pthread_self(), own->first->name.c_str());
  const AlternateStack stack;
  work(own->first, own->second);
  return nullptr;
}

void WorkerPool::work(const std::shared_ptr<State>& state, const std::shared_ptr<Worker>& self) {
  std::unique_lock lock(state->mutex);
  while (true) {
    if (self->job) {
      auto job = std::move(self->job);
      self->job = nullptr;
      lock.unlock();
      job();
      job = nullptr;
      lock.lock();
      continue;
    }
    if (state->stopping) {
      break;
    }
    state->idle.push_back(self);
    self->wake.wait_for(lock, state->limits.idle, [&] { return self->job || state->stopping; });
    // Still in the list unless run() chose it.
    std::erase(state->idle, self);
    if (!self->job) {
      break;
    }
  }
  std::erase(state->live, self);
  if (!self->detached) {
    state->finished.push_back(self);
  }
  state->ended.notify_all();
}

bool WorkerPool::stop(std::chrono::milliseconds limit) {
  State& state = *state_;
  std::vector<std::shared_ptr<Worker>> finished;
  bool all = false;
  {
    std::unique_lock lock(state.mutex);
    state.stopping = true;
    for (const auto& worker : state.idle) {
      worker->wake.notify_one();
    }
    all = state.ended.wait_for(lock, limit, [&state] { return state.live.empty(); });
    for (const auto& worker : state.live) {
      if (!std::exchange(worker->detached, true)) {
        ::pthread_detach(worker->thread);
      }
    }
    finished.swap(state.finished);
  }
  for (const auto& worker : finished) {
    ::pthread_join(worker->thread, nullptr);
  }
  return all;
}

}  // namespace holdfast::pluginhost

// SPDX-License-Identifier: Apache-2.0
#include "pluginhost/alarm.hpp"

#include <pthread.h>

#include <condition_variable>
#include <map>
#include <mutex>
#include <utility>

namespace holdfast::pluginhost {

struct Alarm::State {
  std::mutex mutex;
  std::condition_variable changed;
  std::map<std::pair<Clock::time_point, Id>, std::function<void()>> callbacks;
  std::map<Id, Clock::time_point> times;
  Id last = 0;
  Clock::time_point wakes = Clock::time_point::max();  // when the thread looks by itself
  bool stopping = false;
};

Alarm::Alarm() : state_(std::make_shared<State>()), thread_([state = state_] { run(*state); }) {}

Alarm::~Alarm() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->changed.notify_one();
  if (thread_.get_id() == std::this_thread::get_id()) {
    thread_.detach();
  } else {
    thread_.join();
  }
}

Alarm::Id Alarm::set(Clock::time_point when, std::function<void()> callback) {
  bool earlier = false;
  Id id = 0;
  {
    const std::lock_guard lock(state_->mutex);
    id = ++state_->last;
    state_->callbacks.emplace(std::pair(when, id), std::move(callback));
    state_->times.emplace(id, when);
    // Mostly the thread still sleeps until the instant of one that was cancelled.
    earlier = when < state_->wakes;
  }
  if (earlier) {
    state_->changed.notify_one();
  }
  return id;
}

void Alarm::cancel(Id id) {
  std::function<void()> forgotten;  // destroyed without the lock: it may own anything
  const std::lock_guard lock(state_->mutex);
  const auto time = state_->times.find(id);
  if (time == state_->times.end()) {
    return;
  }
  const auto found = state_->callbacks.find({time->second, id});
  forgotten = std::move(found->second);
  state_->callbacks.erase(found);
  state_->times.erase(time);
}

void Alarm::run(State& state) {
  ::pthread_setname_np(::pthread_self(), "plugin-alarm");
  std::unique_lock lock(state.mutex);
  while (!state.stopping) {
    if (state.callbacks.empty()) {
      state.wakes = Clock::time_point::max();
      state.changed.wait(lock);
      continue;
    }
    const auto next = state.callbacks.begin();
    const auto [when, id] = next->first;
    if (Clock::now() < when) {
      state.wakes = when;
      state.changed.wait_until(lock, when);
      continue;
    }
    std::function<void()> callback = std::move(next->second);
    state.times.erase(id);
    state.callbacks.erase(next);
    lock.unlock();
    callback();
    callback = nullptr;
    lock.lock();
  }
}

}  // namespace holdfast::pluginhost

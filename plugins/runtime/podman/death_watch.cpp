// SPDX-License-Identifier: Apache-2.0
#include "runtime/podman/death_watch.hpp"

#include "runtime/common/container_process.hpp"

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <utility>
#include <vector>

namespace holdfast::podman {
namespace {

// Each costs a descriptor; an edge device runs far fewer containers.
constexpr std::size_t kMaxWatched = 512;

}  // namespace

DeathWatch::~DeathWatch() {
  end();
}

bool DeathWatch::begin(Report report) {
  const std::lock_guard lock(mutex_);
  if (active_ || ending_) {
    return false;
  }
  wake_.emplace();
  thread_ = std::thread([this, report = std::move(report)] { run(report); });
  active_ = true;  // not before there is a thread; it waits for the lock
  return true;
}

void DeathWatch::end() {
  std::thread thread;
  {
    const std::lock_guard lock(mutex_);
    if (!active_) {
      return;
    }
    active_ = false;
    ending_ = true;
    wake_->raise();
    thread = std::move(thread_);
  }
  thread.join();
  const std::lock_guard lock(mutex_);
  for (const auto& [id, watched] : watched_) {
    ::close(watched.descriptor);
  }
  watched_.clear();
  ending_ = false;
}

void DeathWatch::add(int pid, std::string_view containerId, std::string_view name) {
  const std::lock_guard lock(mutex_);
  // One that is known under another id died, and the thread is about to find that.
  if (!active_ || pid <= 0 || watched_.size() >= kMaxWatched ||
      watched_.find(containerId) != watched_.end()) {
    return;
  }
  const int descriptor = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  // Checked after it was opened: now it is known whose process the descriptor stands for.
  if (descriptor >= 0 && !runtime::livesInContainer(pid, containerId)) {
    ::close(descriptor);
    return;
  }
  if (descriptor >= 0) {
    watched_.emplace(std::string(containerId), Watched{pid, descriptor, std::string(name)});
    wake_->raise();
  }
}

std::optional<DeathWatch::Death> DeathWatch::take(int descriptor) {
  const std::lock_guard lock(mutex_);
  for (auto at = watched_.begin(); at != watched_.end(); ++at) {
    if (at->second.descriptor == descriptor) {
      Death death{at->first, at->second.name, at->second.pid};
      ::close(descriptor);
      watched_.erase(at);
      return death;
    }
  }
  return std::nullopt;
}

void DeathWatch::run(const Report& report) {
  for (;;) {
    std::vector<pollfd> polled;
    {
      const std::lock_guard lock(mutex_);
      if (!active_) {
        return;
      }
      polled.push_back({wake_->descriptor(), POLLIN, 0});
      for (const auto& [id, watched] : watched_) {
        polled.push_back({watched.descriptor, POLLIN, 0});
      }
    }
    ::poll(polled.data(), polled.size(), -1);
    if (polled.front().revents != 0) {
      wake_->lower();
    }
    for (std::size_t at = 1; at < polled.size(); ++at) {
      if (polled[at].revents != 0) {
        if (const std::optional<Death> death = take(polled[at].fd)) {
          report(*death);
        }
      }
    }
  }
}

}  // namespace holdfast::podman

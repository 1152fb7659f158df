// SPDX-License-Identifier: Apache-2.0
#include "pluginhost/host_call.hpp"

#include "model/text.hpp"

#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace holdfast::pluginhost {
namespace {

constexpr std::size_t kMaxMessage = 4u * 1024;
constexpr std::size_t kMaxRaw = 16u * 1024;

int makeEventFd() {
  const int fd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (fd < 0) {
    throw std::system_error(errno, std::generic_category(), "eventfd");
  }
  return fd;
}

}  // namespace

HostCall::HostCall(std::optional<Clock::time_point> deadline)
    : deadline_(deadline), cancelFd_(makeEventFd()) {}

bool HostCall::cancelled() const noexcept {
  return cancelled_;
}

std::int64_t HostCall::remainingMs() const noexcept {
  if (!deadline_) {
    return INT64_MAX;
  }
  const auto left = std::chrono::floor<std::chrono::milliseconds>(*deadline_ - Clock::now());
  return std::max<std::int64_t>(left.count(), 0);
}

int HostCall::cancelFd() const noexcept {
  return cancelFd_.get();
}

void HostCall::explain(std::string_view message, std::string_view raw) noexcept {
  try {
    std::string line = model::oneLine(message, kMaxMessage);
    std::string text = model::printable(raw, kMaxRaw);
    const std::lock_guard lock(explanationMutex_);
    message_.swap(line);
    raw_.swap(text);
  } catch (...) {
    // Out of memory: the status alone has to do.
  }
}

void HostCall::cancel() noexcept {
  if (!cancelled_.exchange(true)) {
    ::eventfd_write(cancelFd_.get(), 1);
  }
}

void HostCall::deliver(const std::function<void()>& forward) {
  const std::lock_guard lock(deliveryMutex_);
  if (open_) {
    forward();
  }
}

void HostCall::close() {
  const std::lock_guard lock(deliveryMutex_);
  open_ = false;
}

std::string HostCall::message() const {
  const std::lock_guard lock(explanationMutex_);
  return message_;
}

std::string HostCall::raw() const {
  const std::lock_guard lock(explanationMutex_);
  return raw_;
}

}  // namespace holdfast::pluginhost

// SPDX-License-Identifier: Apache-2.0
#include "daemon/service_manager.hpp"

#include "model/text.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <utility>

namespace holdfast::daemon {
namespace {

constexpr std::size_t kMaxStatus = 1'024;  // what `systemctl status` shows is a line

std::string take(const char* name) {
  const char* value = std::getenv(name);
  std::string text = value == nullptr ? "" : value;
  ::unsetenv(name);
  return text;
}

std::optional<std::int64_t> numberOf(const std::string& text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional(value)
                                                                  : std::nullopt;
}

}  // namespace

ServiceManager::ServiceManager(std::string socket,
                               std::optional<std::chrono::microseconds> watchdog)
    : address_(std::move(socket)), watchdog_(watchdog) {
  if (!address_.empty() && address_.size() < sizeof(sockaddr_un::sun_path)) {
    socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  }
}

ServiceManager::~ServiceManager() {
  if (socket_ >= 0) {
    ::close(socket_);
  }
}

ServiceManager::Environment ServiceManager::takeEnvironment() {
  Environment environment;
  environment.socket = take("NOTIFY_SOCKET");
  const auto time = numberOf(take("WATCHDOG_USEC"));
  const auto pid = numberOf(take("WATCHDOG_PID"));
  if (time && *time > 0 && (!pid || *pid == ::getpid())) {
    environment.watchdog = std::chrono::microseconds{*time};
  }
  return environment;
}

void ServiceManager::Environment::restore() const {
  constexpr int kReplace = 1;
  if (!socket.empty()) {
    ::setenv("NOTIFY_SOCKET", socket.c_str(), kReplace);
  }
  if (watchdog) {
    ::setenv("WATCHDOG_USEC", std::to_string(watchdog->count()).c_str(), kReplace);
  }
}

std::optional<std::chrono::milliseconds> ServiceManager::pulse() const {
  if (!watchdog_) {
    return std::nullopt;
  }
  return std::max(std::chrono::duration_cast<std::chrono::milliseconds>(*watchdog_ / 3),
                  std::chrono::milliseconds{1});
}

void ServiceManager::ready() {
  send("READY=1");
}

void ServiceManager::reloading() {
  // Type=notify-reload compares it with the instant of its SIGHUP.
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  const auto micros = now.tv_sec * 1'000'000 + now.tv_nsec / 1'000;
  send("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(micros));
}

void ServiceManager::stopping() {
  send("STOPPING=1");
}

void ServiceManager::alive() {
  send("WATCHDOG=1");
}

void ServiceManager::status(const std::string& text) {
  {
    const std::lock_guard lock(mutex_);
    if (text == lastStatus_) {
      return;
    }
    lastStatus_ = text;
  }
  send("STATUS=" + model::oneLine(text, kMaxStatus));
}

void ServiceManager::send(const std::string& message) const {
  if (socket_ < 0) {
    return;
  }
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(&address.sun_path[0], address_.data(), address_.size());
  if (address_.front() == '@') {
    address.sun_path[0] = '\0';  // the abstract namespace
  }
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
  // Nobody to complain to when it fails; the service manager's own time-outs are the answer.
  static_cast<void>(::sendto(socket_, message.data(), message.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
                             reinterpret_cast<const sockaddr*>(&address), length));
}

}  // namespace holdfast::daemon

// SPDX-License-Identifier: Apache-2.0
#include "notifier/syslog/name_lookup.hpp"

#include "holdfast/support/stop_signal.hpp"

#include <poll.h>

#include <atomic>
#include <cstring>
#include <thread>
#include <utility>

namespace holdfast::syslog {
namespace {

using sdk::ErrorClass;

std::vector<SocketAddress> copied(const addrinfo* list) {
  std::vector<SocketAddress> addresses;
  for (const addrinfo* at = list; at != nullptr; at = at->ai_next) {
    SocketAddress& address = addresses.emplace_back();
    if (at->ai_addrlen > sizeof(address.bytes)) {
      addresses.pop_back();
      continue;
    }
    std::memcpy(&address.bytes, at->ai_addr, at->ai_addrlen);
    address.length = at->ai_addrlen;
  }
  return addresses;
}

}  // namespace

// One question. Its thread and everybody who waits own it together, so that the thread has where to
// write to when nobody waits any more. The results are read only after `done` was raised and
// `ended` was seen: a descriptor wakes who waits, but by the language's rules it orders nothing.
struct NameLookup::Run {
  const std::string host;
  const std::string port;
  const Resolve resolve;
  int error = 0;  // of getaddrinfo()
  std::vector<SocketAddress> addresses;
  std::atomic<bool> ended = false;
  support::StopSignal done;

  Run(std::string ofHost, std::string ofPort, Resolve with)
      : host(std::move(ofHost)), port(std::move(ofPort)), resolve(std::move(with)) {}

  void ask() {
    addrinfo hints{};
    hints.ai_socktype = SOCK_DGRAM;
    hints.ai_flags = AI_NUMERICSERV;
    addrinfo* found = nullptr;
    error = resolve(host.c_str(), port.c_str(), &hints, &found);
    if (error == 0) {
      addresses = copied(found);
      ::freeaddrinfo(found);
    }
    ended = true;
    done.raise();
  }
};

NameLookup::NameLookup(std::string host, std::string port, Resolve resolve)
    : host_(std::move(host)), port_(std::move(port)), resolve_(std::move(resolve)) {}

std::shared_ptr<const NameLookup::Run> NameLookup::running() {
  const std::lock_guard lock(mutex_);
  if (run_ == nullptr || run_->ended) {
    auto run = std::make_shared<Run>(host_, port_, resolve_);
    // Plugins are never unloaded, so the thread may outlive this.
    std::thread([run] { run->ask(); }).detach();
    run_ = std::move(run);
  }
  return run_;
}

Result NameLookup::find(const Limits& limits, std::vector<SocketAddress>& found) {
  const std::shared_ptr<const Run> run = running();
  switch (waitFor(run->done.descriptor(), POLLIN, limits, limits.remainingMs())) {
    case Wait::Ready:
      if (run->ended) {
        break;
      }
      [[fallthrough]];
    case Wait::TimedOut:
      return {ErrorClass::Unavailable, "looking up " + host_ + ": no name server answers in time"};
    case Wait::Cancelled:
      return cancelled();
  }
  if (run->error != 0 || run->addresses.empty()) {
    const int error = run->error == 0 ? EAI_NONAME : run->error;
    return {ErrorClass::Unavailable, "looking up " + host_ + ": " + ::gai_strerror(error)};
  }
  found = run->addresses;
  return {};
}

}  // namespace holdfast::syslog

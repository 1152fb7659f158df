// SPDX-License-Identifier: Apache-2.0
#include "wire_count.hpp"

// The C library's own tcp_info ends before the counts.
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstddef>

namespace holdfast::support {
namespace {

void add(int descriptor, HttpTraffic& traffic) {
  tcp_info info{};
  socklen_t length = sizeof(info);
  if (::getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &length) == 0 &&
      length >= offsetof(tcp_info, tcpi_bytes_sent) + sizeof(info.tcpi_bytes_sent)) {
    traffic.sentBytes += static_cast<std::int64_t>(info.tcpi_bytes_sent);
    traffic.receivedBytes += static_cast<std::int64_t>(info.tcpi_bytes_received);
  }
}

}  // namespace

int WireCount::open(int family, int type, int protocol) {
  const int descriptor = ::socket(family, type | SOCK_CLOEXEC, protocol);
  if (descriptor >= 0) {
    const std::lock_guard lock(mutex_);
    open_.insert(descriptor);
  }
  return descriptor;
}

int WireCount::close(int descriptor) {
  const std::lock_guard lock(mutex_);
  add(descriptor, closed_);
  open_.erase(descriptor);
  return ::close(descriptor);
}

HttpTraffic WireCount::total() const {
  const std::lock_guard lock(mutex_);
  HttpTraffic total = closed_;
  for (const int descriptor : open_) {
    add(descriptor, total);
  }
  return total;
}

}  // namespace holdfast::support

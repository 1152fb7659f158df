// SPDX-License-Identifier: Apache-2.0
#include "notifier/syslog/stream_transport.hpp"

#include <utility>

namespace holdfast::syslog {
namespace {

constexpr std::size_t kKept = 16;

std::string joined(const std::deque<std::string>& frames) {
  std::string bytes;
  for (const std::string& frame : frames) {
    bytes += frame;
  }
  return bytes;
}

}  // namespace

StreamTransport::StreamTransport(Sender sender, StreamTarget target)
    : sender_(std::move(sender)), target_(std::move(target)) {}

StreamTransport::Link StreamTransport::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(link_, Link());
}

void StreamTransport::putBack(Link link) {
  const std::lock_guard lock(mutex_);
  std::swap(link_, link);  // that of a call that overlapped goes
}

// Leaves a connection of which nothing bad is known, with what was lost sent again.
Result StreamTransport::connect(Link& link, const Limits& limits) const {
  if (link.connection) {
    switch (link.connection->state()) {
      case StreamConnection::State::Open:
        return {};
      case StreamConnection::State::Closed:
        link.last.clear();
        break;
      case StreamConnection::State::Lost:
        link.lost = true;
        break;
    }
    link.connection.reset();
  }
  Result result;
  link.connection = StreamConnection::open(target_, limits, result);
  if (result.ok() && link.lost) {
    result = link.connection->send(joined(link.last), limits);
    link.lost = !result.ok();
  }
  return result;
}

Result StreamTransport::sendAll(Link& link, const std::vector<std::string>& frames,
                                const Limits& limits) const {
  Result result = connect(link, limits);
  for (const std::string& frame : frames) {
    if (!result.ok()) {
      break;
    }
    result = link.connection->send(frame, limits);
  }
  if (!result.ok()) {
    // What this call was to send comes again; what earlier ones sent, only from here.
    link.lost = link.lost || link.connection != nullptr;
    link.connection.reset();
    return result;
  }
  link.last.insert(link.last.end(), frames.begin(), frames.end());
  while (link.last.size() > kKept) {
    link.last.pop_front();
  }
  return result;
}

Result StreamTransport::send(const std::vector<Record>& records, const Limits& limits) {
  std::vector<std::string> frames;
  frames.reserve(records.size());
  for (const Record& record : records) {
    frames.push_back(framed(rfc5424(record, sender_, sequence_.next(), clockSynchronised())));
  }
  Link link = take();
  Result result = sendAll(link, frames, limits);
  putBack(std::move(link));
  return result;
}

Result StreamTransport::check(const Limits& limits) {
  Link link = take();
  Result result = connect(link, limits);
  if (!result.ok()) {
    link.connection.reset();
  }
  putBack(std::move(link));
  return result;
}

void StreamTransport::close() noexcept {
  const std::lock_guard lock(mutex_);
  link_.connection.reset();
}

}  // namespace holdfast::syslog

// SPDX-License-Identifier: Apache-2.0
#include "notifier/syslog/stream_connection.hpp"

#include "holdfast/support/curl_handles.hpp"

#include <curl/curl.h>

#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <new>
#include <utility>

namespace holdfast::syslog {
namespace {

using sdk::ErrorClass;
using support::HttpError;

// How long after a handshake an objection of the other side is waited for.
constexpr int kSettleMs = 200;
// A peer that confirms nothing for this long is gone.
constexpr unsigned kUserTimeoutMs = 10'000;
constexpr int kKeepAliveIdleSeconds = 60;
constexpr int kKeepAliveIntervalSeconds = 10;
constexpr int kKeepAliveCount = 3;

// Why there is no connection makes no difference, so errno is not asked for.
Result resultOf(CURLcode code, const std::string& words) {
  switch (support::httpErrorOf(code, 0, words)) {
    case HttpError::None:
      return {};
    case HttpError::Resolve:
    case HttpError::Unreachable:
      return {ErrorClass::Unavailable, words};
    case HttpError::Tls:
      return {ErrorClass::Transient, "TLS: " + words};
    default:
      return {ErrorClass::Transient, words};
  }
}

void setOption(int socket, int level, int name, unsigned value) {
  // A kernel without the option notices a dead peer later; nothing else.
  static_cast<void>(::setsockopt(socket, level, name, &value, sizeof(value)));
}

void watchPeer(int socket) {
  setOption(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
  setOption(socket, IPPROTO_TCP, TCP_KEEPIDLE, kKeepAliveIdleSeconds);
  setOption(socket, IPPROTO_TCP, TCP_KEEPINTVL, kKeepAliveIntervalSeconds);
  setOption(socket, IPPROTO_TCP, TCP_KEEPCNT, kKeepAliveCount);
  setOption(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, kUserTimeoutMs);
  setOption(socket, IPPROTO_TCP, TCP_NODELAY, 1);
}

}  // namespace

// libcurl's handles: the connection lives as long as the easy handle stays in the multi handle.
class StreamConnection::Handles {
 public:
  Handles() : multi_(curl_multi_init()), easy_(curl_easy_init()) {
    if (!multi_ || !easy_ || curl_multi_add_handle(multi_.get(), easy_.get()) != CURLM_OK) {
      throw std::bad_alloc();
    }
  }
  ~Handles() { curl_multi_remove_handle(multi_.get(), easy_.get()); }
  Handles(const Handles&) = delete;
  Handles& operator=(const Handles&) = delete;

  [[nodiscard]] CURL* easy() const { return easy_.get(); }

  void configure(const StreamTarget& target, long timeoutMs) {
    // The scheme only says whether there is TLS: with CONNECT_ONLY nothing of HTTP is spoken.
    const std::string url = (target.tls ? "https://" : "http://") + target.name() + "/";
    set(CURLOPT_URL, url.c_str());
    set(CURLOPT_CONNECT_ONLY, 1L);
    set(CURLOPT_ERRORBUFFER, error_.data());
    support::setThreading(easy());
    set(CURLOPT_PROXY, "");
    set(CURLOPT_CONNECTTIMEOUT_MS, timeoutMs);
    set(CURLOPT_TIMEOUT_MS, timeoutMs);
    set(CURLOPT_SSL_ENABLE_ALPN, 0L);
    support::setTls(easy(), target.files);
  }

  // Until the connection is there.
  Result connect(const Limits& limits) {
    std::array<curl_waitfd, 2> extra{};
    unsigned int count = 0;
    for (const int descriptor : {limits.cancelFd, limits.stopFd}) {
      if (descriptor >= 0) {
        extra[count++] = {descriptor, CURL_WAIT_POLLIN, 0};
      }
    }
    for (;;) {
      int running = 0;
      curl_multi_perform(multi_.get(), &running);
      int queued = 0;
      if (const CURLMsg* message = curl_multi_info_read(multi_.get(), &queued);
          message != nullptr) {
        const CURLcode code = message->data.result;
        return code == CURLE_OPERATION_TIMEDOUT ? outOfTime() : explained(code);
      }
      curl_multi_poll(multi_.get(), extra.data(), count, limits.remainingMs(), nullptr);
      for (unsigned int at = 0; at < count; ++at) {
        if (extra[at].revents != 0) {
          return cancelled();
        }
      }
      if (limits.remainingMs() == 0) {
        return outOfTime();
      }
    }
  }

  [[nodiscard]] int socket() const {
    curl_socket_t socket = CURL_SOCKET_BAD;
    curl_easy_getinfo(easy(), CURLINFO_ACTIVESOCKET, &socket);
    return socket;
  }

  // What libcurl said last, or its words for the code.
  [[nodiscard]] std::string words(CURLcode code) const {
    return error_[0] != '\0' ? error_.data() : curl_easy_strerror(code);
  }
  [[nodiscard]] Result explained(CURLcode code) const { return resultOf(code, words(code)); }

 private:
  template <typename Option, typename Value>
  void set(Option option, Value value) {
    support::setOption(easy(), option, value);
  }

  [[nodiscard]] Result outOfTime() const {
    curl_off_t lookedUpAfter = 0;  // microseconds; none while there is no address
    curl_easy_getinfo(easy(), CURLINFO_NAMELOOKUP_TIME_T, &lookedUpAfter);
    return lookedUpAfter > 0 ? timedOut()
                             : Result{ErrorClass::Unavailable, "no name server answers in time"};
  }

  std::array<char, CURL_ERROR_SIZE> error_{};
  support::MultiHandle multi_;  // outlives what is in it
  support::EasyHandle easy_;
};

StreamConnection::StreamConnection(std::unique_ptr<Handles> handles)
    : handles_(std::move(handles)), socket_(handles_->socket()) {
  watchPeer(socket_);
}

StreamConnection::~StreamConnection() = default;

std::unique_ptr<StreamConnection> StreamConnection::open(const StreamTarget& target,
                                                         const Limits& limits, Result& result) {
  support::initializeCurl();
  auto handles = std::make_unique<Handles>();
  handles->configure(target, std::max(limits.remainingMs(), 1));
  result = handles->connect(limits);
  if (!result.ok()) {
    return nullptr;
  }
  std::unique_ptr<StreamConnection> connection(new StreamConnection(std::move(handles)));
  if (target.tls) {
    result = connection->settle(limits);
  }
  return result.ok() ? std::move(connection) : nullptr;
}

// With TLS 1.3 a server sends its first tickets once it has accepted our certificate, or an alert
// when it has not. One that does neither within the time has accepted it too.
Result StreamConnection::settle(const Limits& limits) {
  switch (waitFor(socket_, POLLIN, limits, kSettleMs)) {
    case Wait::TimedOut:
      return {};
    case Wait::Cancelled:
      return cancelled();
    case Wait::Ready:
      break;
  }
  char byte = 0;
  std::size_t count = 0;
  const CURLcode code = curl_easy_recv(handles_->easy(), &byte, 1, &count);
  if (code == CURLE_AGAIN) {
    return {};
  }
  if (code == CURLE_OK) {
    return {ErrorClass::Transient, "TLS: the other side closed the connection after the handshake"};
  }
  return {ErrorClass::Transient, "TLS: " + handles_->words(code)};
}

StreamConnection::State StreamConnection::state() {
  char byte = 0;
  std::size_t count = 0;
  const CURLcode code = curl_easy_recv(handles_->easy(), &byte, 1, &count);
  if (code == CURLE_AGAIN) {
    pollfd polled{socket_, 0, 0};
    return ::poll(&polled, 1, 0) > 0 ? State::Lost : State::Open;
  }
  return code == CURLE_OK && count == 0 ? State::Closed : State::Lost;
}

Result StreamConnection::send(std::string_view bytes, const Limits& limits) {
  Result result = write(bytes, limits);
  return result.ok() ? awaitConfirmation(limits) : result;
}

Result StreamConnection::write(std::string_view bytes, const Limits& limits) {
  while (!bytes.empty()) {
    std::size_t count = 0;
    const CURLcode code = curl_easy_send(handles_->easy(), bytes.data(), bytes.size(), &count);
    if (code == CURLE_OK) {
      bytes.remove_prefix(count);
      continue;
    }
    if (code != CURLE_AGAIN) {
      return handles_->explained(code);
    }
    switch (waitFor(socket_, POLLOUT, limits, limits.remainingMs())) {
      case Wait::Ready:
        break;
      case Wait::TimedOut:
        return timedOut();
      case Wait::Cancelled:
        return cancelled();
    }
  }
  return {};
}

// No event tells that the queue is empty; it is looked at more and more rarely. An answer of the
// other side, such as a reset, ends the wait at once.
Result StreamConnection::awaitConfirmation(const Limits& limits) {
  constexpr int kLongestPauseMs = 100;
  for (int pauseMs = 1;; pauseMs = std::min(2 * pauseMs, kLongestPauseMs)) {
    int unconfirmed = 0;
    if (::ioctl(socket_, SIOCOUTQ, &unconfirmed) != 0) {
      unconfirmed = 0;  // no such queue: the write is all there is to know
    }
    if (state() != State::Open) {
      return {ErrorClass::Transient, "the other side closed the connection"};
    }
    if (unconfirmed == 0) {
      return {};
    }
    // Only errors: tickets of TLS would make it readable again and again.
    if (waitFor(socket_, 0, limits, pauseMs) == Wait::Cancelled) {
      return cancelled();
    }
    if (limits.remainingMs() == 0) {
      return timedOut();
    }
  }
}

}  // namespace holdfast::syslog

// SPDX-License-Identifier: Apache-2.0
#include "bench/support/recording_proxy.hpp"

#include "bench/support/unix_socket.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <string_view>
#include <utility>

namespace holdfast::bench {
namespace {

constexpr std::string_view kEndOfHead = "\r\n\r\n";
constexpr std::string_view kLength = "\r\nContent-Length: ";  // as libcurl and Go write it

std::size_t bodyLength(std::string_view head) {
  std::size_t length = 0;
  if (const auto place = head.find(kLength); place != std::string_view::npos) {
    const std::string_view number = head.substr(place + kLength.size());
    std::from_chars(number.data(), number.data() + number.size(), length);
  }
  return length;
}

// "POST /path HTTP/1.1\r\n..."
Recorded readHead(std::string_view head) {
  const auto first = head.find(' ');
  const auto second = head.find(' ', first + 1);
  Recorded request;
  request.at = Clock::now();
  request.method = head.substr(0, first);
  request.path = head.substr(first + 1, second - first - 1);
  return request;
}

}  // namespace

// One connection of the agent's and its counterpart to the engine. Requests of one connection come
// one after the other, so the first bytes after a request are its answer's.
class RecordingProxy::Connection {
 public:
  Connection(RecordingProxy& proxy, int client, int engine)
      : proxy_(proxy),
        client_(client),
        engine_(engine),
        forward_([this] { pump(client_, engine_, [this](std::string_view b) { asked(b); }); }),
        back_([this] { pump(engine_, client_, [this](std::string_view b) { answered(b); }); }) {}

  ~Connection() {
    ::shutdown(client_, SHUT_RDWR);
    ::shutdown(engine_, SHUT_RDWR);
    forward_.join();
    back_.join();
    ::close(client_);
    ::close(engine_);
  }

  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

 private:
  template <class Watch>
  static void pump(int from, int to, Watch watch) {
    std::array<char, 65536> buffer{};
    try {
      for (;;) {
        const auto count = ::recv(from, buffer.data(), buffer.size(), 0);
        if (count <= 0) {
          break;
        }
        const std::string_view bytes(buffer.data(), static_cast<std::size_t>(count));
        watch(bytes);
        sendAll(to, bytes);
      }
    } catch (const std::exception&) {
      // The other side is gone: so is this one.
    }
    ::shutdown(to, SHUT_WR);
  }

  void asked(std::string_view bytes) {
    pending_.append(bytes);
    for (;;) {
      const std::size_t head = pending_.find(kEndOfHead);
      if (head == std::string::npos) {
        return;
      }
      const std::size_t body = head + kEndOfHead.size();
      const std::size_t length = bodyLength(std::string_view(pending_).substr(0, head));
      if (!begun_) {
        begun_ = readHead(pending_);
      }
      if (pending_.size() < body + length) {
        return;
      }
      begun_->body = pending_.substr(body, length);
      pending_.erase(0, body + length);
      auto request = proxy_.add(std::move(*begun_));
      begun_.reset();
      const std::lock_guard lock(proxy_.mutex_);
      unanswered_ = std::move(request);
    }
  }

  void answered(std::string_view bytes) {
    const std::lock_guard lock(proxy_.mutex_);
    constexpr std::string_view kVersion = "HTTP/1.1 ";
    if (!unanswered_ || !bytes.starts_with(kVersion)) {
      return;
    }
    const std::string_view status = bytes.substr(kVersion.size());
    std::from_chars(status.data(), status.data() + status.size(), unanswered_->status);
    unanswered_->answered = Clock::now();
    unanswered_.reset();
  }

  RecordingProxy& proxy_;
  const int client_;
  const int engine_;
  std::string pending_;            // of the forward thread
  std::optional<Recorded> begun_;  // of the forward thread
  std::shared_ptr<Recorded> unanswered_;
  std::jthread forward_;
  std::jthread back_;
};

RecordingProxy::RecordingProxy(const std::filesystem::path& socket, std::filesystem::path engine)
    : engine_(std::move(engine)), listener_(listenAt(socket)), thread_([this] { accept(); }) {}

RecordingProxy::~RecordingProxy() {
  ::shutdown(listener_, SHUT_RDWR);
  thread_.join();
  ::close(listener_);
  connections_.clear();
}

void RecordingProxy::accept() {
  for (;;) {
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) {
      return;
    }
    try {
      connections_.push_back(std::make_unique<Connection>(*this, client, connectTo(engine_)));
    } catch (const std::exception&) {
      ::close(client);  // as an engine that has gone
    }
  }
}

std::shared_ptr<Recorded> RecordingProxy::add(Recorded request) {
  auto shared = std::make_shared<Recorded>(std::move(request));
  const std::lock_guard lock(mutex_);
  requests_.push_back(shared);
  return shared;
}

std::vector<Recorded> RecordingProxy::requests() const {
  const std::lock_guard lock(mutex_);
  std::vector<Recorded> result;
  for (const auto& request : requests_) {
    result.push_back(*request);
  }
  return result;
}

void RecordingProxy::forget() {
  const std::lock_guard lock(mutex_);
  requests_.clear();
}

}  // namespace holdfast::bench

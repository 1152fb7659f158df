// SPDX-License-Identifier: Apache-2.0
#include "conformance/kit/http_receiver.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <optional>
#include <system_error>
#include <utility>

namespace holdfast::conformance {
namespace {

constexpr int kBacklog = 64;
constexpr std::size_t kMaxRequestBytes = 4u << 20;
constexpr int kPatienceSeconds = 10;

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

bool sendAll(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) {
      return false;
    }
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

// The bytes of one connection, read as they are needed.
class Reader {
 public:
  explicit Reader(int fd) : fd_(fd) {}

  // Up to and without `end`.
  std::optional<std::string> until(std::string_view end) {
    std::size_t at = 0;
    while ((at = buffer_.find(end)) == std::string::npos) {
      if (!more()) {
        return std::nullopt;
      }
    }
    std::string text = buffer_.substr(0, at);
    buffer_.erase(0, at + end.size());
    return text;
  }

  std::optional<std::string> exactly(std::size_t size) {
    while (buffer_.size() < size) {
      if (!more()) {
        return std::nullopt;
      }
    }
    std::string text = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return text;
  }

 private:
  bool more() {
    std::array<char, 16 * 1024> part{};
    const ssize_t got = ::recv(fd_, part.data(), part.size(), 0);
    if (got <= 0 || buffer_.size() > kMaxRequestBytes) {
      return false;
    }
    buffer_.append(part.data(), static_cast<std::size_t>(got));
    return true;
  }

  int fd_;
  std::string buffer_;
};

std::optional<std::string> readChunks(Reader& reader) {
  std::string body;
  for (;;) {
    const auto size = reader.until("\r\n");
    if (!size) {
      return std::nullopt;
    }
    const auto chunk = reader.exactly(std::strtoul(size->c_str(), nullptr, 16));
    if (!chunk || !reader.until("\r\n")) {
      return std::nullopt;
    }
    if (chunk->empty()) {
      return body;
    }
    body += *chunk;
  }
}

std::optional<ReceivedRequest> readRequest(Reader& reader, int fd) {
  const auto head = reader.until("\r\n\r\n");
  if (!head) {
    return std::nullopt;
  }
  ReceivedRequest request{*head, {}};
  if (!request.header("expect").empty() && !sendAll(fd, "HTTP/1.1 100 Continue\r\n\r\n")) {
    return std::nullopt;
  }
  const bool chunked = lower(request.header("transfer-encoding")) == "chunked";
  const auto body =
      chunked ? readChunks(reader)
              : reader.exactly(std::strtoul(request.header("content-length").c_str(), nullptr, 10));
  if (!body) {
    return std::nullopt;
  }
  request.body = *body;
  return request;
}

}  // namespace

std::string ReceivedRequest::path() const {
  const std::size_t begin = std::min(head.find(' '), head.size() - 1) + 1;
  return head.substr(begin, head.find_first_of(" ?\r", begin) - begin);
}

std::string ReceivedRequest::header(const std::string& name) const {
  const std::string folded = lower(head);
  const std::size_t at = folded.find("\r\n" + name + ":");
  if (at == std::string::npos) {
    return {};
  }
  const std::size_t begin = head.find_first_not_of(" \t", at + name.size() + 3);
  return begin == std::string::npos ? std::string()
                                    : head.substr(begin, head.find('\r', begin) - begin);
}

HttpReceiver::HttpReceiver() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in local{};
  local.sin_family = AF_INET;
  local.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* const any = static_cast<sockaddr*>(static_cast<void*>(&local));
  socklen_t size = sizeof(local);
  if (listener_ < 0 || ::bind(listener_, any, size) != 0 || ::listen(listener_, kBacklog) != 0 ||
      ::getsockname(listener_, any, &size) != 0) {
    throw std::system_error(errno, std::generic_category(), "cannot listen on 127.0.0.1");
  }
  address_ = "127.0.0.1:" + std::to_string(ntohs(local.sin_port));
  script([](const ReceivedRequest&) { return Answer{}; });
  thread_ = std::thread([this] { run(); });
}

HttpReceiver::~HttpReceiver() {
  ::shutdown(listener_, SHUT_RDWR);  // ends accept()
  thread_.join();
  ::close(listener_);
}

void HttpReceiver::script(std::function<Answer(const ReceivedRequest&)> answer) {
  const std::lock_guard lock(mutex_);
  answer_ = std::move(answer);
  requests_.clear();
  sent_ = 0;
}

std::vector<ReceivedRequest> HttpReceiver::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void HttpReceiver::run() {
  std::vector<std::thread> connections;
  for (int fd = 0; (fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) {
    connections.emplace_back([this, fd] { serve(fd); });
  }
  for (std::thread& connection : connections) {
    connection.join();
  }
}

// One request for each connection: nothing is left open between two tests.
void HttpReceiver::serve(int fd) {
  const timeval patience{kPatienceSeconds, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  Reader reader(fd);
  if (const auto request = readRequest(reader, fd)) {
    std::function<Answer(const ReceivedRequest&)> answer;
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(*request);
      answer = answer_;
    }
    send(fd, answer(*request));
  }
  ::close(fd);
}

void HttpReceiver::send(int fd, const Answer& answer) {
  const std::size_t size = answer.body.size() * answer.times;
  // An answer without content has no length either (RFC 9110, 8.6).
  const bool none = answer.status.starts_with("204") || answer.status.starts_with("304");
  const std::string length = none ? "" : "Content-Length: " + std::to_string(size) + "\r\n";
  bool goesOn = sendAll(fd, "HTTP/1.1 " + answer.status + "\r\n" + answer.headers +
                                "Connection: close\r\n" + length + "\r\n");
  std::size_t left = none ? 0 : std::min(size, answer.cutAt);
  while (goesOn && left > 0) {
    const std::string_view part = std::string_view(answer.body).substr(0, left);
    goesOn = sendAll(fd, part);
    sent_ += goesOn ? part.size() : 0;
    left -= part.size();
  }
}

}  // namespace holdfast::conformance

// SPDX-License-Identifier: Apache-2.0
#include "bench/support/engine_connection.hpp"

#include "bench/support/unix_socket.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <string>

namespace holdfast::bench {
namespace {

// The engine's header names are always written the same way.
constexpr std::string_view kLength = "Content-Length: ";
constexpr std::string_view kChunked = "Transfer-Encoding: chunked";

bool hasBody(int status) {
  return status != 204 && status != 304;
}

}  // namespace

EngineConnection::EngineConnection(const std::filesystem::path& socket) : fd_(connectTo(socket)) {}

EngineConnection::~EngineConnection() {
  ::close(fd_);
}

void EngineConnection::receive() {
  std::array<char, 65536> buffer{};
  const auto count = ::recv(fd_, buffer.data(), buffer.size(), 0);
  if (count <= 0) {
    throw std::runtime_error("the engine closed the connection");
  }
  received_.append(buffer.data(), static_cast<std::size_t>(count));
}

std::string EngineConnection::line() {
  std::size_t end = 0;
  while ((end = received_.find("\r\n")) == std::string::npos) {
    receive();
  }
  std::string result = received_.substr(0, end);
  received_.erase(0, end + 2);
  return result;
}

std::string EngineConnection::bytes(std::size_t count) {
  while (received_.size() < count) {
    receive();
  }
  std::string result = received_.substr(0, count);
  received_.erase(0, count);
  return result;
}

std::string EngineConnection::chunks() {
  std::string body;
  while (const std::size_t size = std::stoul(line(), nullptr, 16)) {
    body += bytes(size);
    line();
  }
  line();
  return body;
}

Answer EngineConnection::call(std::string_view method, std::string_view path,
                              std::string_view body) {
  std::string request(method);
  request.append(" ").append(path).append(" HTTP/1.1\r\nHost: engine\r\n");
  request.append("Content-Type: application/json\r\n");
  request.append(kLength).append(std::to_string(body.size())).append("\r\n\r\n").append(body);
  sendAll(fd_, request);

  Answer answer;
  answer.status = std::stoi(line().substr(std::string_view("HTTP/1.1 ").size()));
  std::size_t length = 0;
  bool chunked = false;
  for (std::string header = line(); !header.empty(); header = line()) {
    if (header.starts_with(kLength)) {
      length = std::stoul(header.substr(kLength.size()));
    }
    chunked = chunked || header == kChunked;
  }
  if (hasBody(answer.status)) {
    answer.body = chunked ? chunks() : bytes(length);
  }
  return answer;
}

Answer EngineConnection::expect(std::string_view method, std::string_view path,
                                std::string_view body) {
  Answer answer = call(method, path, body);
  if (answer.status >= 400) {
    throw std::runtime_error(std::string(method) + " " + std::string(path) + ": " +
                             std::to_string(answer.status) + " " + answer.body);
  }
  return answer;
}

}  // namespace holdfast::bench

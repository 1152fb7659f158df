// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace holdfast::bench {

struct Answer {
  int status = 0;
  std::string body;
};

/// One connection to an engine's unix socket, kept open from call to call: the least that a call
/// can cost. Every member blocks as long as the engine takes, and throws std::runtime_error when
/// the connection fails. Not thread-safe.
class EngineConnection {
 public:
  explicit EngineConnection(const std::filesystem::path& socket);
  ~EngineConnection();

  EngineConnection(const EngineConnection&) = delete;
  EngineConnection& operator=(const EngineConnection&) = delete;

  /// `path` with the API's version; `body` is sent as JSON. Any status is returned.
  Answer call(std::string_view method, std::string_view path, std::string_view body = {});

  /// As call(), but throws with the engine's words when the status is 400 or more.
  Answer expect(std::string_view method, std::string_view path, std::string_view body = {});

 private:
  std::string line();
  std::string bytes(std::size_t count);
  std::string chunks();
  void receive();

  int fd_;
  std::string received_;
};

}  // namespace holdfast::bench

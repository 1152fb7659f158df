// SPDX-License-Identifier: Apache-2.0
// The real holdfastd with its API on TCP, and what there is to say to it.
#pragma once

#include "component/daemon/daemon_process.hpp"
#include "fixtures/net/tcp_client.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace holdfast::test {

inline const std::string kReadToken = "read-0123456789abcdef";
inline const std::string kOperateToken = "operate-0123456789ab";

inline const std::string kEmptyTarget = R"({"apps": {}})";

class AccessTest : public testing::Test {
 protected:
  using Headers = std::map<std::string, std::string>;

  AccessTest();

  // Starts with both tokens and so many connections, each request to arrive within 2 s.
  void start(int connections = 32, int followers = 16);
  void writeTokens(const std::string& lines, unsigned mode = 0600) const;

  // The watched file, which is read leniently: the runtime here has no services.
  void writeTarget(const std::string& text) const;

  [[nodiscard]] static Headers bearer(const std::string& token) {
    return {{"Authorization", "Bearer " + token}};
  }
  // The text of a request. A header Host is added where there is none.
  [[nodiscard]] std::string text(const std::string& method, const std::string& path,
                                 Headers headers = {}, const std::string& body = "") const;
  // The whole answer to it; `from` as in TcpClient.
  [[nodiscard]] std::string exchange(const std::string& request,
                                     const std::string& from = "127.0.0.1") const;
  [[nodiscard]] int status(const std::string& request, const std::string& from = "127.0.0.1") const;

  // The longest of some requests over the unix socket, which have to be answered.
  [[nodiscard]] std::chrono::milliseconds slowestOnTheSocket() const;

  DaemonProcess daemon_;
  int port_;
};

}  // namespace holdfast::test

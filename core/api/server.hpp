// SPDX-License-Identifier: Apache-2.0
// The HTTP server on the unix socket.
#pragma once

#include "api/agent.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace holdfast::api {

struct ServerSettings {
  std::string socketPath;
  std::string group;  // may use the socket; passed over when there is no such group
  int maxConnections = 32;
  int maxFollowers = 16;
  std::chrono::milliseconds requestTimeout{10'000};
};

class Server {
 public:
  // `agent` outlives the server. `log` may be called from any thread. Listens at once, so that a
  // second daemon is noticed early; answers from start() on. Throws SocketError.
  Server(ServerSettings settings, Agent& agent,
         std::function<void(engine::Severity, const std::string&)> log);
  ~Server();  // stops
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  void start();

  // Accepts nothing more, lets running requests end for at most `patience`, then breaks them off,
  // and removes the socket. Followers end by themselves once Agent::news() says stopping.
  void stop(std::chrono::milliseconds patience);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace holdfast::api

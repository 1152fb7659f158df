// SPDX-License-Identifier: Apache-2.0
// The HTTP server on the unix socket, and over TCP where that is wanted.
#pragma once

#include "api/agent.hpp"
#include "config/listen_address.hpp"
#include "config/token_file.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace holdfast::api {

struct ServerSettings {
  std::string socketPath;
  std::string group;      // may operate over the socket; passed over when there is no such group
  std::string readGroup;  // may read; likewise
  // For the socket, and as many again for TCP.
  int maxConnections = 32;
  int maxFollowers = 16;
  std::chrono::milliseconds requestTimeout{10'000};
  std::vector<config::ListenAddress> listen;  // none: no TCP
  std::vector<std::string> hosts;             // names of this device, besides localhost
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

  // Where it listens over TCP, with the ports that were free where 0 was asked for.
  [[nodiscard]] std::vector<config::ListenAddress> listensAt() const;

  // Any thread. Replaces ServerSettings::hosts.
  void setHosts(const std::vector<std::string>& hosts);

  // Any thread; until the first call no token is one. What was let in by a token that is not among
  // these is let go.
  void setTokens(std::vector<config::Token> tokens);

  // Accepts nothing more, lets running requests end for at most `patience`, then breaks them off,
  // and removes the socket. Followers end by themselves once Agent::news() says stopping.
  void stop(std::chrono::milliseconds patience);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace holdfast::api

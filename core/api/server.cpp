// SPDX-License-Identifier: Apache-2.0
#include "api/server.hpp"

#include "api/connection_quota.hpp"
#include "api/front.hpp"
#include "api/gate.hpp"
#include "api/session_routes.hpp"
#include "api/tcp_socket.hpp"
#include "api/unix_socket.hpp"

#include <unistd.h>

#include <algorithm>
#include <utility>

namespace holdfast::api {
namespace {

using Log = std::function<void(engine::Severity, const std::string&)>;

constexpr std::string_view kFull =
    "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 5\r\n"
    "Content-Length: 0\r\nX-Content-Type-Options: nosniff\r\n\r\n";

std::vector<Route> allRoutes(Gate& gate) {
  auto all = routes();
  auto sessions = sessionRoutes(gate);
  std::move(sessions.begin(), sessions.end(), std::back_inserter(all));
  return all;
}

std::optional<gid_t> groupOr(const std::string& name, const std::string& key, const Log& log) {
  const auto group = name.empty() ? std::nullopt : groupNamed(name);
  if (!group && !name.empty()) {
    log(engine::Severity::Warning,
        "there is no group '" + name + "' (" + key + "): nobody may use the socket by it");
  }
  return group;
}

FrontSettings frontOf(const ServerSettings& settings) {
  return {settings.maxConnections, settings.maxFollowers, settings.requestTimeout};
}

// Each listens, or none is left listening.
std::vector<int> listenOnAll(const std::vector<config::ListenAddress>& addresses) {
  std::vector<int> listeners;
  try {
    for (const auto& address : addresses) {
      listeners.push_back(listenOn(address));
    }
  } catch (const SocketError&) {
    std::for_each(listeners.begin(), listeners.end(), ::close);
    throw;
  }
  return listeners;
}

}  // namespace

class Server::Impl {
 public:
  Impl(ServerSettings settings, Agent& agent, Log log)
      : settings_(std::move(settings)),
        gate_(settings_.hosts,
              [log](const std::string& text) { log(engine::Severity::Warning, text); }),
        context_{agent, gate_, Router(allRoutes(gate_)), log, {}},
        groups_{groupOr(settings_.group, "api.group", log),
                groupOr(settings_.readGroup, "api.readGroup", log)},
        // Who may not operate cannot take the places of those who may, and one user not those of
        // all who read.
        socketGuests_(settings_.maxConnections / 2, settings_.maxConnections / 4),
        remotes_(settings_.maxConnections, settings_.maxConnections / 2),
        socket_(
            {listenOn(settings_.socketPath, groups_)}, [this](int fd) { return onSocket(fd); },
            frontOf(settings_), context_) {
    if (!settings_.listen.empty()) {
      openTcp();
    }
  }

  ~Impl() { stop(std::chrono::milliseconds{0}); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void start() {
    socket_.start();
    if (tcp_) {
      tcp_->start();
    }
  }

  [[nodiscard]] const std::vector<config::ListenAddress>& listensAt() const { return listensAt_; }

  void setHosts(const std::vector<std::string>& hosts) { gate_.setHosts(hosts); }

  void setTokens(std::vector<config::Token> tokens) { gate_.setTokens(std::move(tokens)); }

  void stop(std::chrono::milliseconds patience) {
    if (std::exchange(stopped_, true)) {
      return;
    }
    ::unlink(settings_.socketPath.c_str());
    socket_.close();
    if (tcp_) {
      tcp_->close();
    }
    context_.activity.waitUntilIdle(patience);
    socket_.end();
    if (tcp_) {
      tcp_->end();
    }
  }

 private:
  void openTcp() {
    std::vector<int> listeners;
    try {
      listeners = listenOnAll(settings_.listen);
    } catch (const SocketError&) {
      ::unlink(settings_.socketPath.c_str());
      throw;
    }
    for (std::size_t i = 0; i < listeners.size(); ++i) {
      listensAt_.push_back(addressOf(listeners[i], settings_.listen[i]));
      context_.log(engine::Severity::Information, "listens on " + listensAt_.back().text());
    }
    tcp_.emplace(
        std::move(listeners), [this](int fd) { return onTcp(fd); }, frontOf(settings_), context_);
  }

  // On the thread that accepts, as onTcp().
  Connection* onSocket(int fd) {
    const auto peer = peerOf(fd, groups_);
    std::shared_ptr<void> place;
    if (peer.access != Access::Operate) {
      place = socketGuests_.take(std::to_string(peer.uid));
      if (!place) {
        turnAway(fd, kFull);
        return nullptr;
      }
    }
    return new Connection(fd, {.peer = peer}, settings_.requestTimeout, std::move(place));
  }

  Connection* onTcp(int fd) {
    auto origin = tcpOrigin(fd);
    auto place = remotes_.take(origin.network);
    if (!place) {
      turnAway(fd, kFull);
      return nullptr;
    }
    boundTcp(fd);
    return new Connection(fd, std::move(origin), settings_.requestTimeout, std::move(place));
  }

  ServerSettings settings_;
  Gate gate_;
  ExchangeContext context_;
  SocketGroups groups_;
  ConnectionQuota socketGuests_;
  ConnectionQuota remotes_;
  std::vector<config::ListenAddress> listensAt_;
  Front socket_;
  std::optional<Front> tcp_;
  bool stopped_ = false;
};

Server::Server(ServerSettings settings, Agent& agent, Log log)
    : impl_(std::make_unique<Impl>(std::move(settings), agent, std::move(log))) {}

Server::~Server() = default;
void Server::start() {
  impl_->start();
}
std::vector<config::ListenAddress> Server::listensAt() const {
  return impl_->listensAt();
}
void Server::setHosts(const std::vector<std::string>& hosts) {
  impl_->setHosts(hosts);
}
void Server::setTokens(std::vector<config::Token> tokens) {
  impl_->setTokens(std::move(tokens));
}
void Server::stop(std::chrono::milliseconds patience) {
  impl_->stop(patience);
}

}  // namespace holdfast::api

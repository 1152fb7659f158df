// SPDX-License-Identifier: Apache-2.0
#include "api/server.hpp"

#include "api/exchange.hpp"
#include "api/unix_socket.hpp"

#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerParams.h>
#include <Poco/ThreadPool.h>

#include <unistd.h>

namespace holdfast::api {
namespace {

// Deep enough for a target of the allowed depth, small enough to be cheap in number.
constexpr int kStackBytes = 512 * 1024;

// Idle connections hold a thread each.
constexpr int kIdleSeconds = 5;
constexpr int kMaxQueued = 64;

class Factory final : public Poco::Net::HTTPRequestHandlerFactory {
 public:
  explicit Factory(ExchangeContext& context) : context_(context) {}
  Poco::Net::HTTPRequestHandler* createRequestHandler(
      const Poco::Net::HTTPServerRequest&) override {
    return new Exchange(context_);  // Poco deletes it
  }

 private:
  ExchangeContext& context_;
};

Poco::Net::HTTPServerParams::Ptr parametersOf(const ServerSettings& settings) {
  const Poco::Timespan time(settings.requestTimeout.count() * 1000);
  Poco::Net::HTTPServerParams::Ptr parameters(new Poco::Net::HTTPServerParams);
  parameters->setMaxThreads(settings.maxConnections);
  parameters->setMaxQueued(kMaxQueued);
  parameters->setTimeout(time);
  parameters->setKeepAliveTimeout(Poco::Timespan(kIdleSeconds, 0));
  parameters->setThreadIdleTime(Poco::Timespan(kIdleSeconds, 0));
  return parameters;
}

}  // namespace

class Server::Impl {
 public:
  Impl(ServerSettings settings, Agent& agent,
       std::function<void(engine::Severity, const std::string&)> log)
      : settings_(std::move(settings)),
        context_{agent, Router(routes()), settings_.maxFollowers, std::move(log), {}, {}},
        group_(settings_.group.empty() ? std::nullopt : groupNamed(settings_.group)),
        socket_(new UnixServerSocket(listenOn(settings_.socketPath, group_), group_,
                                     settings_.requestTimeout)),
        handle_(socket_),
        pool_("hf-api", 1, settings_.maxConnections, kIdleSeconds, kStackBytes),
        server_(new Factory(context_), pool_, handle_, parametersOf(settings_)) {
    if (!group_ && !settings_.group.empty()) {
      context_.log(engine::Severity::Warning,
                   "there is no group '" + settings_.group +
                       "' (api.group): only root and the agent's own user may use " +
                       settings_.socketPath);
    }
  }

  ~Impl() { stop(std::chrono::milliseconds{0}); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void start() { server_.start(); }

  void stop(std::chrono::milliseconds patience) {
    if (std::exchange(stopped_, true)) {
      return;
    }
    ::unlink(settings_.socketPath.c_str());
    socket_->wake();
    server_.stop();
    context_.activity.waitUntilIdle(patience);
    server_.stopAll(true);
    pool_.joinAll();
  }

 private:
  ServerSettings settings_;
  ExchangeContext context_;
  std::optional<gid_t> group_;
  UnixServerSocket* socket_;  // counted by handle_
  UnixServerSocketHandle handle_;
  Poco::ThreadPool pool_;
  Poco::Net::HTTPServer server_;
  bool stopped_ = false;
};

Server::Server(ServerSettings settings, Agent& agent,
               std::function<void(engine::Severity, const std::string&)> log)
    : impl_(std::make_unique<Impl>(std::move(settings), agent, std::move(log))) {}

Server::~Server() = default;
void Server::start() {
  impl_->start();
}
void Server::stop(std::chrono::milliseconds patience) {
  impl_->stop(patience);
}

}  // namespace holdfast::api

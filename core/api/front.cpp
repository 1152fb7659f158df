// SPDX-License-Identifier: Apache-2.0
#include "api/front.hpp"

#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServerParams.h>

namespace holdfast::api {
namespace {

// Deep enough for a target of the allowed depth, small enough to be cheap in number.
constexpr int kStackBytes = 512 * 1024;

// Idle connections hold a thread each.
constexpr int kIdleSeconds = 5;
constexpr int kMaxQueued = 64;

class Factory final : public Poco::Net::HTTPRequestHandlerFactory {
 public:
  explicit Factory(Entrance& entrance) : entrance_(entrance) {}
  Poco::Net::HTTPRequestHandler* createRequestHandler(
      const Poco::Net::HTTPServerRequest&) override {
    return new Exchange(entrance_);  // Poco deletes it
  }

 private:
  Entrance& entrance_;
};

Poco::Net::HTTPServerParams::Ptr parametersOf(const FrontSettings& settings) {
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

Front::Front(std::vector<int> listeners, ListeningSocket::Admit admit,
             const FrontSettings& settings, ExchangeContext& context)
    : entrance_{context, settings.maxFollowers, {}},
      socket_(new ListeningSocket(std::move(listeners), std::move(admit))),
      handle_(socket_),
      pool_("hf-api", 1, settings.maxConnections, kIdleSeconds, kStackBytes),
      server_(new Factory(entrance_), pool_, handle_, parametersOf(settings)) {}

void Front::close() {
  socket_->wake();
  server_.stop();
}

void Front::end() {
  server_.stopAll(true);
  pool_.joinAll();
}

}  // namespace holdfast::api

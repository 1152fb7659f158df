// SPDX-License-Identifier: Apache-2.0
// One request and its answer on Poco's connection.
#pragma once

#include "api/agent.hpp"
#include "api/gate.hpp"
#include "api/router.hpp"

#include <Poco/Net/HTTPRequestHandler.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>

namespace holdfast::api {

// Requests that are being answered, so that a stop can wait for them.
class Activity {
 public:
  void begin();
  void end();
  // False when `patience` was over first.
  bool waitUntilIdle(std::chrono::milliseconds patience);

 private:
  std::mutex mutex_;
  std::condition_variable idle_;
  int running_ = 0;
};

// What every exchange of one server shares.
struct ExchangeContext {
  Agent& agent;
  Gate& gate;
  Router router;
  std::function<void(engine::Severity, const std::string&)> log;
  Activity activity;
};

// What those share that came the same way, on the socket or over TCP: neither can take the places
// of the other.
struct Entrance {
  ExchangeContext& context;
  int maxFollowers;
  std::atomic<int> followers = 0;
};

class Exchange final : public Poco::Net::HTTPRequestHandler {
 public:
  explicit Exchange(Entrance& entrance) : entrance_(entrance) {}
  void handleRequest(Poco::Net::HTTPServerRequest& request,
                     Poco::Net::HTTPServerResponse& response) override;

 private:
  Entrance& entrance_;
};

}  // namespace holdfast::api

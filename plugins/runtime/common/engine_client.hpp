// SPDX-License-Identifier: Apache-2.0
// The API of one engine: versions, timeouts, and what it means when no answer comes.
#pragma once

#include "holdfast/sdk/types.hpp"
#include "holdfast/support/http.hpp"
#include "runtime/common/dialect.hpp"
#include "runtime/common/error_rules.hpp"

#include <boost/json/value.hpp>

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace holdfast::runtime {

// How long a call may take before it counts as not answered. dockerd waits up to 15 s for a plugin
// that does not exist, and slow storage makes creations and starts long.
struct Timeouts {
  static constexpr std::int64_t kPing = 5'000;
  static constexpr std::int64_t kLook = 10'000;
  static constexpr std::int64_t kCreate = 30'000;
  static constexpr std::int64_t kStart = 60'000;
  static constexpr std::int64_t kStopBeyondGrace = 30'000;
  static constexpr std::int64_t kRemove = 60'000;
  static constexpr std::int64_t kPause = 10'000;
  static constexpr std::int64_t kNetwork = 30'000;
};

struct EngineRequest {
  std::string method = "GET";
  std::string path;                   // without the version: "/containers/json?all=1"
  boost::json::value body = nullptr;  // sent as JSON unless null
  std::int64_t timeoutMs = Timeouts::kLook;
  std::string authHeader = {};  // X-Registry-Auth; empty: none
  support::Gathering gather = {};
  bool pull = false;  // a POST /images/create, see Dialect::basePath
};

// An answer, or the status that says why there is none (already explained to the call).
struct EngineAnswer {
  sdk::Status status;  // Ok: `response` is there, whatever its HTTP status
  support::HttpResponse response;

  [[nodiscard]] bool ok() const { return status.ok(); }
  [[nodiscard]] int http() const { return response.status; }
  [[nodiscard]] bool success() const { return ok() && http() >= 200 && http() < 300; }
};

// Thread-safe. Every member blocks at most as long as its request may take.
class EngineClient {
 public:
  // Starts an engine that does not run, see onNobodyThere().
  using Reviver = std::function<bool(sdk::Call&)>;

  // `stopFd`: readable once the plugin is to end, which cancels everything. `dialect` is kept.
  EngineClient(const Dialect& dialect, support::HttpEndpoint endpoint, int stopFd);

  // Called, at most once in a call of the plugin, when nobody listens where the engine should; on
  // true the engine is asked once more. To be set before the first call.
  void onNobodyThere(Reviver reviver) { reviver_ = std::move(reviver); }

  [[nodiscard]] const Dialect& dialect() const { return dialect_; }

  // Asks the engine for its name and version, however often it was asked before. Unavailable when
  // it does not answer, is too old, or is another engine.
  [[nodiscard]] sdk::Status ping(sdk::Call& call);

  // The version that the engine is spoken to in (PingVerdict::version), asked for when that was not
  // done yet or the engine has been away since.
  [[nodiscard]] sdk::Status version(sdk::Call& call, int& version);

  [[nodiscard]] EngineAnswer call(sdk::Call& call, const EngineRequest& request);

  // Hands a 2xx answer on while it comes. A status of Ok says that the answer came to its end;
  // `stopped` in the handler's own state tells an end of its own making.
  [[nodiscard]] EngineAnswer stream(sdk::Call& call, const EngineRequest& request,
                                    const support::StreamHandler& handler);

  // Held while a network is looked up and made. dockerd's own check for a second one of that name
  // is no more than a hint: two requests at once make two networks, and then no container can join
  // either ("is ambiguous"). False when the call was cancelled while it waited for its turn.
  class NetworkTurn {
   public:
    NetworkTurn(EngineClient& client, sdk::Call& call);
    ~NetworkTurn();
    NetworkTurn(const NetworkTurn&) = delete;
    NetworkTurn& operator=(const NetworkTurn&) = delete;
    explicit operator bool() const { return held_; }

   private:
    EngineClient& client_;
    bool held_ = false;
  };

  // The status that belongs to a refusal, explained to the call.
  [[nodiscard]] sdk::Status refuse(sdk::Call& call, EngineCall what,
                                   const support::HttpResponse& response) const;

  // The status of an answer that is not the JSON it should be.
  [[nodiscard]] sdk::Status noJson(sdk::Call& call, const EngineAnswer& answer) const;

 private:
  [[nodiscard]] sdk::Status askVersion(sdk::Call& call, int& version);
  [[nodiscard]] support::HttpResult ping(const sdk::Call& call, std::int64_t timeoutMs);
  [[nodiscard]] support::HttpRequest httpRequest(const EngineRequest& request, int version) const;
  [[nodiscard]] int knownVersion() const;
  [[nodiscard]] sdk::Status noAnswer(sdk::Call& call, const EngineRequest& request,
                                     const support::HttpResult& result);
  [[nodiscard]] bool answersPing(const sdk::Call& call);
  void forgetVersion();

  const Dialect& dialect_;
  support::HttpClient http_;
  Reviver reviver_;
  int stopFd_;
  mutable std::mutex mutex_;
  int version_ = 0;  // 0: to be asked for
  std::condition_variable networkTurnEnded_;
  bool networkTurnTaken_ = false;
};

// Explains `message` to the call and returns the status.
[[nodiscard]] sdk::Status fail(sdk::Call& call, sdk::ErrorClass errorClass,
                               std::string_view message, std::string_view raw = {});

// Body of an answer as JSON; nothing when it is none.
[[nodiscard]] std::optional<boost::json::value> bodyOf(const EngineAnswer& answer);

}  // namespace holdfast::runtime

// SPDX-License-Identifier: Apache-2.0
#include "runtime/common/engine_client.hpp"

#include "holdfast/support/json.hpp"
#include "runtime/common/waiting.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <chrono>

namespace holdfast::runtime {
namespace {

using support::HttpError;

std::string seconds(std::int64_t milliseconds) {
  return std::to_string((milliseconds + 999) / 1000) + " s";
}

// What to tell people, and what they can do about it.
std::string explanation(const support::HttpResult& result, const Dialect& dialect,
                        const std::string& where, std::int64_t timeoutMs) {
  const std::string name(dialect.name());
  switch (result.error) {
    case HttpError::NoSocket:
      return where + " does not exist: is " + name + " installed and running?";
    case HttpError::PermissionDenied:
      return "no permission to use " + where + ": " + std::string(dialect.permissionHint());
    case HttpError::Refused:
      return "nobody listens at " + where + ": is " + name + " running?";
    case HttpError::Timeout:
      return name + " at " + where + " gave no answer within " + seconds(timeoutMs);
    case HttpError::Broken:
      return name + " at " + where + " closed the connection";
    default:
      return "cannot reach " + name + " at " + where + ": " + result.errorText;
  }
}

// Is the call over, or about to be? A request that has all the time that is left ends a moment
// before the host says so; whose fault that is, is the host's to say.
bool isOver(const sdk::Call& call) {
  constexpr std::int64_t kMomentMs = 50;
  constexpr std::chrono::milliseconds kHostsDelay{250};
  return call.cancelled() || (call.remainingMs() <= kMomentMs && !wait(call, kHostsDelay));
}

}  // namespace

sdk::Status fail(sdk::Call& call, sdk::ErrorClass errorClass, std::string_view message,
                 std::string_view raw) {
  call.explain(message, raw);
  return {.code = errorClass};
}

std::optional<boost::json::value> bodyOf(const EngineAnswer& answer) {
  return support::parseJson(answer.response.body);
}

EngineClient::EngineClient(const Dialect& dialect, support::HttpEndpoint endpoint, int stopFd)
    : dialect_(dialect), http_(std::move(endpoint)), stopFd_(stopFd) {}

support::HttpRequest EngineClient::httpRequest(const EngineRequest& request, int version) const {
  support::HttpRequest http;
  http.method = request.method;
  http.target = dialect_.basePath(version, request.pull) + request.path;
  http.headers.emplace_back("Content-Type: application/json");
  if (!request.authHeader.empty()) {
    http.headers.push_back("X-Registry-Auth: " + request.authHeader);
  }
  http.gather = request.gather;
  if (!request.body.is_null()) {
    http.body = boost::json::serialize(request.body);
  }
  return http;
}

sdk::Status EngineClient::noJson(sdk::Call& call, const EngineAnswer& answer) const {
  return fail(call, sdk::ErrorClass::Transient,
              std::string(dialect_.name()) + "'s answer is not the JSON it should be",
              rawAnswer(answer.http(), answer.response.body));
}

int EngineClient::knownVersion() const {
  const std::lock_guard lock(mutex_);
  return version_;
}

void EngineClient::forgetVersion() {
  const std::lock_guard lock(mutex_);
  version_ = 0;
}

support::HttpResult EngineClient::ping(const sdk::Call& call, std::int64_t timeoutMs) {
  support::HttpRequest request;
  request.target = "/_ping";
  return http_.perform(request, support::limitsOf(call, timeoutMs, stopFd_));
}

sdk::Status EngineClient::askVersion(sdk::Call& call, int& version) {
  support::HttpResult result = ping(call, Timeouts::kPing);
  const bool nobody = result.error == HttpError::NoSocket || result.error == HttpError::Refused;
  if (nobody && reviver_ && reviver_(call)) {
    result = ping(call, Timeouts::kPing);
  }
  if (!result.ok()) {
    return noAnswer(call, {.path = "/_ping", .timeoutMs = Timeouts::kPing}, result);
  }
  const PingVerdict verdict = dialect_.judgePing(result.response, http_.endpoint().name());
  version = verdict.problem.empty() ? verdict.version : 0;
  {
    const std::lock_guard lock(mutex_);
    version_ = version;
  }
  return version != 0 ? sdk::Status{}
                      : fail(call, sdk::ErrorClass::Unavailable, verdict.problem,
                             rawAnswer(result.response.status, result.response.body));
}

sdk::Status EngineClient::ping(sdk::Call& call) {
  int version = 0;
  return askVersion(call, version);
}

sdk::Status EngineClient::version(sdk::Call& call, int& version) {
  version = knownVersion();
  return version != 0 ? sdk::Status{} : askVersion(call, version);
}

bool EngineClient::answersPing(const sdk::Call& call) {
  constexpr std::int64_t kQuick = 2'000;
  return ping(call, kQuick).ok();
}

// No answer at all is the engine's fault, not that of the service the request was for. One request
// that takes too long, or whose handler fails in the engine, while others are answered is.
sdk::Status EngineClient::noAnswer(sdk::Call& call, const EngineRequest& request,
                                   const support::HttpResult& result) {
  if (result.error == HttpError::Cancelled || call.cancelled()) {
    return fail(call, sdk::ErrorClass::Cancelled, "cancelled");
  }
  const std::string name(dialect_.name());
  if (result.error == HttpError::TooLarge) {
    return fail(call, sdk::ErrorClass::Transient, name + "'s answer is too long");
  }
  const std::string problem =
      explanation(result, dialect_, http_.endpoint().name(), request.timeoutMs);
  const bool broken = result.error == HttpError::Broken;
  if (broken) {
    forgetVersion();  // another engine may be there already
  }
  if (broken || result.error == HttpError::Timeout) {
    const bool ping = request.path == "/_ping";
    const std::string what = request.method + " " + request.path;
    if (!ping && !isOver(call) && answersPing(call)) {
      return fail(call, sdk::ErrorClass::Transient,
                  broken
                      ? name + " closed the connection in the middle of " + what
                      : name + " did not finish " + what + " within " + seconds(request.timeoutMs),
                  result.errorText);
    }
    if (isOver(call)) {  // perhaps only now: the ping had what was left
      return fail(call, sdk::ErrorClass::Cancelled,
                  ping ? problem : name + " did not finish " + what + " in time");
    }
  }
  forgetVersion();  // whoever answers next may be another version
  return fail(call, sdk::ErrorClass::Unavailable, problem, result.errorText);
}

EngineClient::NetworkTurn::NetworkTurn(EngineClient& client, sdk::Call& call) : client_(client) {
  // How late a cancelled call may notice it; the turn itself is handed on at once.
  constexpr std::chrono::milliseconds kPatience{50};
  std::unique_lock lock(client_.mutex_);
  while (!client_.networkTurnEnded_.wait_for(lock, kPatience,
                                             [this] { return !client_.networkTurnTaken_; })) {
    if (call.cancelled()) {
      return;
    }
  }
  held_ = client_.networkTurnTaken_ = true;
}

EngineClient::NetworkTurn::~NetworkTurn() {
  if (held_) {
    const std::lock_guard lock(client_.mutex_);
    client_.networkTurnTaken_ = false;
    client_.networkTurnEnded_.notify_one();
  }
}

EngineAnswer EngineClient::call(sdk::Call& call, const EngineRequest& request) {
  EngineAnswer answer;
  int known = 0;
  answer.status = version(call, known);
  if (!answer.ok()) {
    return answer;
  }
  const auto perform = [&] {
    return http_.perform(httpRequest(request, known),
                         support::limitsOf(call, request.timeoutMs, stopFd_));
  };
  support::HttpResult result = perform();
  if (result.ok() && request.method == "GET" && dialect_.saysProcessVanished(result.response)) {
    result = perform();
  }
  if (!result.ok()) {
    answer.status = noAnswer(call, request, result);
  }
  answer.response = std::move(result.response);
  return answer;
}

EngineAnswer EngineClient::stream(sdk::Call& call, const EngineRequest& request,
                                  const support::StreamHandler& handler) {
  EngineAnswer answer;
  int known = 0;
  answer.status = version(call, known);
  if (!answer.ok()) {
    return answer;
  }
  support::HttpResult result = http_.stream(
      httpRequest(request, known), support::limitsOf(call, request.timeoutMs, stopFd_), handler);
  if (!result.ok() && result.error != HttpError::Stopped) {
    answer.status = noAnswer(call, request, result);
  }
  answer.response = std::move(result.response);
  return answer;
}

sdk::Status EngineClient::refuse(sdk::Call& call, EngineCall what,
                                 const support::HttpResponse& response) const {
  const ClassifiedError error = classify(dialect_.errorTable(), what, response.status,
                                         dialect_.rootOf(dialect_.errorTextOf(response)));
  return fail(call, error.errorClass, error.message, rawAnswer(response.status, response.body));
}

}  // namespace holdfast::runtime

// SPDX-License-Identifier: Apache-2.0
#include "runtime/docker/engine_client.hpp"

#include "holdfast/support/json.hpp"
#include "runtime/docker/error_table.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>

namespace holdfast::docker {
namespace {

using support::HttpError;

support::HttpRequest httpRequest(const EngineRequest& request, int minor) {
  support::HttpRequest http;
  http.method = request.method;
  http.target = (minor == 0 ? std::string() : "/v1." + std::to_string(minor)) + request.path;
  http.headers.emplace_back("Content-Type: application/json");
  if (!request.authHeader.empty()) {
    http.headers.push_back("X-Registry-Auth: " + request.authHeader);
  }
  if (!request.body.is_null()) {
    http.body = boost::json::serialize(request.body);
  }
  return http;
}

// "1.41" -> 41; 0 for anything else.
int minorOf(std::string_view version) {
  constexpr std::string_view kMajor = "1.";
  int minor = 0;
  if (version.starts_with(kMajor)) {
    version.remove_prefix(kMajor.size());
    std::from_chars(version.data(), version.data() + version.size(), minor);
  }
  return minor;
}

std::string seconds(std::int64_t milliseconds) {
  return std::to_string((milliseconds + 999) / 1000) + " s";
}

// What to tell people, and what they can do about it.
std::string explanation(const support::HttpResult& result, const std::string& where,
                        std::int64_t timeoutMs) {
  switch (result.error) {
    case HttpError::NoSocket:
      return where + " does not exist: is Docker installed and running?";
    case HttpError::PermissionDenied:
      return "no permission to use " + where + ": run the agent as root or in the group docker";
    case HttpError::Refused:
      return "nobody listens at " + where + ": is Docker running?";
    case HttpError::Timeout:
      return "Docker at " + where + " gave no answer within " + seconds(timeoutMs);
    case HttpError::Broken:
      return "Docker at " + where + " closed the connection";
    default:
      return "cannot reach Docker at " + where + ": " + result.errorText;
  }
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

sdk::Status noJson(sdk::Call& call, const EngineAnswer& answer) {
  return fail(call, sdk::ErrorClass::Transient, "Docker's answer is not the JSON it should be",
              runtime::rawAnswer(answer.http(), answer.response.body));
}

EngineClient::EngineClient(support::HttpEndpoint endpoint, int stopFd)
    : http_(std::move(endpoint)), stopFd_(stopFd) {}

int EngineClient::apiMinor() const {
  const std::lock_guard lock(mutex_);
  return apiMinor_;
}

void EngineClient::forgetVersion() {
  const std::lock_guard lock(mutex_);
  apiMinor_ = 0;
}

sdk::Status EngineClient::judgePing(sdk::Call& call, const support::HttpResponse& response,
                                    int& minor) {
  const std::string& where = http_.endpoint().name();
  const std::string raw = runtime::rawAnswer(response.status, response.body);
  if (!response.header("libpod-api-version").empty()) {
    return fail(call, sdk::ErrorClass::Unavailable,
                where + " belongs to Podman: load the plugin podman and give the address to it",
                raw);
  }
  if (response.status != 200) {
    return fail(call, sdk::ErrorClass::Unavailable,
                "Docker at " + where + " answers: " + runtime::errorText(response), raw);
  }
  const std::string_view offered = response.header("api-version");
  minor = std::min(minorOf(offered), kMaxApiMinor);
  if (minor < kMinApiMinor) {
    return fail(call, sdk::ErrorClass::Unavailable,
                "the engine at " + where + " offers API version '" + std::string(offered) +
                    "'; 1.40 (Docker 19.03) or later is needed",
                raw);
  }
  return {};
}

sdk::Status EngineClient::askVersion(sdk::Call& call, int& minor) {
  const EngineRequest request{.path = "/_ping", .timeoutMs = Timeouts::kPing};
  const support::HttpResult result =
      http_.perform(httpRequest(request, 0), support::limitsOf(call, request.timeoutMs, stopFd_));
  const sdk::Status status =
      result.ok() ? judgePing(call, result.response, minor) : noAnswer(call, request, result);
  const std::lock_guard lock(mutex_);
  apiMinor_ = status.ok() ? minor : 0;
  return status;
}

sdk::Status EngineClient::ping(sdk::Call& call) {
  int minor = 0;
  return askVersion(call, minor);
}

sdk::Status EngineClient::version(sdk::Call& call, int& minor) {
  minor = apiMinor();
  return minor != 0 ? sdk::Status{} : askVersion(call, minor);
}

bool EngineClient::answersPing(const sdk::Call& call) {
  const EngineRequest request{.path = "/_ping"};
  constexpr std::int64_t kQuick = 2'000;
  return http_.perform(httpRequest(request, 0), support::limitsOf(call, kQuick, stopFd_)).ok();
}

// No answer at all is the engine's fault, not that of the service the request was for. One request
// that takes too long while others are answered is.
sdk::Status EngineClient::noAnswer(sdk::Call& call, const EngineRequest& request,
                                   const support::HttpResult& result) {
  if (result.error == HttpError::Cancelled || call.cancelled()) {
    return fail(call, sdk::ErrorClass::Cancelled, "cancelled");
  }
  if (result.error == HttpError::TooLarge) {
    return fail(call, sdk::ErrorClass::Transient, "Docker's answer is too long");
  }
  if (result.error == HttpError::Timeout && request.path != "/_ping" && answersPing(call)) {
    return fail(call, sdk::ErrorClass::Transient,
                "Docker did not finish " + request.method + " " + request.path + " within " +
                    seconds(request.timeoutMs));
  }
  forgetVersion();  // whoever answers next may be another version
  return fail(call, sdk::ErrorClass::Unavailable,
              explanation(result, http_.endpoint().name(), request.timeoutMs), result.errorText);
}

EngineClient::NetworkTurn::NetworkTurn(EngineClient& client, sdk::Call& call) : client_(client) {
  // How late a cancelled call may notice it; the turn itself is handed on at once.
  constexpr std::chrono::milliseconds kLook{50};
  std::unique_lock lock(client_.mutex_);
  while (!client_.networkTurnEnded_.wait_for(lock, kLook,
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
  int minor = 0;
  answer.status = version(call, minor);
  if (!answer.ok()) {
    return answer;
  }
  support::HttpResult result = http_.perform(httpRequest(request, minor),
                                             support::limitsOf(call, request.timeoutMs, stopFd_));
  if (!result.ok()) {
    answer.status = noAnswer(call, request, result);
  }
  answer.response = std::move(result.response);
  return answer;
}

EngineAnswer EngineClient::stream(sdk::Call& call, const EngineRequest& request,
                                  const support::StreamHandler& handler) {
  EngineAnswer answer;
  int minor = 0;
  answer.status = version(call, minor);
  if (!answer.ok()) {
    return answer;
  }
  support::HttpResult result = http_.stream(
      httpRequest(request, minor), support::limitsOf(call, request.timeoutMs, stopFd_), handler);
  if (!result.ok() && result.error != HttpError::Stopped) {
    answer.status = noAnswer(call, request, result);
  }
  answer.response = std::move(result.response);
  return answer;
}

sdk::Status EngineClient::refuse(sdk::Call& call, runtime::EngineCall what,
                                 const support::HttpResponse& response) {
  const runtime::ClassifiedError error =
      runtime::classify(errorTable(), what, response.status, runtime::errorText(response));
  return fail(call, error.errorClass, error.message,
              runtime::rawAnswer(response.status, response.body));
}

}  // namespace holdfast::docker

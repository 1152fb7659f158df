// SPDX-License-Identifier: Apache-2.0
#include "api/exchange.hpp"

#include "api/answer_headers.hpp"
#include "api/connection.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerRequestImpl.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/StreamSocket.h>
#include <Poco/String.h>

#include <istream>
#include <optional>
#include <ostream>
#include <variant>

namespace holdfast::api {
namespace {

using Poco::Net::HTTPServerRequest;
using Poco::Net::HTTPServerResponse;

// Who is not known has nothing longer to say than a token.
constexpr std::size_t kMaxStrangersBody = 4u * 1024;

// For an answer in full, over the slowest of lines.
constexpr std::chrono::milliseconds kAnswerTime{60'000};

Connection& connectionOf(HTTPServerRequest& request) {
  auto& socket = dynamic_cast<Poco::Net::HTTPServerRequestImpl&>(request).socket();
  return dynamic_cast<Connection&>(*socket.impl());
}

// A header that is a list may come in several lines (RFC 9110, 5.3).
std::string listOf(const HTTPServerRequest& from, const std::string& name) {
  std::string list;
  for (const auto& [key, value] : from) {
    if (Poco::icompare(key, name) == 0) {
      list += (list.empty() ? "" : ", ") + value;
    }
  }
  return list;
}

Request requestOf(const HTTPServerRequest& from) {
  Request request;
  request.method = from.getMethod();
  request.ifNoneMatch = listOf(from, "If-None-Match");
  request.lastEventId = from.get("Last-Event-ID", "");
  request.idempotencyKey = from.get("Idempotency-Key", "");
  return request;
}

Knock knockOf(const HTTPServerRequest& from, const Origin& origin) {
  return {.from = origin,
          .method = from.getMethod(),
          .host = from.get("Host", ""),
          .origin = from.get("Origin", ""),
          .fetchSite = from.get("Sec-Fetch-Site", ""),
          .fetchMode = from.get("Sec-Fetch-Mode", ""),
          .authorization = from.get("Authorization", ""),
          .apiKey = from.get("X-API-Key", ""),
          .cookie = from.get("Cookie", "")};
}

// The body in full, or the problem with it.
std::optional<Response> readBody(HTTPServerRequest& request, Connection& connection,
                                 std::string& body) {
  const auto length = connection.bodyLeft();
  body.resize(length);
  request.stream().read(body.data(), static_cast<std::streamsize>(length));
  if (request.stream().gcount() == static_cast<std::streamsize>(length)) {
    return std::nullopt;
  }
  // The stream keeps what was thrown below it to itself.
  return connection.late() ? problem(408, "the body did not arrive in time (api.requestTimeout)")
                           : problem(400, "the body ended before its Content-Length");
}

// Counts a request among those that may stay open, as long as it lives.
class FollowerPlace {
 public:
  FollowerPlace(Entrance& entrance, bool wanted)
      : followers_(entrance.followers),
        counted_(wanted),
        taken_(!wanted || followers_.fetch_add(1) < entrance.maxFollowers) {}
  ~FollowerPlace() {
    if (counted_) {
      followers_.fetch_sub(1);
    }
  }
  FollowerPlace(const FollowerPlace&) = delete;
  FollowerPlace& operator=(const FollowerPlace&) = delete;
  [[nodiscard]] bool taken() const { return taken_; }

 private:
  std::atomic<int>& followers_;
  bool counted_;
  bool taken_;
};

class ActivityMark {
 public:
  explicit ActivityMark(Activity& activity) : activity_(activity) { activity_.begin(); }
  ~ActivityMark() { activity_.end(); }
  ActivityMark(const ActivityMark&) = delete;
  ActivityMark& operator=(const ActivityMark&) = delete;

 private:
  Activity& activity_;
};

// The way of a request through the server, step by step; each may end it.
class Passage {
 public:
  Passage(Entrance& entrance, HTTPServerRequest& from)
      : entrance_(entrance),
        context_(entrance.context),
        from_(from),
        connection_(connectionOf(from)),
        request_(requestOf(from)) {}

  // Called once. A stream in the answer runs while this lives.
  Response answer() {
    if (connection_.refusal()) {
      return *connection_.refusal();
    }
    const auto match = context_.router.match(from_.getURI(), request_);
    // What there is not is told to everybody who came by a right name.
    const Route nothing{request_.method, "", Access::Public, {}};
    const Route& route = match.route == nullptr ? nothing : *match.route;
    if (auto refusal = letIn(route)) {
      return std::move(*refusal);
    }
    if (match.route == nullptr) {
      return match.refusal;
    }
    if (auto refusal = takeBody()) {
      return std::move(*refusal);
    }
    place_.emplace(entrance_, route.follows || request_.query.contains("wait"));
    if (!place_->taken()) {
      return problem(503,
                     "too many requests are waiting or following already (api.maxFollowers); end "
                     "one or try again later");
    }
    auto response = Router::answer(route, request_, context_.agent);
    note(response.status);
    return response;
  }

  // Nothing can be read behind a body that was not.
  [[nodiscard]] bool mayGoOn() const {
    return !connection_.refusal() && connection_.bodyLeft() == 0;
  }

  [[nodiscard]] const Caller& caller() const { return request_.caller; }

 private:
  std::optional<Response> letIn(const Route& route) {
    const auto knock = knockOf(from_, connection_.origin());
    if (auto refusal = context_.gate.strange(knock, route)) {
      return refusal;
    }
    auto whose = context_.gate.identify(knock, route);
    if (auto* refusal = std::get_if<Response>(&whose)) {
      return std::move(*refusal);
    }
    request_.caller = std::move(std::get<Caller>(whose));
    return Gate::refusal(request_.caller, route);
  }

  std::optional<Response> takeBody() {
    if (request_.caller.access == Access::Public && connection_.bodyLeft() > kMaxStrangersBody) {
      return problem(413, "expected a body of at most 4 KiB");
    }
    try {
      return readBody(from_, connection_, request_.body);
    } catch (const Poco::Exception& error) {
      return problem(400, "the body could not be read: " + error.displayText());
    }
  }

  // Whoever changes something leaves a line.
  void note(int status) const {
    if (request_.method == "GET" || request_.method == "HEAD") {
      return;
    }
    const auto& caller = request_.caller;
    const auto& address = connection_.origin().address;
    context_.log(engine::Severity::Information,
                 request_.method + " " + request_.path + " by " +
                     (caller.name.empty() ? "nobody known" : caller.name) +
                     (address.empty() ? "" : " from " + address) + ": " + std::to_string(status));
  }

  Entrance& entrance_;
  ExchangeContext& context_;
  HTTPServerRequest& from_;
  Connection& connection_;
  Request request_;
  std::optional<FollowerPlace> place_;
};

class ChunkWriter final : public StreamWriter {
 public:
  ChunkWriter(std::ostream& out, Connection& connection, const ExchangeContext& context,
              const Caller& caller)
      : out_(out), connection_(connection), context_(context), caller_(caller) {}

  bool write(std::string_view bytes) override {
    if (!open()) {
      return false;
    }
    connection_.allowForSending(connection_.patience());
    out_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    out_.flush();
    return out_.good();
  }

  [[nodiscard]] bool open() const override {
    return out_.good() && !context_.agent.news().stopping && !connection_.gone() &&
           context_.gate.stillHolds(caller_);
  }

 private:
  std::ostream& out_;
  Connection& connection_;
  const ExchangeContext& context_;
  const Caller& caller_;
};

void sendHead(const Response& answer, HTTPServerResponse& to) {
  to.setStatusAndReason(static_cast<Poco::Net::HTTPResponse::HTTPStatus>(answer.status));
  if (const auto title = titleOf(answer.status); !title.empty()) {
    to.setReason(std::string(title));
  }
  for (const auto& [name, value] : protectiveHeaders()) {
    to.set(name, value);
  }
  for (const auto& [name, value] : answer.headers) {
    to.set(name, value);
  }
  if (!answer.contentType.empty()) {
    to.setContentType(answer.contentType);
  }
}

// Status 204 and 304 have no body, and nothing that tells of one.
bool hasBody(int status) {
  return status != 204 && status != 304;
}

void sendWhole(const Response& answer, bool headOnly, HTTPServerResponse& to) {
  if (answer.status != 204) {
    to.setContentLength64(static_cast<Poco::Int64>(answer.body.size()));
  }
  auto& out = to.send();
  if (!headOnly && hasBody(answer.status)) {
    out.write(answer.body.data(), static_cast<std::streamsize>(answer.body.size()));
  }
  out.flush();
}

}  // namespace

void Activity::begin() {
  const std::lock_guard lock(mutex_);
  ++running_;
}

void Activity::end() {
  const std::lock_guard lock(mutex_);
  if (--running_ == 0) {
    idle_.notify_all();
  }
}

bool Activity::waitUntilIdle(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  return idle_.wait_for(lock, patience, [this] { return running_ == 0; });
}

void Exchange::handleRequest(HTTPServerRequest& from, HTTPServerResponse& to) {
  const ActivityMark mark(entrance_.context.activity);
  Passage passage(entrance_, from);
  const auto answer = passage.answer();
  entrance_.context.agent.counters().answered(answer.status);
  const bool headOnly = from.getMethod() == "HEAD";
  auto& connection = connectionOf(from);
  connection.allowForSending(kAnswerTime);
  sendHead(answer, to);
  if (!passage.mayGoOn() || answer.stream) {
    to.setKeepAlive(false);
  }
  if (!answer.stream) {
    return sendWhole(answer, headOnly, to);
  }
  to.setChunkedTransferEncoding(true);
  auto& out = to.send();
  if (!headOnly) {
    ChunkWriter writer(out, connection, entrance_.context, passage.caller());
    answer.stream(writer);
  }
}

}  // namespace holdfast::api

// SPDX-License-Identifier: Apache-2.0
#include "api/exchange.hpp"

#include "api/unix_socket.hpp"
#include "model/target_parser.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerRequestImpl.h>
#include <Poco/Net/HTTPServerResponse.h>

#include <istream>
#include <ostream>

namespace holdfast::api {
namespace {

using Poco::Net::HTTPServerRequest;
using Poco::Net::HTTPServerResponse;

PeerSocket& socketOf(HTTPServerRequest& request) {
  auto& socket = dynamic_cast<Poco::Net::HTTPServerRequestImpl&>(request).socket();
  return dynamic_cast<PeerSocket&>(*socket.impl());
}

// The body in full, or the problem with it. The connection is closed after a problem: what follows
// on it would be read as the next request.
std::optional<Response> readBody(HTTPServerRequest& request, std::string& body) {
  if (request.getChunkedTransferEncoding()) {
    return problem(411, "expected a Content-Length; a chunked body is not taken");
  }
  if (!request.hasContentLength()) {
    return std::nullopt;
  }
  const auto length = request.getContentLength64();
  if (length < 0) {
    return problem(400, "expected a Content-Length of 0 or more");
  }
  if (length > static_cast<Poco::Int64>(model::kMaxTargetBytes)) {
    return problem(413, "expected a body of at most 8 MiB");
  }
  body.resize(static_cast<std::size_t>(length));
  request.stream().read(body.data(), length);
  if (request.stream().gcount() == length) {
    return std::nullopt;
  }
  // The stream keeps what was thrown below it to itself.
  return socketOf(request).late()
             ? problem(408, "the body did not arrive in time (api.requestTimeout)")
             : problem(400, "the body ended before its Content-Length");
}

std::optional<Response> receive(HTTPServerRequest& request, std::string& body) {
  try {
    return readBody(request, body);
  } catch (const Poco::Exception& error) {
    return problem(400, "the body could not be read: " + error.displayText());
  }
}

class ChunkWriter final : public StreamWriter {
 public:
  ChunkWriter(std::ostream& out, const PeerSocket& socket, const Agent& agent)
      : out_(out), socket_(socket), agent_(agent) {}

  bool write(std::string_view bytes) override {
    if (!open()) {
      return false;
    }
    out_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    out_.flush();
    return out_.good();
  }

  [[nodiscard]] bool open() const override {
    return out_.good() && !agent_.news().stopping && !socket_.gone();
  }

 private:
  std::ostream& out_;
  const PeerSocket& socket_;
  const Agent& agent_;
};

void send(const Response& answer, bool headOnly, HTTPServerRequest& request,
          HTTPServerResponse& response, const Agent& agent) {
  response.setStatusAndReason(static_cast<Poco::Net::HTTPResponse::HTTPStatus>(answer.status));
  if (const auto title = titleOf(answer.status); !title.empty()) {
    response.setReason(std::string(title));
  }
  for (const auto& [name, value] : answer.headers) {
    response.set(name, value);
  }
  if (!answer.contentType.empty()) {
    response.setContentType(answer.contentType);
  }
  if (answer.stream) {
    response.setChunkedTransferEncoding(true);
    response.setKeepAlive(false);
    auto& out = response.send();
    if (!headOnly) {
      ChunkWriter writer(out, socketOf(request), agent);
      answer.stream(writer);
    }
    return;
  }
  response.setContentLength64(static_cast<Poco::Int64>(answer.body.size()));
  auto& out = response.send();
  if (!headOnly && answer.status != 304) {
    out.write(answer.body.data(), static_cast<std::streamsize>(answer.body.size()));
  }
  out.flush();
}

// Counts a request among those that may stay open, as long as it lives.
class FollowerPlace {
 public:
  FollowerPlace(std::atomic<int>& followers, int most, bool wanted)
      : followers_(followers), counted_(wanted), taken_(!wanted || followers.fetch_add(1) < most) {}
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

Request requestOf(const HTTPServerRequest& from) {
  Request request;
  request.method = from.getMethod();
  request.ifNoneMatch = from.get("If-None-Match", "");
  request.lastEventId = from.get("Last-Event-ID", "");
  return request;
}

// Whoever changes something leaves a line.
void noteCommand(const ExchangeContext& context, const Request& request, int status,
                 const Peer& peer) {
  if (request.method != "GET" && request.method != "HEAD") {
    context.log(engine::Severity::Information,
                request.method + " " + request.path + " by uid " + std::to_string(peer.uid) +
                    " (pid " + std::to_string(peer.pid) + "): " + std::to_string(status));
  }
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
  const ActivityMark mark(context_.activity);
  auto request = requestOf(from);
  const bool headOnly = request.method == "HEAD";
  const auto answerWith = [&](const Response& answer) {
    send(answer, headOnly, from, to, context_.agent);
  };
  const Peer peer = socketOf(from).peer();
  auto refusal = receive(from, request.body);
  if (!refusal && !peer.allowed) {
    refusal = problem(403, "uid " + std::to_string(peer.uid) +
                               " may not use this socket: expected root, the agent's own user or "
                               "a member of its group (api.group)");
  }
  if (refusal) {
    to.setKeepAlive(false);
    return answerWith(*refusal);
  }
  const auto match = context_.router.match(from.getURI(), request);
  if (match.route == nullptr) {
    return answerWith(match.refusal);
  }
  const bool follows = match.route->follows || request.query.contains("wait");
  const FollowerPlace place(context_.followers, context_.maxFollowers, follows);
  if (!place.taken()) {
    return answerWith(problem(503,
                              "too many requests are waiting or following already "
                              "(api.maxFollowers); end one or try again later"));
  }
  const auto answer = Router::answer(*match.route, request, context_.agent);
  noteCommand(context_, request, answer.status, peer);
  answerWith(answer);
}

}  // namespace holdfast::api

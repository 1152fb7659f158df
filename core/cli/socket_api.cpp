// SPDX-License-Identifier: Apache-2.0
#include "cli/api.hpp"
#include "cli/unreachable.hpp"
#include "holdfast/support/http.hpp"

#include <utility>

namespace holdfast::cli {
namespace {

support::HttpRequest wireRequest(const ApiRequest& request) {
  support::HttpRequest wire{.method = request.method, .target = request.target};
  if (request.wait > std::chrono::seconds{0}) {
    wire.target += (wire.target.find('?') == std::string::npos ? "?wait=" : "&wait=") +
                   std::to_string(request.wait.count());
  }
  wire.headers.emplace_back("Accept: application/json, application/problem+json, text/plain");
  if (!request.ifNoneMatch.empty()) {
    wire.headers.push_back("If-None-Match: " + request.ifNoneMatch);
  }
  if (!request.body.empty()) {
    wire.headers.emplace_back("Content-Type: application/json");
    wire.body = request.body;
  }
  return wire;
}

class SocketApi final : public Api {
 public:
  explicit SocketApi(std::string path)
      : client_({.socketPath = std::move(path), .baseUrl = "http://localhost"}) {}

  ApiResponse send(const ApiRequest& request) override {
    return answer(client_.perform(wireRequest(request), {.timeoutMs = request.timeout.count()}));
  }

  ApiResponse stream(const ApiRequest& request,
                     const std::function<bool(std::string_view)>& data) override {
    return answer(client_.stream(wireRequest(request), {}, {.head = {}, .data = data}));
  }

 private:
  ApiResponse answer(support::HttpResult result) const {
    if (!result.ok() && result.error != support::HttpError::Stopped) {
      throw Unreachable(explainUnreachable(client_.endpoint().socketPath, result));
    }
    support::HttpResponse& response = result.response;
    return {.status = response.status,
            .contentType = std::string(response.header("content-type")),
            .etag = std::string(response.header("etag")),
            .date = std::string(response.header("date")),
            .body = std::move(response.body)};
  }

  support::HttpClient client_;
};

}  // namespace

std::unique_ptr<Api> socketApi(std::string socketPath) {
  return std::make_unique<SocketApi>(std::move(socketPath));
}

}  // namespace holdfast::cli

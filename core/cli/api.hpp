// SPDX-License-Identifier: Apache-2.0
// The daemon's API as the command line uses it. Replaced in tests.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace holdfast::cli {

struct ApiRequest {
  std::string method = "GET";
  std::string target;  // path and query
  std::string body;    // JSON
  std::string ifNoneMatch;
  // How long the agent keeps the request open while nothing has changed since `ifNoneMatch`; 0: not
  // at all.
  std::chrono::seconds wait{0};
  std::chrono::milliseconds timeout{30'000};  // for the whole answer; streams have none
};

struct ApiResponse {
  int status = 0;
  std::string contentType;
  std::string etag;
  std::string date;  // RFC 9110 HTTP-date, as it came
  std::string body;
};

// No complete answer. what() is the whole explanation: where, why, what to do.
class Unreachable : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Api {
 public:
  virtual ~Api() = default;

  // Blocks until the answer is there. Any HTTP status is an answer. Throws Unreachable.
  [[nodiscard]] virtual ApiResponse send(const ApiRequest& request) = 0;

  // Hands a 2xx answer on as it comes, until it ends or `data` returns false; other answers are
  // collected in the body. Throws Unreachable, also when the answer breaks off.
  [[nodiscard]] virtual ApiResponse stream(const ApiRequest& request,
                                           const std::function<bool(std::string_view)>& data) = 0;
};

// Over the daemon's unix socket.
[[nodiscard]] std::unique_ptr<Api> socketApi(std::string socketPath);

}  // namespace holdfast::cli

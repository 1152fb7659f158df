// SPDX-License-Identifier: Apache-2.0
// Many short GET requests and TCP connections at once, all carried by one thread: for who asks many
// servers whether they are well. One that hangs costs its own transfer, not a thread. Nothing is
// verified, kept open, packed or sent through a proxy; for anything else there is HttpClient.
#pragma once

#include "holdfast/support/http.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace holdfast::support {

struct AsyncRequest {
  std::string url;  // http or https
  // Connect to host and port of `url`, say nothing, and close.
  bool connectOnly = false;
  std::vector<std::string> headers;  // "Name: value"; "Name:" leaves out one of libcurl's own
  std::int64_t timeoutMs = 1'000;    // for all of it, redirects included
  // What exceeds it is not read, which is no error.
  std::size_t maxBodyBytes = 10u * 1024;
  // Redirects are followed to the same host name only, whatever the port, and with GET again. A
  // Host header of the caller's goes along where the redirect is relative. One more is an error.
  int maxRedirects = 10;
};

struct AsyncResult {
  HttpError error = HttpError::None;
  std::string errorText;  // one line for people; empty without an error
  int status = 0;         // of the last answer
  std::string body;
  // Where the last answer redirected to, which was not followed since it is another host.
  std::string elsewhere;

  [[nodiscard]] bool ok() const { return error == HttpError::None; }
};

class AsyncHttp {
 public:
  using Id = std::uint64_t;
  // Called on the client's thread; must neither block nor throw.
  using Done = std::function<void(AsyncResult)>;

  AsyncHttp();   // starts the thread
  ~AsyncHttp();  // ends it; what still runs is dropped without a word
  AsyncHttp(const AsyncHttp&) = delete;
  AsyncHttp& operator=(const AsyncHttp&) = delete;

  // Both never block, from any thread. `done` comes exactly once, unless the request is cancelled
  // before. Unknown ids are passed over.
  Id start(AsyncRequest request, Done done);
  void cancel(Id id);

 private:
  class Loop;
  class Transfer;
  std::unique_ptr<Loop> loop_;
};

}  // namespace holdfast::support

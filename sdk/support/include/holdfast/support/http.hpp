// SPDX-License-Identifier: Apache-2.0
// HTTP/1.1 to a container engine or a service: over a unix socket, TCP or TLS. Redirects are not
// followed: they are an answer like any other.
//
// Every request blocks the thread that makes it, and ends at once when the host cancels the call it
// belongs to: the transfer waits on its socket and on the call's descriptor together. One client
// serves any number of threads; each running request has a connection of its own, and idle
// connections are kept for the next one.
#pragma once

#include "holdfast/sdk/types.hpp"
#include "holdfast/support/tls_files.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace holdfast::support {

// Why there is no complete answer.
enum class HttpError {
  None,
  NoSocket,          // the unix socket does not exist
  PermissionDenied,  // it exists, but not for this user
  Refused,           // nobody listens there
  Unreachable,       // no route, connection reset while connecting, ...
  Resolve,           // no address for the host name
  Tls,               // no handshake, or a certificate that is not accepted
  Timeout,           // the time of the request or of its call is over
  Cancelled,         // the host cancelled the call
  Broken,            // the connection ended in the middle
  TooLarge,          // the answer is bigger than CallLimits::maxBodyBytes; what fits is kept
  Stopped,           // the caller's own handler returned false
  Forbidden,         // the address is link-local, and the endpoint refuses those
  Proxy,             // the proxy made no connection; HttpResponse::status is its answer
  Other,
};

// The proxy of HttpEndpoint that follows http_proxy, https_proxy, all_proxy and no_proxy.
inline constexpr char kProxyFromEnvironment[] = "environment";

// Where the other side is.
struct HttpEndpoint {
  std::string socketPath;  // of a unix socket; empty for TCP and TLS
  std::string baseUrl;     // "http://localhost" for a unix socket, else scheme, host and port
  TlsFiles tls;
  std::string extraCaFile;  // authorities besides the system's, where tls has no caFile
  std::string proxy;        // URL of a proxy, or kProxyFromEnvironment; empty: none
  // Connect to no link-local address, whatever name led to it: clouds give out the credentials of a
  // machine there.
  bool refuseLinkLocal = false;

  // What people call it: the path or the URL.
  [[nodiscard]] const std::string& name() const {
    return socketPath.empty() ? baseUrl : socketPath;
  }
};

// Understands unix:///path, http://host:port, https://host:port and tcp://host:port, which is https
// when `tls` is set and http otherwise. On false `problem` says what is wrong with the URL.
[[nodiscard]] bool parseEndpoint(std::string_view url, bool tls, HttpEndpoint& endpoint,
                                 std::string& problem);

// How long an answer is left to come together once the request is sent: a server that writes it in
// small pieces would wake its reader for each. Giving up waits for none of it.
struct Gathering {
  std::int64_t atMostMs = 0;  // nor longer than the request may take
  int doneFd = -1;            // readable: it is there; -1: only time tells
};

struct HttpRequest {
  std::string method = "GET";
  std::string target;                // path and query
  std::vector<std::string> headers;  // "Name: value"
  std::string body;                  // sent with POST, PUT and PATCH, which always have one
  // The answer may come packed by gzip, and is unpacked. Limits count what it unpacks to.
  bool acceptGzip = false;
  Gathering gather;
};

inline constexpr std::int64_t kNoTimeout = INT64_MAX;

struct CallLimits {
  std::array<int, 2> cancelFds = {-1, -1};  // readable = give up now; -1: none
  std::int64_t timeoutMs = kNoTimeout;      // for the whole request
  std::size_t maxBodyBytes = 64u * 1024 * 1024;
};

// The limits of a request made for a plugin's call: its own time, at most what the call has left.
// `stopFd` is a second reason to give up, such as the end of the plugin.
[[nodiscard]] CallLimits limitsOf(const sdk::Call& call, std::int64_t ownTimeoutMs,
                                  int stopFd = -1);

struct HttpResponse {
  int status = 0;                                            // 0: no answer came
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;

  // Value of the header with that lower-case name, empty if it is not there.
  [[nodiscard]] std::string_view header(std::string_view name) const;
};

// What was seen of the other side's certificate.
struct HttpPeer {
  // Why it was not accepted: one of OpenSSL's X509_V_ERR_*, 0 where it was, or was not looked at.
  int verifyError = 0;
  // When it ends, in seconds since the epoch. Nothing where the request found its connection open.
  std::optional<std::int64_t> notAfterSeconds;
};

struct HttpResult {
  HttpError error = HttpError::None;
  int osError = 0;        // errno behind a failed connection, 0 if unknown
  std::string errorText;  // one line for people; empty without an error
  HttpResponse response;  // what came of it, also after an error
  HttpPeer peer;

  [[nodiscard]] bool ok() const { return error == HttpError::None; }
};

// Receives a 2xx answer while it comes. Other answers are collected in HttpResponse::body.
struct StreamHandler {
  // Status line and headers are there; no data yet. May be empty.
  std::function<bool(const HttpResponse&)> head;
  std::function<bool(std::string_view)> data;
};

// Bytes that went over TCP: with TLS and its handshakes, without the headers of TCP and IP.
struct HttpTraffic {
  std::int64_t sentBytes = 0;
  std::int64_t receivedBytes = 0;
};

class HttpClient {
 public:
  explicit HttpClient(HttpEndpoint endpoint);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  [[nodiscard]] const HttpEndpoint& endpoint() const { return endpoint_; }

  // Makes one request and collects the answer. An HTTP status is no error, whatever it is.
  [[nodiscard]] HttpResult perform(const HttpRequest& request, const CallLimits& limits);

  // Makes one request and hands a 2xx answer on as it comes; maxBodyBytes bounds other answers
  // only. An exception thrown by the handler ends the request and leaves this function.
  [[nodiscard]] HttpResult stream(const HttpRequest& request, const CallLimits& limits,
                                  const StreamHandler& handler);

  // Of all requests so far. Nothing is counted on unix sockets. Does no I/O, from any thread.
  [[nodiscard]] HttpTraffic traffic() const;

 private:
  class Session;
  class Transfer;

  [[nodiscard]] std::unique_ptr<Session> takeSession();
  void keepSession(std::unique_ptr<Session> session);

  HttpEndpoint endpoint_;
  struct Pool;
  std::unique_ptr<Pool> pool_;
};

// What the value of a Retry-After header asks for, in milliseconds from `nowSeconds` (since the
// epoch) on: a number of seconds or a date. Not below 0 nor above kMaxRetryAfterMs; -1 when it is
// neither.
inline constexpr std::int64_t kMaxRetryAfterMs = std::int64_t{7} * 24 * 3600 * 1000;
[[nodiscard]] std::int64_t retryAfterMs(std::string_view value, std::int64_t nowSeconds);

// Percent-encodes everything but unreserved characters (RFC 3986), for query values.
[[nodiscard]] std::string urlEncode(std::string_view text);

}  // namespace holdfast::support

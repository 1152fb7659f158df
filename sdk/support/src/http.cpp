// SPDX-License-Identifier: Apache-2.0
#include "holdfast/support/http.hpp"

#include "holdfast/support/address.hpp"
#include "holdfast/support/curl_handles.hpp"
#include "wire_count.hpp"

#include <curl/curl.h>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <climits>
#include <ctime>
#include <exception>
#include <mutex>
#include <new>
#include <optional>
#include <utility>

namespace holdfast::support {
namespace {

constexpr std::size_t kMaxHeaderBytes = 64u * 1024;
constexpr std::size_t kMaxIdleSessions = 8;
constexpr std::size_t kMaxSocketPath = 107;  // sockaddr_un::sun_path without its NUL
constexpr long kUnixConnectTimeoutMs = 2'000;
constexpr long kTcpConnectTimeoutMs = 10'000;
constexpr long kKeepAliveSeconds = 30;  // a dead peer ends an idle stream after a few of these
constexpr long kMaxConnectionSeconds = 3'600;  // certificates that were changed are used by then
constexpr int kPollMs = 60'000;  // an upper bound only: timers and descriptors end the wait

bool anyReadable(const std::array<int, 2>& descriptors, int orElse = -1, int withinMs = 0) {
  std::array<pollfd, 3> polled{};
  for (std::size_t at = 0; at < descriptors.size(); ++at) {
    polled[at] = {descriptors[at], POLLIN, 0};  // poll() passes over negative descriptors
  }
  polled.back() = {orElse, POLLIN, 0};
  ::poll(polled.data(), polled.size(), withinMs);
  return polled[0].revents != 0 || polled[1].revents != 0;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
    text.remove_prefix(1);
  }
  while (!text.empty() && (text.back() == '\r' || text.back() == '\n' || text.back() == ' ')) {
    text.remove_suffix(1);
  }
  return text;
}

std::string lowered(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](unsigned char character) {
    return static_cast<char>(character >= 'A' && character <= 'Z' ? character + 32 : character);
  });
  return result;
}

}  // namespace

// A connection and what drives it. Connections belong to the multi handle, so the pair is kept
// together to reuse them.
class HttpClient::Session {
 public:
  Session() : multi_(curl_multi_init()), easy_(curl_easy_init()) {
    if (!multi_ || !easy_) {
      throw std::bad_alloc();
    }
  }
  [[nodiscard]] CURLM* multi() const { return multi_.get(); }
  [[nodiscard]] CURL* easy() const { return easy_.get(); }

 private:
  MultiHandle multi_;
  EasyHandle easy_;
};

struct HttpClient::Pool {
  std::mutex mutex;
  WireCount wire;  // connections of `idle` end before it
  std::vector<std::unique_ptr<Session>> idle;
};

// One request on its way. Lives on the stack of the thread that makes it.
class HttpClient::Transfer {
 public:
  Transfer(const HttpEndpoint& endpoint, const HttpRequest& request, const CallLimits& limits,
           const StreamHandler* handler, WireCount& wire)
      : endpoint_(endpoint), request_(request), limits_(limits), handler_(handler), wire_(wire) {}

  HttpResult run(CURLM* multi, CURL* easy);

 private:
  template <typename Option, typename Value>
  void set(Option option, Value value) {
    setOption(easy_, option, value);
  }
  void configure();
  void configureMethod();
  void configureTls();
  void configureWay();
  [[nodiscard]] std::optional<CURLcode> drive(CURLM* multi);
  [[nodiscard]] bool isSent() const;
  void judge(CURLcode code);
  void judgeWay();
  void readPeer();
  void fail(HttpError error, std::string text);

  static std::size_t onHeader(char* bytes, std::size_t size, std::size_t count, void* self);
  static std::size_t onBody(char* bytes, std::size_t size, std::size_t count, void* self);
  static curl_socket_t onSocket(void* self, curlsocktype purpose, curl_sockaddr* address);
  static int onClose(void* wire, curl_socket_t socket);
  [[nodiscard]] bool acceptHeader(std::string_view line);
  [[nodiscard]] bool acceptBody(std::string_view bytes);

  const HttpEndpoint& endpoint_;
  const HttpRequest& request_;
  const CallLimits& limits_;
  const StreamHandler* handler_;
  WireCount& wire_;
  CURL* easy_ = nullptr;
  HeaderList headers_;
  std::string url_;
  std::array<char, CURL_ERROR_SIZE> errorBuffer_{};
  std::size_t headerBytes_ = 0;
  HttpError ownError_ = HttpError::None;  // why a callback of ours ended the transfer
  bool refusedAddress_ = false;
  std::exception_ptr thrown_;
  HttpResult result_;
};

void HttpClient::Transfer::configureMethod() {
  if (request_.method == "GET") {
    set(CURLOPT_HTTPGET, 1L);
    return;
  }
  if (request_.method == "HEAD") {
    set(CURLOPT_NOBODY, 1L);
    return;
  }
  if (request_.method == "POST" || request_.method == "PUT" || request_.method == "PATCH") {
    set(CURLOPT_POST, 1L);
    set(CURLOPT_POSTFIELDS, request_.body.c_str());
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
  }
  if (request_.method != "POST") {
    set(CURLOPT_CUSTOMREQUEST, request_.method.c_str());
  }
}

void HttpClient::Transfer::configureTls() {
  setTls(easy_, endpoint_.tls);
  set(CURLOPT_CERTINFO, 1L);
  if (endpoint_.tls.caFile.empty() && !endpoint_.extraCaFile.empty()) {
    set(CURLOPT_CAINFO, endpoint_.extraCaFile.c_str());  // and the system's, by its folder
  }
}

void HttpClient::Transfer::configureWay() {
  if (endpoint_.proxy != kProxyFromEnvironment) {
    set(CURLOPT_PROXY, endpoint_.proxy.c_str());  // empty: none, whatever the environment says
  }
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  if (endpoint_.socketPath.empty()) {
    set(CURLOPT_OPENSOCKETFUNCTION, &Transfer::onSocket);
    set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(this));
    set(CURLOPT_CLOSESOCKETFUNCTION, &Transfer::onClose);
    set(CURLOPT_CLOSESOCKETDATA, static_cast<void*>(&wire_));  // the connection outlives this
    set(CURLOPT_MAXLIFETIME_CONN, kMaxConnectionSeconds);
  }
}

void HttpClient::Transfer::configure() {
  curl_easy_reset(easy_);  // keeps connections
  url_ = endpoint_.baseUrl + request_.target;
  set(CURLOPT_URL, url_.c_str());
  const bool local = !endpoint_.socketPath.empty();
  if (local) {
    set(CURLOPT_UNIX_SOCKET_PATH, endpoint_.socketPath.c_str());
  }
  configureMethod();
  configureTls();
  headers_ = headerList(request_.headers);
  if (request_.acceptGzip) {
    set(CURLOPT_ACCEPT_ENCODING, "gzip");
  }
  set(CURLOPT_HTTPHEADER, headers_.get());
  set(CURLOPT_ERRORBUFFER, errorBuffer_.data());
  setThreading(easy_);
  configureWay();
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_CONNECTTIMEOUT_MS, local ? kUnixConnectTimeoutMs : kTcpConnectTimeoutMs);
  set(CURLOPT_TCP_KEEPALIVE, 1L);
  set(CURLOPT_TCP_KEEPIDLE, kKeepAliveSeconds);
  set(CURLOPT_TCP_KEEPINTVL, kKeepAliveSeconds);
  if (limits_.timeoutMs < kNoTimeout) {
    set(CURLOPT_TIMEOUT_MS,
        static_cast<long>(std::clamp<std::int64_t>(limits_.timeoutMs, 1, INT_MAX)));
  }
  set(CURLOPT_HEADERFUNCTION, &Transfer::onHeader);
  set(CURLOPT_HEADERDATA, static_cast<void*>(this));
  set(CURLOPT_WRITEFUNCTION, &Transfer::onBody);
  set(CURLOPT_WRITEDATA, static_cast<void*>(this));
}

std::size_t HttpClient::Transfer::onHeader(char* bytes, std::size_t size, std::size_t count,
                                           void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  try {
    return transfer.acceptHeader({bytes, size * count}) ? size * count : 0;
  } catch (...) {  // must not pass through C
    transfer.thrown_ = std::current_exception();
    return 0;
  }
}

std::size_t HttpClient::Transfer::onBody(char* bytes, std::size_t size, std::size_t count,
                                         void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  try {
    return transfer.acceptBody({bytes, size * count}) ? size * count : 0;
  } catch (...) {
    transfer.thrown_ = std::current_exception();
    return 0;
  }
}

// Asked for each address before it is connected to, so that no name server can lead past the rule.
curl_socket_t HttpClient::Transfer::onSocket(void* self, curlsocktype /*purpose*/,
                                             curl_sockaddr* address) {
  auto& transfer = *static_cast<Transfer*>(self);
  if (transfer.endpoint_.refuseLinkLocal && isLinkLocal(address->addr)) {
    transfer.refusedAddress_ = true;
    return CURL_SOCKET_BAD;
  }
  return transfer.wire_.open(address->family, address->socktype, address->protocol);
}

int HttpClient::Transfer::onClose(void* wire, curl_socket_t socket) {
  return static_cast<WireCount*>(wire)->close(socket);
}

bool HttpClient::Transfer::acceptHeader(std::string_view line) {
  headerBytes_ += line.size();
  if (headerBytes_ > kMaxHeaderBytes) {
    ownError_ = HttpError::TooLarge;
    return false;
  }
  HttpResponse& response = result_.response;
  if (line.starts_with("HTTP/")) {  // also after "100 Continue"
    response.headers.clear();
    return true;
  }
  if (!trimmed(line).empty()) {
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos) {
      response.headers.emplace_back(lowered(line.substr(0, colon)),
                                    std::string(trimmed(line.substr(colon + 1))));
    }
    return true;
  }
  long status = 0;
  curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
  response.status = static_cast<int>(status);
  const bool streamed = handler_ != nullptr && status / 100 == 2;
  if (streamed && handler_->head && !handler_->head(response)) {
    ownError_ = HttpError::Stopped;
    return false;
  }
  return true;
}

bool HttpClient::Transfer::acceptBody(std::string_view bytes) {
  HttpResponse& response = result_.response;
  if (handler_ != nullptr && response.status / 100 == 2) {
    if (handler_->data(bytes)) {
      return true;
    }
    ownError_ = HttpError::Stopped;
    return false;
  }
  const std::size_t room = limits_.maxBodyBytes - response.body.size();
  response.body.append(bytes.substr(0, room));
  if (bytes.size() > room) {
    ownError_ = HttpError::TooLarge;
    return false;
  }
  return true;
}

bool HttpClient::Transfer::isSent() const {
  long bytes = 0;
  curl_easy_getinfo(easy_, CURLINFO_REQUEST_SIZE, &bytes);
  return bytes > 0;
}

// Nothing when the host gave the call up.
std::optional<CURLcode> HttpClient::Transfer::drive(CURLM* multi) {
  std::array<curl_waitfd, 2> extra{};
  unsigned int extraCount = 0;
  for (const int descriptor : limits_.cancelFds) {
    if (descriptor >= 0) {
      extra[extraCount++] = {descriptor, CURL_WAIT_POLLIN, 0};
    }
  }
  auto gatherMs = static_cast<int>(std::clamp<std::int64_t>(
      request_.gather.atMostMs, 0, std::min<std::int64_t>(limits_.timeoutMs, INT_MAX)));
  for (;;) {
    int running = 0;
    curl_multi_perform(multi, &running);
    int queued = 0;
    if (const CURLMsg* message = curl_multi_info_read(multi, &queued); message != nullptr) {
      return message->data.result;
    }
    if (gatherMs > 0 && isSent()) {
      if (anyReadable(limits_.cancelFds, request_.gather.doneFd, std::exchange(gatherMs, 0))) {
        return std::nullopt;
      }
      continue;
    }
    curl_multi_poll(multi, extra.data(), extraCount, kPollMs, nullptr);
    for (unsigned int at = 0; at < extraCount; ++at) {
      if (extra[at].revents != 0) {
        return std::nullopt;
      }
    }
  }
}

void HttpClient::Transfer::fail(HttpError error, std::string text) {
  result_.error = error;
  result_.errorText = std::move(text);
}

void HttpClient::Transfer::judge(CURLcode code) {
  if (ownError_ == HttpError::TooLarge) {
    fail(ownError_, "the answer is longer than this program accepts");
  } else if (ownError_ != HttpError::None) {
    fail(ownError_, "stopped");
  } else if (code != CURLE_OK) {
    long osError = 0;
    curl_easy_getinfo(easy_, CURLINFO_OS_ERRNO, &osError);
    result_.osError = static_cast<int>(osError);
    const std::string_view text =
        errorBuffer_[0] != '\0' ? errorBuffer_.data() : curl_easy_strerror(code);
    fail(httpErrorOf(code, result_.osError, text), std::string(text));
    judgeWay();
  }
}

// What happened before the request was on its way says more than libcurl's own words.
void HttpClient::Transfer::judgeWay() {
  if (refusedAddress_ && result_.response.status == 0) {
    fail(HttpError::Forbidden, "its address is link-local, which is not connected to");
    return;
  }
  long answer = 0;
  curl_easy_getinfo(easy_, CURLINFO_HTTP_CONNECTCODE, &answer);
  if (answer != 0 && answer / 100 != 2) {
    result_.response.status = static_cast<int>(answer);
    fail(HttpError::Proxy, "the proxy answered " + std::to_string(answer));
  }
}

void HttpClient::Transfer::readPeer() {
  if (result_.error == HttpError::Tls) {
    long verified = 0;
    curl_easy_getinfo(easy_, CURLINFO_SSL_VERIFYRESULT, &verified);
    result_.peer.verifyError = static_cast<int>(verified);
  }
  curl_certinfo* chain = nullptr;
  curl_easy_getinfo(easy_, CURLINFO_CERTINFO, &chain);
  if (chain == nullptr || chain->num_of_certs < 1) {
    return;
  }
  constexpr std::string_view kEnd = "Expire date:";
  for (const curl_slist* line = chain->certinfo[0]; line != nullptr; line = line->next) {
    const std::string_view text = line->data;
    if (text.starts_with(kEnd)) {
      const std::time_t end = curl_getdate(line->data + kEnd.size(), nullptr);
      if (end != -1) {
        result_.peer.notAfterSeconds = end;
      }
    }
  }
}

HttpResult HttpClient::Transfer::run(CURLM* multi, CURL* easy) {
  easy_ = easy;
  if (anyReadable(limits_.cancelFds)) {
    fail(HttpError::Cancelled, "cancelled");
    return std::move(result_);
  }
  configure();
  if (curl_multi_add_handle(multi, easy) != CURLM_OK) {
    throw std::bad_alloc();
  }
  const std::optional<CURLcode> code = drive(multi);
  if (code) {
    judge(*code);
    readPeer();
  } else {
    fail(HttpError::Cancelled, "cancelled");
  }
  curl_multi_remove_handle(multi, easy);  // closes the connection of an unfinished transfer
  if (thrown_) {
    std::rethrow_exception(thrown_);
  }
  return std::move(result_);
}

bool parseEndpoint(std::string_view url, bool tls, HttpEndpoint& endpoint, std::string& problem) {
  constexpr std::string_view kUnix = "unix://";
  if (url.starts_with(kUnix)) {
    endpoint.socketPath = url.substr(kUnix.size());
    endpoint.baseUrl = "http://localhost";
    if (!endpoint.socketPath.starts_with('/')) {
      problem = "expected an absolute path after unix://, as in unix:///var/run/docker.sock";
      return false;
    }
    if (endpoint.socketPath.size() > kMaxSocketPath) {
      problem = "the path of a unix socket has at most 107 bytes";
      return false;
    }
    return true;
  }
  for (const std::string_view scheme : {"tcp://", "http://", "https://"}) {
    if (!url.starts_with(scheme)) {
      continue;
    }
    std::string_view host = url.substr(scheme.size());
    while (host.ends_with('/')) {
      host.remove_suffix(1);
    }
    if (host.empty() || host.find_first_of("/?#@ ") != std::string_view::npos) {
      problem = "expected host and port after " + std::string(scheme);
      return false;
    }
    const bool encrypted = scheme == "https://" || (scheme == "tcp://" && tls);
    endpoint.baseUrl = (encrypted ? "https://" : "http://") + std::string(host);
    return true;
  }
  problem = "expected unix:///path, tcp://host:port, http://host:port or https://host:port";
  return false;
}

CallLimits limitsOf(const sdk::Call& call, std::int64_t ownTimeoutMs, int stopFd) {
  CallLimits limits;
  limits.cancelFds = {call.cancelFd(), stopFd};
  limits.timeoutMs = std::min(ownTimeoutMs, call.remainingMs());
  return limits;
}

std::string_view HttpResponse::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) {
      return value;
    }
  }
  return {};
}

HttpClient::HttpClient(HttpEndpoint endpoint)
    : endpoint_(std::move(endpoint)), pool_(std::make_unique<Pool>()) {
  initializeCurl();
}

HttpClient::~HttpClient() = default;

std::unique_ptr<HttpClient::Session> HttpClient::takeSession() {
  {
    const std::lock_guard lock(pool_->mutex);
    if (!pool_->idle.empty()) {
      std::unique_ptr<Session> session = std::move(pool_->idle.back());
      pool_->idle.pop_back();
      return session;
    }
  }
  return std::make_unique<Session>();
}

void HttpClient::keepSession(std::unique_ptr<Session> session) {
  const std::lock_guard lock(pool_->mutex);
  if (pool_->idle.size() < kMaxIdleSessions) {
    pool_->idle.push_back(std::move(session));
  }
}

HttpResult HttpClient::perform(const HttpRequest& request, const CallLimits& limits) {
  std::unique_ptr<Session> session = takeSession();
  HttpResult result = Transfer(endpoint_, request, limits, nullptr, pool_->wire)
                          .run(session->multi(), session->easy());
  keepSession(std::move(session));
  return result;
}

HttpResult HttpClient::stream(const HttpRequest& request, const CallLimits& limits,
                              const StreamHandler& handler) {
  std::unique_ptr<Session> session = takeSession();
  HttpResult result = Transfer(endpoint_, request, limits, &handler, pool_->wire)
                          .run(session->multi(), session->easy());
  keepSession(std::move(session));
  return result;
}

HttpTraffic HttpClient::traffic() const {
  return pool_->wire.total();
}

std::int64_t retryAfterMs(std::string_view value, std::int64_t nowSeconds) {
  constexpr std::int64_t kMaxSeconds = kMaxRetryAfterMs / 1000;
  const bool number = !value.empty() && value.find_first_not_of("0123456789") == value.npos;
  std::int64_t seconds = kMaxSeconds;
  if (number) {
    // A number beyond the type leaves the maximum.
    std::from_chars(value.data(), value.data() + value.size(), seconds);
  } else {
    const std::time_t date = curl_getdate(std::string(value).c_str(), nullptr);
    if (date == -1) {
      return -1;
    }
    seconds = std::int64_t{date} - nowSeconds;
  }
  return std::clamp<std::int64_t>(seconds, 0, kMaxSeconds) * 1000;
}

std::string urlEncode(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  constexpr std::string_view kUnreserved =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string encoded;
  for (const char character : text) {
    if (kUnreserved.find(character) != std::string_view::npos) {
      encoded += character;
    } else {
      const auto byte = static_cast<unsigned char>(character);
      encoded += '%';
      encoded += kHex[byte >> 4];
      encoded += kHex[byte & 15u];
    }
  }
  return encoded;
}

}  // namespace holdfast::support

// SPDX-License-Identifier: Apache-2.0
#include "holdfast/support/async_http.hpp"

#include "holdfast/support/curl_handles.hpp"
#include "holdfast/support/url.hpp"

#include <curl/curl.h>

#include <pthread.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <climits>
#include <map>
#include <mutex>
#include <set>
#include <string_view>
#include <thread>
#include <utility>

namespace holdfast::support {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr int kPollMs = 60'000;  // an upper bound only: timers, sockets and wake-ups end the wait
constexpr std::size_t kMaxHeaderBytes = 64u * 1024;
constexpr std::size_t kMaxIdleHandles = 8;

// Those that Go's client follows, and so a kubelet; a 300 or 304 is an answer.
bool isRedirect(long status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

// Host names are told apart without case.
bool sameHost(const std::string& one, const std::string& other) {
  HttpUrl left;
  HttpUrl right;
  std::string problem;
  return parseUrl(one, left, problem) && parseUrl(other, right, problem) &&
         curl_strequal(left.host.c_str(), right.host.c_str()) != 0;
}

// A URL may stand in the query of a relative one.
bool isRelative(std::string_view location) {
  const auto scheme = location.find("://");
  return !location.starts_with("//") &&
         (scheme == std::string_view::npos || location.find_first_of("/?#") < scheme);
}

bool isHostHeader(const std::string& header) {
  return curl_strnequal(header.c_str(), "host:", 5) != 0;
}

}  // namespace

// One request on its way, from its first connection to its last answer.
class AsyncHttp::Transfer {
 public:
  Transfer(EasyHandle easy, AsyncRequest request, Done done)
      : easy_(std::move(easy)),
        request_(std::move(request)),
        done_(std::move(done)),
        began_(SteadyClock::now()) {}

  [[nodiscard]] CURL* easy() const { return easy_.get(); }
  [[nodiscard]] EasyHandle takeHandle() { return std::move(easy_); }
  void configure();

  // After libcurl ended it. True when it is to be run again, elsewhere on the same host.
  [[nodiscard]] bool goesOn(CURLcode code);
  void answer() { done_(std::move(result_)); }
  void answerOutOfMemory() {
    result_ = {};
    result_.error = HttpError::Other;
    result_.errorText = "out of memory";
    answer();
  }

 private:
  template <typename Option, typename Value>
  void set(Option option, Value value) {
    setOption(easy_.get(), option, value);
  }
  [[nodiscard]] std::int64_t elapsedMs() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now() - began_)
        .count();
  }
  [[nodiscard]] bool follows();
  void judge(CURLcode code);
  void fail(HttpError error, std::string text) {
    result_.error = error;
    result_.errorText = std::move(text);
  }

  static std::size_t onHeader(char* bytes, std::size_t size, std::size_t count, void* self);
  static std::size_t onBody(char* bytes, std::size_t size, std::size_t count, void* self);

  EasyHandle easy_;
  AsyncRequest request_;
  Done done_;
  const SteadyClock::time_point began_;
  HeaderList headers_;
  std::array<char, CURL_ERROR_SIZE> errorBuffer_{};
  std::size_t headerBytes_ = 0;
  bool full_ = false;  // enough of the body was read
  bool headTooLong_ = false;
  int redirects_ = 0;
  AsyncResult result_;
};

void AsyncHttp::Transfer::configure() {
  curl_easy_reset(easy_.get());
  headerBytes_ = 0;
  errorBuffer_[0] = '\0';
  set(CURLOPT_URL, request_.url.c_str());
  set(CURLOPT_PRIVATE, static_cast<void*>(this));
  setThreading(easy_.get());
  set(CURLOPT_PROXY, "");  // none, whatever the environment says
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_FRESH_CONNECT, 1L);
  set(CURLOPT_FORBID_REUSE, 1L);
  set(CURLOPT_SSL_VERIFYPEER, 0L);
  set(CURLOPT_SSL_VERIFYHOST, 0L);
  // Paths such as "/a/../b" are asked for as they are written.
  set(CURLOPT_PATH_AS_IS, 1L);
  set(CURLOPT_ERRORBUFFER, errorBuffer_.data());
  const std::int64_t left = request_.timeoutMs - elapsedMs();
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(std::clamp<std::int64_t>(left, 1, INT_MAX)));
  if (request_.connectOnly) {
    set(CURLOPT_CONNECT_ONLY, 1L);
    return;
  }
  headers_ = headerList(request_.headers);
  set(CURLOPT_HTTPHEADER, headers_.get());
  set(CURLOPT_HEADERFUNCTION, &Transfer::onHeader);
  set(CURLOPT_HEADERDATA, static_cast<void*>(this));
  set(CURLOPT_WRITEFUNCTION, &Transfer::onBody);
  set(CURLOPT_WRITEDATA, static_cast<void*>(this));
}

std::size_t AsyncHttp::Transfer::onHeader(char* bytes, std::size_t size, std::size_t count,
                                          void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  const std::string_view line(bytes, size * count);
  transfer.headerBytes_ += line.size();
  transfer.headTooLong_ = transfer.headerBytes_ > kMaxHeaderBytes;
  return transfer.headTooLong_ ? 0 : line.size();
}

std::size_t AsyncHttp::Transfer::onBody(char* bytes, std::size_t size, std::size_t count,
                                        void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  const std::string_view piece(bytes, size * count);
  std::string& body = transfer.result_.body;
  const std::size_t room = transfer.request_.maxBodyBytes - body.size();
  try {
    body.append(piece.substr(0, room));
  } catch (const std::bad_alloc&) {  // must not pass through C
    return 0;
  }
  transfer.full_ = piece.size() > room;
  return transfer.full_ ? 0 : piece.size();
}

void AsyncHttp::Transfer::judge(CURLcode code) {
  long status = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
  result_.status = static_cast<int>(status);
  if (full_) {
    return;
  }
  if (headTooLong_) {
    fail(HttpError::TooLarge, "the head of the answer is longer than 64 KiB");
  } else if (code != CURLE_OK) {
    long osError = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_OS_ERRNO, &osError);
    const std::string_view text =
        errorBuffer_[0] != '\0' ? errorBuffer_.data() : curl_easy_strerror(code);
    fail(httpErrorOf(code, static_cast<int>(osError), text), std::string(text));
  }
}

// Decides about a redirect; with true, `request_` is what to ask next.
bool AsyncHttp::Transfer::follows() {
  const char* target = nullptr;
  curl_easy_getinfo(easy_.get(), CURLINFO_REDIRECT_URL, &target);
  if (!isRedirect(result_.status) || target == nullptr || request_.maxRedirects <= 0) {
    return false;
  }
  std::string next = target;
  if (!sameHost(request_.url, next)) {
    result_.elsewhere = std::move(next);
    return false;
  }
  if (++redirects_ > request_.maxRedirects) {
    fail(HttpError::Other, "stopped after " + std::to_string(request_.maxRedirects) + " redirects");
    return false;
  }
  curl_header* header = nullptr;
  const bool told =
      curl_easy_header(easy_.get(), "Location", 0, CURLH_HEADER, -1, &header) == CURLHE_OK;
  if (told && !isRelative(header->value)) {
    std::erase_if(request_.headers, isHostHeader);
  }
  request_.url = std::move(next);
  result_ = {};
  full_ = false;
  return true;
}

bool AsyncHttp::Transfer::goesOn(CURLcode code) {
  judge(code);
  return result_.ok() && !request_.connectOnly && follows();
}

// The thread and what it works on. Everything but the inbox belongs to the thread.
class AsyncHttp::Loop {
 public:
  Loop() : multi_(newMulti()), thread_([this] { run(); }) {
    ::pthread_setname_np(thread_.native_handle(), "async-http");
  }
  ~Loop() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    curl_multi_wakeup(multi_.get());
    thread_.join();
    for (const auto& [id, transfer] : running_) {
      curl_multi_remove_handle(multi_.get(), transfer->easy());
    }
  }
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  Id start(AsyncRequest request, Done done) {
    Id id = 0;
    {
      const std::lock_guard lock(mutex_);
      id = ++lastId_;
      open_.insert(id);
      starts_.emplace(id, std::pair(std::move(request), std::move(done)));
    }
    curl_multi_wakeup(multi_.get());
    return id;
  }

  void cancel(Id id) {
    {
      const std::lock_guard lock(mutex_);
      if (open_.erase(id) == 0 || starts_.erase(id) > 0) {
        return;
      }
      cancels_.push_back(id);
    }
    curl_multi_wakeup(multi_.get());
  }

 private:
  using Starts = std::map<Id, std::pair<AsyncRequest, Done>>;

  static MultiHandle newMulti() {
    initializeCurl();
    MultiHandle multi(curl_multi_init());
    if (!multi) {
      throw std::bad_alloc();
    }
    return multi;
  }

  void run() {
    while (takeInbox()) {
      int active = 0;
      curl_multi_perform(multi_.get(), &active);
      int queued = 0;
      while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &queued)) {
        if (message->msg == CURLMSG_DONE) {
          ended(message->easy_handle, message->data.result);
        }
      }
      curl_multi_poll(multi_.get(), nullptr, 0, kPollMs, nullptr);
    }
  }

  // False when the client ends.
  bool takeInbox() {
    Starts starts;
    std::vector<Id> cancels;
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) {
        return false;
      }
      starts.swap(starts_);
      cancels.swap(cancels_);
    }
    for (const Id id : cancels) {
      drop(id);
    }
    for (auto& [id, what] : starts) {
      begin(id, std::move(what.first), std::move(what.second));
    }
    return true;
  }

  void begin(Id id, AsyncRequest request, Done done) {
    auto transfer = std::make_unique<Transfer>(takeHandle(), std::move(request), std::move(done));
    if (transfer->easy() != nullptr && add(*transfer)) {
      running_.emplace(id, std::move(transfer));
    } else if (close(id)) {
      transfer->answerOutOfMemory();
    }
  }

  // False when it was cancelled.
  bool close(Id id) {
    const std::lock_guard lock(mutex_);
    return open_.erase(id) > 0;
  }

  bool add(Transfer& transfer) {
    try {
      transfer.configure();
    } catch (const std::bad_alloc&) {
      return false;
    }
    return curl_multi_add_handle(multi_.get(), transfer.easy()) == CURLM_OK;
  }

  void ended(CURL* easy, CURLcode code) {
    const auto at = std::find_if(running_.begin(), running_.end(), [easy](const auto& entry) {
      return entry.second->easy() == easy;
    });
    if (at == running_.end()) {
      return;
    }
    const bool more = at->second->goesOn(code);
    curl_multi_remove_handle(multi_.get(), easy);
    if (more && add(*at->second)) {
      return;
    }
    const std::unique_ptr<Transfer> transfer = std::move(at->second);
    const Id id = at->first;
    running_.erase(at);
    if (close(id)) {
      more ? transfer->answerOutOfMemory() : transfer->answer();
    }
    keep(transfer->takeHandle());
  }

  void drop(Id id) {
    const auto at = running_.find(id);
    if (at == running_.end()) {
      return;
    }
    curl_multi_remove_handle(multi_.get(), at->second->easy());
    keep(at->second->takeHandle());
    running_.erase(at);
  }

  EasyHandle takeHandle() {
    if (idle_.empty()) {
      return EasyHandle(curl_easy_init());
    }
    EasyHandle handle = std::move(idle_.back());
    idle_.pop_back();
    return handle;
  }
  void keep(EasyHandle handle) {
    if (idle_.size() < kMaxIdleHandles) {
      idle_.push_back(std::move(handle));
    }
  }

  const MultiHandle multi_;
  std::vector<EasyHandle> idle_;
  std::map<Id, std::unique_ptr<Transfer>> running_;

  std::mutex mutex_;
  Id lastId_ = 0;
  std::set<Id> open_;  // neither answered nor cancelled
  Starts starts_;
  std::vector<Id> cancels_;
  bool stopping_ = false;

  std::thread thread_;
};

AsyncHttp::AsyncHttp() : loop_(std::make_unique<Loop>()) {}
AsyncHttp::~AsyncHttp() = default;

AsyncHttp::Id AsyncHttp::start(AsyncRequest request, Done done) {
  return loop_->start(std::move(request), std::move(done));
}

void AsyncHttp::cancel(Id id) {
  loop_->cancel(id);
}

}  // namespace holdfast::support

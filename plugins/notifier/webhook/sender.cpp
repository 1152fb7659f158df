// SPDX-License-Identifier: Apache-2.0
#include "notifier/webhook/sender.hpp"

#include <chrono>

namespace holdfast::webhook {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMaxAnswerBytes = 64u * 1024;

support::HttpEndpoint endpointOf(const support::HttpUrl& url, const Options& options) {
  support::HttpEndpoint endpoint;
  endpoint.baseUrl = url.baseUrl;
  endpoint.tls = options.tls;
  endpoint.proxy = options.proxy;
  endpoint.refuseLinkLocal = true;
  return endpoint;
}

// Where the answer sends the request on to, if it may go there: 307 and 308 alone keep it a POST.
bool followed(const support::HttpResponse& answer, support::HttpUrl& url) {
  if (answer.status != 307 && answer.status != 308) {
    return false;
  }
  const std::string location =
      support::resolveUrl(url.baseUrl + url.target, std::string(answer.header("location")));
  support::HttpUrl next;
  std::string problem;
  if (!support::parseUrl(location, next, problem) || next.host != url.host ||
      !next.baseUrl.starts_with("https://")) {
    return false;
  }
  url = next;
  return true;
}

}  // namespace

support::HttpResult post(const Payload& payload, const std::vector<std::string>& headers,
                         const support::HttpUrl& url, const Options& options, const sdk::Call& call,
                         int stopFd) {
  const Clock::time_point begun = Clock::now();
  support::HttpUrl target = url;
  target.target = payload.target;
  support::HttpRequest request{.method = "POST", .target = {}, .headers = headers, .body = {}};
  request.headers.push_back("Content-Type: " + payload.contentType);
  request.headers.emplace_back("User-Agent: holdfast");
  request.body = payload.body;
  for (std::int64_t left = options.maxRedirects;; --left) {
    const auto spent =
        std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun).count();
    support::CallLimits limits = support::limitsOf(call, options.timeoutMs - spent, stopFd);
    limits.maxBodyBytes = kMaxAnswerBytes;
    request.target = target.target;
    support::HttpClient client(endpointOf(target, options));
    support::HttpResult result = client.perform(request, limits);
    if (!result.ok() || left <= 0 || !followed(result.response, target)) {
      return result;
    }
  }
}

}  // namespace holdfast::webhook

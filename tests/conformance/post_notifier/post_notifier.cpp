// SPDX-License-Identifier: Apache-2.0
#include "conformance/post_notifier/post_notifier.hpp"

#include "holdfast/support/json.hpp"

#include <boost/json.hpp>

#include <charconv>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace holdfast::post {
namespace {

namespace json = boost::json;
using sdk::ErrorClass;
using sdk::Status;
using support::HttpError;

// How many bytes the character at the front has; 0 when it is none. Takes the shape alone: JSON's
// parser at the other end has the last word.
std::size_t lengthOfFirst(std::string_view text) {
  json::error_code error;
  for (std::size_t size = 1; size <= std::min<std::size_t>(4, text.size()); ++size) {
    const std::string quoted = "\"" + std::string(text.substr(0, size)) + "\"";
    json::parse(quoted, error);
    if (!error) {
      return size;
    }
  }
  return 0;
}

}  // namespace

std::string utf8(std::string_view text) {
  std::string valid;
  while (!text.empty()) {
    const auto first = static_cast<unsigned char>(text.front());
    const std::size_t size = first < 0x80 ? 1 : lengthOfFirst(text);
    valid += size == 0 ? "\xef\xbf\xbd" : text.substr(0, size);
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return valid;
}

PostNotifier::PostNotifier(sdk::Host& host) {
  const std::string url(host.option("url"));
  const std::size_t slash = url.find('/', url.find("://") + 3);
  path_ = slash == std::string::npos ? "/" : url.substr(slash);
  support::HttpEndpoint endpoint;
  std::string problem;
  if (!support::parseEndpoint(url.substr(0, slash), false, endpoint, problem)) {
    throw std::invalid_argument("url: " + problem);
  }
  const std::string file(host.option("tokenFile"));
  std::ifstream in(file);
  token_.assign(std::istreambuf_iterator<char>(in), {});
  if (token_.empty()) {
    throw std::invalid_argument("tokenFile '" + file + "' cannot be read or is empty");
  }
  client_ = std::make_unique<support::HttpClient>(std::move(endpoint));
}

std::string PostNotifier::bodyOf(const sdk::Notification& notification) const {
  return json::serialize(json::object{{"id", utf8(notification.id)},
                                      {"state", static_cast<int>(notification.state)},
                                      {"title", utf8(notification.title)},
                                      {"text", utf8(notification.text)},
                                      {"content", utf8(notification.contentJson)}});
}

std::string PostNotifier::withoutSecret(std::string text) const {
  for (std::size_t at = text.find(token_); at != std::string::npos; at = text.find(token_, at)) {
    text.replace(at, token_.size(), "***");
  }
  return text;
}

Status PostNotifier::statusOf(const support::HttpResponse& response) const {
  if (response.status / 100 == 2) {
    return {};
  }
  switch (response.status) {
    case 401:
    case 403:
      return {ErrorClass::Denied};
    case 404:
      return {ErrorClass::NotFound};
    case 429: {
      std::int64_t seconds = -1;
      const std::string_view after = response.header("retry-after");
      std::from_chars(after.data(), after.data() + after.size(), seconds);
      return {ErrorClass::RateLimited, 0, seconds < 0 ? -1 : seconds * 1'000};
    }
    default:
      return {response.status / 100 == 4 ? ErrorClass::Invalid : ErrorClass::Transient};
  }
}

Status PostNotifier::judge(const support::HttpResult& result, sdk::Call& call) const {
  if (result.error == HttpError::Cancelled) {
    return {ErrorClass::Cancelled};
  }
  if (!result.ok()) {
    call.explain(result.errorText, {});
    return {ErrorClass::Unavailable};
  }
  const Status status = statusOf(result.response);
  if (!status.ok()) {
    call.explain("the receiver answered " + std::to_string(result.response.status),
                 withoutSecret(result.response.body));
  }
  return status;
}

Status PostNotifier::deliver(const sdk::Notification& notification, sdk::Call& call) {
  support::HttpRequest request;
  request.method = "POST";
  request.target = path_;
  request.headers = {"Content-Type: application/json", "Authorization: Bearer " + token_};
  request.body = bodyOf(notification);
  return judge(client_->perform(request, support::limitsOf(call, support::kNoTimeout)), call);
}

}  // namespace holdfast::post

// SPDX-License-Identifier: Apache-2.0
#include "conformance/plain_uplink/plain_uplink.hpp"

#include <boost/json.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace holdfast::plain {
namespace {

namespace json = boost::json;
using sdk::EnrolmentStep;
using sdk::ErrorClass;
using sdk::Status;
using support::HttpError;

constexpr std::size_t kMaxEtag = 1'024;

std::string contentOf(const std::string& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

void replaceAll(std::string& text, const std::string& what) {
  for (std::size_t at = 0; !what.empty() && (at = text.find(what, at)) != std::string::npos;) {
    text.replace(at, what.size(), "***");
  }
}

std::int64_t secondsOf(std::string_view text) {
  std::int64_t seconds = -1;
  std::from_chars(text.data(), text.data() + text.size(), seconds);
  return seconds;
}

}  // namespace

PlainUplink::PlainUplink(sdk::Host& host)
    : url_(host.option("url")),
      provisioningKey_(contentOf(std::string(host.option("keyFile")))),
      file_(std::string(host.stateDirectory()) + "/device") {
  support::HttpEndpoint endpoint;
  std::string problem;
  if (!support::parseEndpoint(url_, false, endpoint, problem)) {
    throw std::invalid_argument("url: " + problem);
  }
  if (provisioningKey_.empty()) {
    throw std::invalid_argument("keyFile cannot be read or is empty");
  }
  client_ = std::make_unique<support::HttpClient>(std::move(endpoint));
  std::ifstream in(file_);
  int step = 0;
  if (Device known; in >> step >> known.uuid >> known.key) {
    known.step = EnrolmentStep{step};
    device_ = std::move(known);
  }
}

Device PlainUplink::device() const {
  const std::lock_guard lock(mutex_);
  return device_;
}

void PlainUplink::keep(const Device& device) {
  const std::lock_guard lock(mutex_);
  device_ = device;
  // The mode counts from the first byte on.
  const int fd =
      ::open(file_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, static_cast<int>(0600));
  ::fchmod(fd, fileMode());
  ::close(fd);
  std::ofstream(file_) << static_cast<int>(device.step) << ' ' << device.uuid << ' ' << device.key
                       << '\n';
}

EnrolmentStep PlainUplink::enrolment() const noexcept {
  const std::lock_guard lock(mutex_);
  return device_.step;
}

std::string PlainUplink::withoutSecrets(std::string text) const {
  replaceAll(text, provisioningKey_);
  replaceAll(text, device().key);
  return text;
}

Status PlainUplink::statusOf(const support::HttpResult& result) const {
  if (!result.ok()) {
    const bool unfit = result.error == HttpError::Broken || result.error == HttpError::TooLarge;
    return {result.error == HttpError::Cancelled ? ErrorClass::Cancelled
            : unfit                              ? ErrorClass::Transient
                                                 : ErrorClass::Unavailable};
  }
  switch (const int status = result.response.status) {
    case 304:
      return {};
    case 401:
    case 403:
      return {ErrorClass::Denied};
    case 404:
      return {ErrorClass::NotFound};
    case 429: {
      const std::int64_t seconds = secondsOf(result.response.header("retry-after"));
      return {ErrorClass::RateLimited, 0, seconds < 0 ? -1 : seconds * 1'000};
    }
    default:
      return {status / 100 == 2   ? ErrorClass::Ok
              : status / 100 == 4 ? ErrorClass::Rejected
                                  : ErrorClass::Transient};
  }
}

Status PlainUplink::ask(const support::HttpRequest& request, sdk::Call& call,
                        support::HttpResponse& response) {
  support::CallLimits limits = support::limitsOf(call, support::kNoTimeout);
  limits.maxBodyBytes = maxAnswer();
  const support::HttpResult result = client_->perform(request, limits);
  sent_ += request.body.size();
  received_ += result.response.body.size();
  const Status status = statusOf(result);
  if (!status.ok()) {
    call.explain(result.ok() ? "the cloud answered " + std::to_string(result.response.status)
                             : result.errorText,
                 withoutSecrets(result.response.body));
  }
  response = result.response;
  return status;
}

support::HttpRequest PlainUplink::targetRequest(std::string_view etag) const {
  const Device known = device();
  support::HttpRequest request;
  request.target = "/devices/" + known.uuid + "/target";
  request.headers = {"X-Device-Key: " + known.key};
  if (!etag.empty()) {
    request.headers.push_back("If-None-Match: " + std::string(etag));
  }
  return request;
}

support::HttpRequest PlainUplink::post(const std::string& what, std::string body) const {
  const Device known = device();
  support::HttpRequest request;
  request.method = "POST";
  request.target = "/devices/" + known.uuid + "/" + what;
  request.headers = {"X-Device-Key: " + known.key, "Content-Type: application/json"};
  request.body = std::move(body);
  return request;
}

Status PlainUplink::health(sdk::Call& call) {
  support::HttpRequest request;
  request.target = "/health";
  support::HttpResponse response;
  return ask(request, call, response);
}

Status PlainUplink::enrol(const sdk::DeviceInfo& info, sdk::Call& call) {
  return enrolment() == EnrolmentStep::Register ? registerDevice(info.uuid, call)
                                                : exchangeKey(call);
}

Status PlainUplink::registerDevice(std::string_view uuid, sdk::Call& call) {
  support::HttpRequest request;
  request.method = "POST";
  request.target = "/register";
  request.headers = {"Authorization: Bearer " + provisioningKey_};
  request.body = json::serialize(json::object{{"uuid", uuid}});
  support::HttpResponse response;
  const Status status = ask(request, call, response);
  if (!status.ok()) {
    return status;
  }
  json::error_code error;
  const json::value answer = json::parse(response.body, error);
  const json::object* const object = answer.if_object();
  const json::value* const key = object == nullptr ? nullptr : object->if_contains("key");
  if (error || key == nullptr || !key->is_string()) {
    call.explain("the cloud's answer to the registration has no key", {});
    return {ErrorClass::Transient};
  }
  keep({EnrolmentStep::ExchangeKey, std::string(uuid), std::string(key->get_string())});
  return {};
}

Status PlainUplink::exchangeKey(sdk::Call& call) {
  Device known = device();
  support::HttpRequest request;
  request.method = "POST";
  request.target = "/exchange";
  request.headers = {"X-Device-Key: " + known.key};
  support::HttpResponse response;
  const Status status = ask(request, call, response);
  if (status.ok()) {
    known.step = EnrolmentStep::None;
    keep(known);
  }
  return status;
}

Status PlainUplink::fetchTarget(const sdk::FetchRequest& request, sdk::TargetSink& sink,
                                sdk::Call& call) {
  support::HttpResponse response;
  const Status status = ask(targetRequest(request.etag), call, response);
  if (status.ok() && response.status != 304) {
    const std::string_view etag = response.header("etag");
    sink.target(response.body, etag.size() <= kMaxEtag ? etag : std::string_view());
  }
  return status;
}

Status PlainUplink::deliverReport(const sdk::Report& report, sdk::Call& call) {
  support::HttpRequest request = post("report", gzip(report.contentJson));
  request.headers.emplace_back("Content-Encoding: gzip");
  support::HttpResponse response;
  return ask(request, call, response);
}

Status PlainUplink::deliverLogs(std::span<const sdk::ServiceLogLine> lines, sdk::Call& call) {
  std::string body;
  for (const sdk::ServiceLogLine& line : lines) {
    body.append(line.service).append(": ").append(line.text).append("\n");
  }
  support::HttpResponse response;
  return ask(post("logs", std::move(body)), call, response);
}

void PlainUplink::facts(sdk::FactSink& sink) const noexcept {
  try {
    sink.fact("url", url_);
    sink.fact("deviceUuid", device().uuid);
    sink.fact("bytesSent", std::to_string(sent_));
    sink.fact("bytesReceived", std::to_string(received_));
  } catch (...) {
    // Out of memory: a fact less.
  }
}

}  // namespace holdfast::plain

// SPDX-License-Identifier: Apache-2.0
#include "uplink/iotistic/connection.hpp"

#include "uplink/iotistic/answers.hpp"
#include "uplink/iotistic/certificate.hpp"
#include "uplink/iotistic/clock.hpp"

#include <chrono>
#include <utility>

namespace holdfast::iotistic {
namespace {

std::int64_t wallClockMs() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

std::shared_ptr<support::HttpClient> makeClient(const Options& options,
                                                const std::string& trustedFile) {
  support::HttpEndpoint endpoint;
  endpoint.baseUrl = options.url.origin;
  endpoint.tls = options.tls;
  endpoint.extraCaFile = trustedFile;
  endpoint.proxy = options.proxy;
  return std::make_shared<support::HttpClient>(std::move(endpoint));
}

}  // namespace

CloudConnection::CloudConnection(const Options& options, const std::string& trustedFile, int stopFd)
    : options_(options), stopFd_(stopFd), client_(makeClient(options, trustedFile)) {
  if (!options_.tls.certFile.empty()) {
    clientCertificateEnd_ = certificateEnd(options_.tls.certFile);
  }
}

support::HttpResult CloudConnection::perform(support::HttpRequest request, std::size_t maxBodyBytes,
                                             const sdk::Call& call) {
  request.target = options_.url.path + request.target;
  request.headers.emplace_back("User-Agent: holdfast");
  support::CallLimits limits = support::limitsOf(call, options_.timeoutMs, stopFd_);
  limits.maxBodyBytes = maxBodyBytes;
  const std::int64_t beganMs = wallClockMs();
  support::HttpResult result = client()->perform(request, limits);
  note(result, beganMs, wallClockMs());
  return result;
}

void CloudConnection::trust(const std::string& trustedFile) {
  std::shared_ptr<support::HttpClient> next = makeClient(options_, trustedFile);
  const std::lock_guard lock(mutex_);
  const support::HttpTraffic traffic = client_->traffic();
  earlier_.sentBytes += traffic.sentBytes;
  earlier_.receivedBytes += traffic.receivedBytes;
  client_ = std::move(next);
}

std::shared_ptr<support::HttpClient> CloudConnection::client() const {
  const std::lock_guard lock(mutex_);
  return client_;
}

void CloudConnection::note(const support::HttpResult& result, std::int64_t beganMs,
                           std::int64_t endedMs) {
  const std::optional<std::int64_t> date = dateOf(result.response.header("date"));
  std::optional<std::int64_t> clientEnd;
  if (!options_.tls.certFile.empty()) {
    clientEnd = certificateEnd(options_.tls.certFile);  // it is exchanged while the agent runs
  }
  constexpr std::int64_t kMsPerSecond = 1'000;
  std::string fault = clockFault(result, endedMs / kMsPerSecond);
  const std::lock_guard lock(mutex_);
  clientCertificateEnd_ = clientEnd;
  clockFault_ = std::move(fault);
  if (result.peer.notAfterSeconds) {
    serverCertificateEnd_ = result.peer.notAfterSeconds;
  }
  // What a cache gives out has the date of its making.
  if (date && result.response.header("age").empty()) {
    constexpr std::int64_t kHalfSecondMs = 500;  // the header has whole seconds
    clockOffsetMs_ = *date * 1000 + kHalfSecondMs - (beganMs + (endedMs - beganMs) / 2);
  }
}

void CloudConnection::facts(sdk::FactSink& sink) const {
  const std::lock_guard lock(mutex_);
  if (serverCertificateEnd_) {
    sink.fact("serverCertificateNotAfter", timeText(*serverCertificateEnd_));
  }
  if (clientCertificateEnd_) {
    sink.fact("clientCertificateNotAfter", timeText(*clientCertificateEnd_));
  }
  if (clockOffsetMs_) {
    sink.fact("clockOffsetMs", std::to_string(*clockOffsetMs_));
  }
  if (!clockFault_.empty()) {
    sink.fact("clockFault", clockFault_);
  }
  const support::HttpTraffic traffic = client_->traffic();
  sink.fact("bytesSent", std::to_string(earlier_.sentBytes + traffic.sentBytes));
  sink.fact("bytesReceived", std::to_string(earlier_.receivedBytes + traffic.receivedBytes));
}

}  // namespace holdfast::iotistic

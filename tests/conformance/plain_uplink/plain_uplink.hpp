// SPDX-License-Identifier: Apache-2.0
// A small uplink to a cloud that takes the agent's own JSON, which keeps the whole contract. The
// faulty ones (../faulty) are derived from it.
//
//   POST /register             Authorization: Bearer <key to register with>; answers {"key": "..."}
//   POST /exchange             X-Device-Key; 200 when the key is good
//   GET  /devices/ID/target    X-Device-Key, If-None-Match
//   POST /devices/ID/report    X-Device-Key, gzip
//   POST /devices/ID/logs      X-Device-Key, a line each
//   GET  /health
#pragma once

#include "holdfast/sdk/plugin_main.hpp"
#include "holdfast/support/http.hpp"

#include <sys/types.h>

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>

namespace holdfast::plain {

// The state of the enrolment, in a file of the state directory.
struct Device {
  sdk::EnrolmentStep step = sdk::EnrolmentStep::Register;
  std::string uuid;
  std::string key;
};

class PlainUplink : public sdk::UplinkPlugin {
 public:
  // Throws std::invalid_argument for an option that is wrong.
  explicit PlainUplink(sdk::Host& host);

  sdk::Status start(sdk::Call&) override { return {}; }
  sdk::Status health(sdk::Call& call) override;
  void stop() noexcept override {}

  [[nodiscard]] sdk::EnrolmentStep enrolment() const noexcept override;
  sdk::Status enrol(const sdk::DeviceInfo& device, sdk::Call& call) override;
  sdk::Status fetchTarget(const sdk::FetchRequest& request, sdk::TargetSink& sink,
                          sdk::Call& call) override;
  sdk::Status deliverReport(const sdk::Report& report, sdk::Call& call) override;
  sdk::Status deliverLogs(std::span<const sdk::ServiceLogLine> lines, sdk::Call& call) override;
  void facts(sdk::FactSink& sink) const noexcept override;

 protected:
  // Makes one request. Everything but 2xx and 304 is a status with an explanation.
  virtual sdk::Status ask(const support::HttpRequest& request, sdk::Call& call,
                          support::HttpResponse& response);
  // What an answer, or none, means.
  [[nodiscard]] virtual sdk::Status statusOf(const support::HttpResult& result) const;
  // Text without the keys.
  [[nodiscard]] virtual std::string withoutSecrets(std::string text) const;
  // What is taken of an answer at most.
  [[nodiscard]] virtual std::size_t maxAnswer() const { return std::size_t{8} << 20; }
  [[nodiscard]] virtual mode_t fileMode() const { return 0600; }

  [[nodiscard]] Device device() const;
  void keep(const Device& device);
  [[nodiscard]] const std::string& provisioningKey() const { return provisioningKey_; }

  // For plugins that do a part themselves.
  [[nodiscard]] support::HttpRequest targetRequest(std::string_view etag) const;
  [[nodiscard]] support::HttpRequest post(const std::string& what, std::string body) const;
  sdk::Status registerDevice(std::string_view uuid, sdk::Call& call);
  sdk::Status exchangeKey(sdk::Call& call);

 private:
  std::string url_;
  std::string provisioningKey_;
  std::string file_;
  std::unique_ptr<support::HttpClient> client_;
  mutable std::mutex mutex_;
  Device device_;
  std::atomic<std::size_t> sent_{0};
  std::atomic<std::size_t> received_{0};
};

// RFC 1952, one member.
[[nodiscard]] std::string gzip(std::string_view content);

}  // namespace holdfast::plain

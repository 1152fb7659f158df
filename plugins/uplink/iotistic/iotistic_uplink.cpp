// SPDX-License-Identifier: Apache-2.0
#include "uplink/iotistic/iotistic_uplink.hpp"

#include "holdfast/support/secret_file.hpp"
#include "uplink/iotistic/certificate.hpp"
#include "uplink/iotistic/durable_file.hpp"
#include "uplink/iotistic/enrolment.hpp"
#include "uplink/iotistic/gzip.hpp"
#include "uplink/iotistic/log_lines.hpp"
#include "uplink/iotistic/report.hpp"

#include <algorithm>
#include <ctime>
#include <exception>
#include <filesystem>

namespace holdfast::iotistic {
namespace {

using sdk::EnrolmentStep;
using sdk::ErrorClass;
using support::HttpRequest;
using support::HttpResult;
using support::Redactor;

constexpr std::size_t kMaxTargetBytes = 8u * 1024 * 1024;
constexpr std::size_t kMaxAnswerBytes = 64u * 1024;
constexpr std::size_t kMaxEtagBytes = 1024;

constexpr char kNotEnrolled[] = "the cloud does not know this device yet: it registers first";

sdk::Status failed(sdk::Call& call, ErrorClass code, std::string_view message) {
  call.explain(message, {});
  return {code};
}

std::string keyHeader(const Identity& identity) {
  return "X-Device-API-Key: " + identity.deviceKey;
}

// Clouds like to repeat what they were sent.
Redactor secretsOf(const Identity& identity, std::string_view provisioningKey = {}) {
  Redactor redactor;
  redactor.add(identity.deviceKey);
  redactor.add(provisioningKey);
  return redactor;
}

// Sent back as it came, so it has to be something that fits into a header.
std::string_view usableEtag(std::string_view etag) {
  const bool usable =
      etag.size() <= kMaxEtagBytes && std::all_of(etag.begin(), etag.end(), [](char c) {
        return static_cast<unsigned char>(c) >= 0x20 && c != '\x7f';
      });
  return usable ? etag : std::string_view();
}

// What the cloud answered, for people who look closer. A good answer may hold secrets of services.
std::string rawAnswer(const support::HttpResponse& answer) {
  if (answer.status == 0) {
    return {};
  }
  const std::string line = "HTTP " + std::to_string(answer.status);
  return answer.status / 100 == 2 ? line : line + "\n" + answer.body;
}

}  // namespace

IotisticUplink::IotisticUplink(sdk::Host& host)
    : host_(host),
      options_(readOptions(host)),
      identityFile_(host.stateDirectory()),
      connection_(options_, std::filesystem::exists(trustedFile()) ? trustedFile() : std::string(),
                  stopSignal_.descriptor()) {}

sdk::Status IotisticUplink::start(sdk::Call& /*call*/) {
  if (!options_.url.encrypted()) {
    host_.log(sdk::LogLevel::Notice,
              "the link to " + options_.url.origin +
                  " is not encrypted, and the device's key can be read on the way; https:// is "
                  "better",
              {});
  }
  try {
    std::optional<Identity> stored = identityFile_.load();
    const std::lock_guard lock(mutex_);
    identity_ = std::move(stored);
  } catch (const std::exception& error) {
    host_.log(sdk::LogLevel::Warning, error.what(), {});
  }
  return {};
}

sdk::Status IotisticUplink::health(sdk::Call& call) {
  try {
    const std::optional<Identity> known = identity();
    if (!known) {
      static_cast<void>(identityFile_.load());
    }
  } catch (const std::exception& error) {
    return failed(call, ErrorClass::Denied, error.what());
  }
  if (enrolment() == EnrolmentStep::Register && !options_.provisioningKeyFile.empty()) {
    const support::SecretLine key = support::readSecretLine(options_.provisioningKeyFile);
    if (!key.problem.empty()) {
      return failed(call, ErrorClass::Denied, "provisioningKeyFile: " + key.problem);
    }
  }
  return {};
}

void IotisticUplink::stop() noexcept {
  stopSignal_.raise();
}

EnrolmentStep IotisticUplink::enrolment() const noexcept {
  const std::lock_guard lock(mutex_);
  return identity_ ? identity_->next : EnrolmentStep::Register;
}

std::optional<Identity> IotisticUplink::identity() const {
  const std::lock_guard lock(mutex_);
  return identity_;
}

sdk::Status IotisticUplink::enrol(const sdk::DeviceInfo& device, sdk::Call& call) {
  Identity identity;
  try {
    identity = identityFor(device);
  } catch (const std::exception& error) {
    return failed(call, ErrorClass::Denied, error.what());
  }
  switch (identity.next) {
    case EnrolmentStep::Register:
      return registerDevice(std::move(identity), device, call);
    case EnrolmentStep::ExchangeKey:
      return exchangeKey(std::move(identity), call);
    default:
      return {};
  }
}

// The key is on disk before the cloud hears of it: an answer that gets lost costs nothing then.
Identity IotisticUplink::identityFor(const sdk::DeviceInfo& device) {
  if (std::optional<Identity> known = identity()) {
    return std::move(*known);
  }
  std::optional<Identity> found = identityFile_.load();
  if (!found) {
    if (!isUuid(device.uuid)) {
      throw std::runtime_error("the device has no uuid of the form that the cloud takes");
    }
    found = newIdentity(device.uuid);
    identityFile_.save(*found);
  }
  const std::lock_guard lock(mutex_);
  identity_ = found;
  return std::move(*found);
}

sdk::Status IotisticUplink::registerDevice(Identity identity, const sdk::DeviceInfo& device,
                                           sdk::Call& call) {
  if (options_.provisioningKeyFile.empty()) {
    return failed(call, ErrorClass::Denied,
                  "the cloud does not know this device, and there is no provisioning key to "
                  "register it with: set uplink.provisioningKeyFile");
  }
  const support::SecretLine key = support::readSecretLine(options_.provisioningKeyFile);
  if (!key.problem.empty()) {
    return failed(call, ErrorClass::Denied, "provisioningKeyFile: " + key.problem);
  }
  const HttpResult result = connection_.perform(
      {.method = "POST",
       .target = "/device/register",
       .headers = {"Authorization: Bearer " + key.text, "Content-Type: application/json"},
       .body = registrationBody(identity, device, options_.deviceType)},
      kMaxAnswerBytes, call);
  const Redactor redactor = secretsOf(identity, key.text);
  const Verdict verdict = judged(Endpoint::Register, result, redactor);
  if (verdict.status.ok()) {
    if (result.response.status / 100 == 2) {
      takeOver(result.response.body, identity);
    }
    identity.next = verdict.next.value_or(EnrolmentStep::ExchangeKey);
    keep(identity);
  }
  return settle(verdict, result, redactor, call);
}

sdk::Status IotisticUplink::exchangeKey(Identity identity, sdk::Call& call) {
  const HttpResult result = connection_.perform(
      {.method = "POST",
       .target = "/device/" + identity.uuid + "/key-exchange",
       .headers = {"Authorization: Bearer " + identity.deviceKey, "Content-Type: application/json"},
       .body = keyExchangeBody(identity)},
      kMaxAnswerBytes, call);
  const Redactor redactor = secretsOf(identity);
  const Verdict verdict = judged(Endpoint::KeyExchange, result, redactor);
  if (verdict.next) {
    identity.next = *verdict.next;
    keep(identity);
  }
  return settle(verdict, result, redactor, call);
}

void IotisticUplink::takeOver(const std::string& answer, Identity& identity) {
  const std::optional<Registration> registration = readRegistration(answer);
  if (!registration) {
    return;
  }
  identity.deviceId = registration->deviceId;
  identity.fleetId = registration->fleetId;
  trustCloud(registration->caCertificate);
}

// Only from a cloud whose certificate was verified: over http:// anybody could have put it there.
void IotisticUplink::trustCloud(const std::string& caCertificate) {
  if (caCertificate.empty() || !options_.tls.caFile.empty() || !options_.url.encrypted()) {
    return;
  }
  if (!areCertificates(caCertificate)) {
    host_.log(sdk::LogLevel::Warning,
              "the authority that the cloud named is not kept: it is no certificate, or one of "
              "several is broken",
              {});
    return;
  }
  try {
    writeDurably(trustedFile(), caCertificate);
    connection_.trust(trustedFile());
  } catch (const std::exception& error) {
    host_.log(sdk::LogLevel::Warning, error.what(), {});
  }
}

std::string IotisticUplink::trustedFile() const {
  return (std::filesystem::path(host_.stateDirectory()) / "cloud-ca.pem").string();
}

// What cannot be written down is asked of the cloud again after a restart.
void IotisticUplink::keep(const Identity& identity) {
  {
    const std::lock_guard lock(mutex_);
    identity_ = identity;
  }
  try {
    identityFile_.save(identity);
  } catch (const std::exception& error) {
    host_.log(sdk::LogLevel::Warning, error.what(), {});
  }
}

void IotisticUplink::expect(EnrolmentStep next) {
  const std::lock_guard lock(mutex_);
  if (identity_) {
    identity_->next = next;
  }
}

bool IotisticUplink::canRegister() const {
  return !options_.provisioningKeyFile.empty() &&
         support::readSecretLine(options_.provisioningKeyFile).problem.empty();
}

// A device that could not register would be refused for ever, and never ask again for what the
// cloud may find again. So it stays as it is.
Verdict IotisticUplink::judged(Endpoint endpoint, const HttpResult& result,
                               const Redactor& redactor) const {
  Verdict verdict = judge(endpoint, result, std::time(nullptr), redactor);
  if (verdict.next == EnrolmentStep::Register && !canRegister()) {
    verdict.next.reset();
    verdict.message +=
        " (to have this device register anew, give uplink.provisioningKeyFile a key)";
  }
  return verdict;
}

sdk::Status IotisticUplink::fetchTarget(const sdk::FetchRequest& request, sdk::TargetSink& sink,
                                        sdk::Call& call) {
  const std::optional<Identity> known = identity();
  if (!known) {
    return failed(call, ErrorClass::Denied, kNotEnrolled);
  }
  HttpRequest question{.method = "GET",
                       .target = "/device/" + known->uuid + "/state",
                       .headers = {keyHeader(*known)},
                       .body = {},
                       .acceptGzip = true};
  if (const std::string_view etag = usableEtag(request.etag); !etag.empty()) {
    question.headers.push_back("If-None-Match: " + std::string(etag));
  }
  const HttpResult result = connection_.perform(std::move(question), kMaxTargetBytes, call);
  const Redactor redactor = secretsOf(*known);
  const Verdict verdict = judged(Endpoint::Target, result, redactor);
  if (verdict.next) {
    expect(*verdict.next);
  }
  if (verdict.status.ok() && result.response.status / 100 == 2) {
    sink.target(result.response.body, usableEtag(result.response.header("etag")));
  }
  return settle(verdict, result, redactor, call);
}

sdk::Status IotisticUplink::deliverReport(const sdk::Report& report, sdk::Call& call) {
  const std::optional<Identity> known = identity();
  if (!known) {
    return failed(call, ErrorClass::Denied, kNotEnrolled);
  }
  const std::optional<std::string> body = cloudReport(report.contentJson, known->uuid);
  if (!body) {
    return failed(call, ErrorClass::Invalid, "the report is no JSON object");
  }
  const HttpResult result = connection_.perform(
      {.method = "PATCH",
       .target = "/device/state",
       .headers = {keyHeader(*known), "Content-Type: application/json", "Content-Encoding: gzip"},
       .body = gzip(*body)},
      kMaxAnswerBytes, call);
  const Redactor redactor = secretsOf(*known);
  const Verdict verdict = judged(Endpoint::Report, result, redactor);
  if (verdict.next) {
    expect(*verdict.next);
  }
  return settle(verdict, result, redactor, call);
}

sdk::Status IotisticUplink::deliverLogs(std::span<const sdk::ServiceLogLine> lines,
                                        sdk::Call& call) {
  const std::optional<Identity> known = identity();
  if (!known) {
    return failed(call, ErrorClass::Denied, kNotEnrolled);
  }
  const HttpResult result =
      connection_.perform({.method = "POST",
                           .target = "/device/" + known->uuid + "/logs",
                           .headers = {keyHeader(*known), "Content-Type: application/x-ndjson"},
                           .body = logLines(lines)},
                          kMaxAnswerBytes, call);
  const Redactor redactor = secretsOf(*known);
  const Verdict verdict = judged(Endpoint::Logs, result, redactor);
  if (verdict.next) {
    expect(*verdict.next);
  }
  return settle(verdict, result, redactor, call);
}

sdk::Status IotisticUplink::settle(const Verdict& verdict, const HttpResult& result,
                                   const Redactor& redactor, sdk::Call& call) const {
  if (!verdict.status.ok()) {
    call.explain(redactor.redacted(options_.url.origin + ": " + verdict.message),
                 redactor.redacted(rawAnswer(result.response)));
  }
  return verdict.status;
}

void IotisticUplink::facts(sdk::FactSink& sink) const noexcept {
  sink.fact("url", options_.url.text());
  if (const std::optional<Identity> known = identity()) {
    sink.fact("deviceUuid", known->uuid);
  }
  connection_.facts(sink);
}

}  // namespace holdfast::iotistic

// SPDX-License-Identifier: Apache-2.0
#include "uplink/iotistic/answers.hpp"

#include "holdfast/support/http_status.hpp"
#include "holdfast/support/json.hpp"
#include "holdfast/support/utf8.hpp"
#include "uplink/iotistic/clock.hpp"

#include <openssl/x509_vfy.h>

namespace holdfast::iotistic {
namespace {

using sdk::EnrolmentStep;
using sdk::ErrorClass;
using support::HttpError;
using support::HttpResponse;
using support::HttpResult;
using support::Redactor;

constexpr int kUnchanged = 304;

bool beginsAnObject(std::string_view body) {
  const std::size_t at = body.find_first_not_of(" \t\r\n");
  return at != std::string_view::npos && body[at] == '{';
}

// Everything that the cloud says is JSON; what stands between it and the device speaks HTML. The
// target is the host's to read, whatever is wrong with it. A receipt may be silent.
bool isOfTheCloud(Endpoint endpoint, const HttpResponse& answer) {
  const bool good = answer.status / 100 == 2;
  if (good && endpoint == Endpoint::Target) {
    return beginsAnObject(answer.body);
  }
  if (good && endpoint != Endpoint::Register && answer.body.empty()) {
    return true;
  }
  const auto value = support::parseJson(answer.body);
  return value && value->is_object();
}

// Secrets go before the text is cut: a part of one that is left at the end would not be found.
std::string said(const HttpResponse& answer, const Redactor& redactor) {
  const auto value = support::parseJson(answer.body);
  std::string_view words = answer.body;
  if (value) {
    const std::string_view message = support::jsonText(*value, {"message"});
    words = message.empty() ? support::jsonText(*value, {"error"}) : message;
  }
  const std::string shown = support::excerpt(redactor.redacted(words));
  const std::string text = "the answer is " + std::to_string(answer.status);
  return shown.empty() ? text : text + ": " + shown;
}

std::string tlsFault(const HttpResult& result, std::int64_t nowSeconds) {
  const std::string clock = clockFault(result, nowSeconds);
  return clock.empty() ? "TLS: " + result.errorText : clock;
}

Verdict withoutAnswer(const HttpResult& result, std::int64_t nowSeconds) {
  switch (result.error) {
    case HttpError::Cancelled:
      return {{ErrorClass::Cancelled}, "cancelled", {}};
    case HttpError::Refused:
    case HttpError::Unreachable:
    case HttpError::Resolve:
      return {{ErrorClass::Unavailable}, result.errorText, {}};
    case HttpError::Proxy:
      if (result.response.status == 407) {
        return {{ErrorClass::Denied},
                result.errorText + ": it asks for credentials, which belong in https_proxy",
                {}};
      }
      return {{ErrorClass::Unavailable}, result.errorText, {}};
    case HttpError::Tls:
      return {{ErrorClass::Transient}, tlsFault(result, nowSeconds), {}};
    case HttpError::TooLarge:
      return {{ErrorClass::Invalid}, result.errorText, {}};
    default:
      return {{ErrorClass::Transient}, result.errorText, {}};
  }
}

Verdict judgeRedirect(const HttpResponse& answer) {
  return {{ErrorClass::Transient},
          support::redirectText(answer) +
              ": give the URL that it leads to; is there a captive portal in between?",
          {}};
}

ErrorClass classOf(int status) {
  return status == 409 ? ErrorClass::Conflict : support::classOfStatus(status);
}

// What a person can do about it.
std::string advice(Endpoint endpoint, int status) {
  if (status == 403) {
    return " (activate the device in the cloud)";
  }
  if (status == 401 && endpoint == Endpoint::Register) {
    return " (give a provisioning key that is valid in provisioningKeyFile)";
  }
  if (status == 401 && endpoint == Endpoint::KeyExchange) {
    return " (the cloud knows this device by another key: delete it there, so that it registers "
           "anew, or bring that key along as the README says)";
  }
  return {};
}

// The cloud's own words for a device that it does not know. A gateway whose cloud is being replaced
// answers 404 in JSON too, but means the path.
bool knowsNoSuchDevice(const HttpResponse& answer) {
  constexpr std::string_view kWords = "Device not found";
  const auto value = support::parseJson(answer.body);
  return value && (support::jsonText(*value, {"message"}).starts_with(kWords) ||
                   support::jsonText(*value, {"error"}).starts_with(kWords));
}

// What an answer of the cloud itself shows about who it takes the device for.
std::optional<EnrolmentStep> shownBy(Endpoint endpoint, const HttpResponse& answer) {
  if (endpoint == Endpoint::Register) {
    return answer.status == 409 ? std::optional(EnrolmentStep::ExchangeKey) : std::nullopt;
  }
  // Not every cloud takes logs. Whether it knows the device shows by the next poll.
  if (answer.status == 404 && endpoint != Endpoint::Logs && knowsNoSuchDevice(answer)) {
    return EnrolmentStep::Register;
  }
  if (answer.status == 401 && endpoint != Endpoint::KeyExchange) {
    return EnrolmentStep::ExchangeKey;
  }
  return std::nullopt;
}

Verdict judgeSuccess(Endpoint endpoint, const HttpResponse& answer, const Redactor& redactor) {
  if (!isOfTheCloud(endpoint, answer)) {
    return {{ErrorClass::Transient},
            said(answer, redactor) + " (expected JSON; is there a captive portal in between?)",
            {}};
  }
  switch (endpoint) {
    case Endpoint::Register:
      return {{}, {}, EnrolmentStep::ExchangeKey};
    case Endpoint::KeyExchange:
      return {{}, {}, EnrolmentStep::None};
    default:
      return {};
  }
}

Verdict judgeRefusal(Endpoint endpoint, const HttpResponse& answer, std::int64_t nowSeconds,
                     const Redactor& redactor) {
  Verdict verdict{{classOf(answer.status)}, said(answer, redactor), {}};
  if (isOfTheCloud(endpoint, answer)) {
    verdict.next = shownBy(endpoint, answer);
    verdict.message += advice(endpoint, answer.status);
  }
  // Registered already, by an attempt whose answer was lost or in another life: as good as now.
  if (endpoint == Endpoint::Register && verdict.next) {
    return {{}, {}, verdict.next};
  }
  verdict.status.retryAfterMs = support::retryAfterMs(answer.header("retry-after"), nowSeconds);
  // Only this class is waited for as the cloud asked.
  if (verdict.status.code == ErrorClass::Transient && verdict.status.retryAfterMs >= 0) {
    verdict.status.code = ErrorClass::RateLimited;
  }
  return verdict;
}

}  // namespace

std::string clockFault(const HttpResult& result, std::int64_t nowSeconds) {
  if (result.error != HttpError::Tls) {
    return {};
  }
  const std::string complaint = clockComplaint(nowSeconds);
  if (!complaint.empty()) {
    return complaint + " (TLS: " + result.errorText + ")";
  }
  if (result.peer.verifyError == X509_V_ERR_CERT_NOT_YET_VALID) {
    return "this device's clock says " + timeText(nowSeconds) +
           ", and the cloud's certificate is not valid yet by that: the clock is behind; set it, "
           "or look why no time server does";
  }
  if (result.peer.verifyError == X509_V_ERR_CERT_HAS_EXPIRED) {
    return "the cloud's certificate has expired, unless this device's clock, which says " +
           timeText(nowSeconds) + ", is ahead";
  }
  return {};
}

Verdict judge(Endpoint endpoint, const HttpResult& result, std::int64_t nowSeconds,
              const Redactor& redactor) {
  const HttpResponse& answer = result.response;
  // A refusal counts also where the rest of its words never came.
  const bool refused = answer.status >= 400 && result.error != HttpError::Proxy &&
                       result.error != HttpError::Cancelled;
  if (!result.ok() && !refused) {
    return withoutAnswer(result, nowSeconds);
  }
  if (refused) {
    return judgeRefusal(endpoint, answer, nowSeconds, redactor);
  }
  if (answer.status == kUnchanged && endpoint == Endpoint::Target) {
    return {};
  }
  return answer.status / 100 == 3 ? judgeRedirect(answer)
                                  : judgeSuccess(endpoint, answer, redactor);
}

}  // namespace holdfast::iotistic

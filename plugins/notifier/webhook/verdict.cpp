// SPDX-License-Identifier: Apache-2.0
#include "notifier/webhook/verdict.hpp"

#include "holdfast/support/http_status.hpp"
#include "holdfast/support/utf8.hpp"

namespace holdfast::webhook {
namespace {

using sdk::ErrorClass;
using support::HttpError;
using support::HttpResponse;
using support::HttpResult;

// The answer broke off, but its head is there: the receiver has read the message and decided.
bool hasHead(const HttpResult& result) {
  return result.response.status != 0 && result.error != HttpError::Proxy &&
         result.error != HttpError::Cancelled;
}

std::string answered(const HttpResponse& answer, const support::Redactor& redactor) {
  const std::string said = support::excerpt(redactor.redacted(answer.body));
  return "the answer is " + std::to_string(answer.status) + (said.empty() ? "" : ": " + said);
}

Verdict withoutAnswer(const HttpResult& result) {
  switch (result.error) {
    case HttpError::Cancelled:
      return {{ErrorClass::Cancelled}, "cancelled"};
    case HttpError::Refused:
    case HttpError::Unreachable:
    case HttpError::Resolve:
      return {{ErrorClass::Unavailable}, result.errorText};
    case HttpError::Proxy:
      if (result.response.status == 407) {
        return {{ErrorClass::Denied},
                result.errorText + ": it asks for credentials, which belong in https_proxy"};
      }
      return {{ErrorClass::Unavailable}, result.errorText};
    case HttpError::Tls:
      return {{ErrorClass::Transient}, "TLS: " + result.errorText};
    default:
      return {{ErrorClass::Transient}, result.errorText};
  }
}

Verdict judgeSuccess(const HttpResult& result, const Format& format, const std::string& expect,
                     const support::Redactor& redactor) {
  const HttpResponse& answer = result.response;
  if (!format.accepts(answer)) {
    return {{ErrorClass::Transient},
            answered(answer, redactor) + " (expected: " + std::string(format.expectation()) +
                "; is there a captive portal in between?)"};
  }
  if (!expect.empty() && answer.body.find(expect) == std::string::npos) {
    return {{ErrorClass::Transient},
            answered(answer, redactor) + " (expected the text: " + expect + ")"};
  }
  return {{ErrorClass::Ok}, {}};
}

// A log-in page redirects as well, so the message is kept and tried again.
Verdict judgeRedirect(const HttpResponse& answer) {
  return {{ErrorClass::Transient},
          support::redirectText(answer) + ": give the URL that it leads to, or set maxRedirects"};
}

ErrorClass classOf(int status) {
  switch (status) {
    case 410:
      return ErrorClass::Rejected;
    case 501:
    case 505:
      return ErrorClass::Invalid;
    default:
      return support::classOfStatus(status);
  }
}

}  // namespace

Verdict judge(const HttpResult& result, const Format& format, const std::string& expect,
              std::int64_t nowSeconds, const support::Redactor& redactor) {
  const HttpResponse& answer = result.response;
  if (!result.ok() && !hasHead(result)) {
    return withoutAnswer(result);
  }
  if (answer.status / 100 == 2) {
    return judgeSuccess(result, format, expect, redactor);
  }
  if (answer.status / 100 == 3) {
    return judgeRedirect(answer);
  }
  Verdict verdict{{classOf(answer.status)}, answered(answer, redactor)};
  verdict.status.retryAfterMs = support::retryAfterMs(answer.header("retry-after"), nowSeconds);
  // Only this class is waited for as the receiver asked.
  if (verdict.status.code == ErrorClass::Transient && verdict.status.retryAfterMs >= 0) {
    verdict.status.code = ErrorClass::RateLimited;
  }
  return verdict;
}

}  // namespace holdfast::webhook

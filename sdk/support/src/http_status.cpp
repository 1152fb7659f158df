// SPDX-License-Identifier: Apache-2.0
#include "holdfast/support/http_status.hpp"

#include "holdfast/support/url.hpp"

namespace holdfast::support {

using sdk::ErrorClass;

ErrorClass classOfStatus(int status) noexcept {
  switch (status) {
    case 401:
    case 403:
    case 407:
      return ErrorClass::Denied;
    case 404:
    case 405:
      return ErrorClass::NotFound;
    case 408:
    case 425:
      return ErrorClass::Transient;
    case 429:
      return ErrorClass::RateLimited;
    default:
      return status >= 400 && status < 500 ? ErrorClass::Invalid : ErrorClass::Transient;
  }
}

std::string redirectText(const HttpResponse& response) {
  HttpUrl parts;
  std::string problem;
  const bool known = parseUrl(response.header("location"), parts, problem);
  return "the answer is " + std::to_string(response.status) + ", a redirect" +
         (known ? " to " + parts.baseUrl : "");
}

}  // namespace holdfast::support

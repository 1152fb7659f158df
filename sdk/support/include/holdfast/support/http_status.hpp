// SPDX-License-Identifier: Apache-2.0
// What an HTTP answer that is no success means to the host. Pure.
#pragma once

#include "holdfast/sdk/types.hpp"
#include "holdfast/support/http.hpp"

#include <string>

namespace holdfast::support {

// The class of a status from 300 on, as RFC 9110 means it; a plugin whose far side means something
// else by one looks at that first. What is 4xx and not listed helps by another request only, so it
// is Invalid; everything else may work later.
[[nodiscard]] sdk::ErrorClass classOfStatus(int status) noexcept;

// "the answer is 302, a redirect to https://login.example": no more of the address, which may hold
// a secret.
[[nodiscard]] std::string redirectText(const HttpResponse& response);

}  // namespace holdfast::support

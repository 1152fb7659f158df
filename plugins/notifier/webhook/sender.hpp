// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "holdfast/sdk/types.hpp"
#include "holdfast/support/http.hpp"
#include "notifier/webhook/credentials.hpp"
#include "notifier/webhook/options.hpp"

#include <string>
#include <vector>

namespace holdfast::webhook {

// Posts `payload` once and collects at most 64 KiB of the answer. Blocks until then, at most for
// the options' timeout or what the call has left; ends at once when the call is cancelled or
// `stopFd` becomes readable. Follows redirects as far as the options allow; one that is not
// followed is an answer. Each call has a connection of its own: what is kept open between rare
// messages is mostly found dead, and certificates are read anew this way.
[[nodiscard]] support::HttpResult post(const Payload& payload,
                                       const std::vector<std::string>& headers,
                                       const support::HttpUrl& url, const Options& options,
                                       const sdk::Call& call, int stopFd);

}  // namespace holdfast::webhook

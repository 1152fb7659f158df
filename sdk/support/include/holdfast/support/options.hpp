// SPDX-License-Identifier: Apache-2.0
// Options that every plugin with a far side has, and how a plugin reads its own. Everything here
// may be called from any thread; what refuses throws std::invalid_argument that names the option.
#pragma once

#include "holdfast/sdk/types.hpp"
#include "holdfast/support/tls_files.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace holdfast::support {

// Throws std::invalid_argument with `problem`, one line for people.
[[noreturn]] void refuse(const std::string& problem);

// The option's text, empty where it is not set.
[[nodiscard]] std::string option(const sdk::Host& host, std::string_view name);

// An integer, or a duration in milliseconds; `otherwise` where it is not set.
[[nodiscard]] std::int64_t number(const sdk::Host& host, std::string_view name,
                                  std::int64_t otherwise);

// The option timeout, milliseconds. Refuses what is too short to reach anybody.
[[nodiscard]] std::int64_t readTimeoutMs(const sdk::Host& host, std::int64_t otherwise);

// The options caFile, certFile and keyFile. Refuses a certificate without its key, and a key
// without its certificate.
[[nodiscard]] TlsFiles readTlsFiles(const sdk::Host& host);

// The option proxy as HttpEndpoint has it: `environment`, also where it is not set; `none`; or the
// URL of a proxy, without a password.
[[nodiscard]] std::string readProxy(const sdk::Host& host);

}  // namespace holdfast::support

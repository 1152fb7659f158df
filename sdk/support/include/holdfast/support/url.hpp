// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace holdfast::support {

// A URL of http or https taken apart, for servers that people name by a whole URL.
struct HttpUrl {
  std::string baseUrl;      // scheme, host and port, as HttpEndpoint has it
  std::string host;         // without the brackets of an IPv6 address
  std::string target;       // path and query, "/" at least; a fragment is dropped
  std::string credentials;  // "user:password", decoded; empty: none
};

// Understands http:// and https:// with everything that RFC 3986 allows behind them. Numbers that
// stand for IPv4 addresses come out dotted. On false `problem` says what is wrong, without
// repeating the URL, which may hold a secret.
[[nodiscard]] bool parseUrl(std::string_view url, HttpUrl& parts, std::string& problem);

// `location`, absolute or relative, seen from `base`: the Location header of the answer to a
// request for `base`. Empty when it is no URL.
[[nodiscard]] std::string resolveUrl(const std::string& base, const std::string& location);

}  // namespace holdfast::support

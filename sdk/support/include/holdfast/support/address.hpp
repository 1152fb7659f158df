// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/socket.h>

#include <string>

namespace holdfast::support {

// True for an address in 169.254.0.0/16 or fe80::/10, also where an IPv6 address stands for one of
// the former. Such addresses lead to no other machine of use, but where clouds keep the credentials
// of this one.
[[nodiscard]] bool isLinkLocal(const sockaddr& address);

// The same for the text of an address, false for any other text.
[[nodiscard]] bool isLinkLocal(const std::string& address);

}  // namespace holdfast::support

// SPDX-License-Identifier: Apache-2.0
#include "holdfast/support/address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace holdfast::support {
namespace {

using Ipv4Bytes = std::array<unsigned char, 4>;
using Ipv6Bytes = std::array<unsigned char, 16>;

bool linkLocal(const Ipv4Bytes& bytes) {
  return bytes[0] == 169 && bytes[1] == 254;
}

bool linkLocal(const Ipv6Bytes& bytes) {
  if (bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80) {
    return true;
  }
  // IPv4 mapped (::ffff:a.b.c.d), compatible (::a.b.c.d) or translated (64:ff9b::a.b.c.d).
  using Prefix = std::array<unsigned char, 12>;
  constexpr std::array<Prefix, 3> kPrefixes = {Prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff},
                                               Prefix{}, Prefix{0, 0x64, 0xff, 0x9b}};
  return linkLocal(Ipv4Bytes{bytes[12], bytes[13], bytes[14], bytes[15]}) &&
         std::any_of(kPrefixes.begin(), kPrefixes.end(), [&bytes](const Prefix& prefix) {
           return std::equal(prefix.begin(), prefix.end(), bytes.begin());
         });
}

}  // namespace

bool isLinkLocal(const sockaddr& address) {
  // Copied: a sockaddr may stand anywhere.
  if (address.sa_family == AF_INET) {
    sockaddr_in ipv4{};
    std::memcpy(&ipv4, &address, sizeof(ipv4));
    Ipv4Bytes bytes{};
    std::memcpy(bytes.data(), &ipv4.sin_addr, bytes.size());
    return linkLocal(bytes);
  }
  if (address.sa_family == AF_INET6) {
    sockaddr_in6 ipv6{};
    std::memcpy(&ipv6, &address, sizeof(ipv6));
    Ipv6Bytes bytes{};
    std::memcpy(bytes.data(), &ipv6.sin6_addr, bytes.size());
    return linkLocal(bytes);
  }
  return false;
}

bool isLinkLocal(const std::string& address) {
  Ipv4Bytes ipv4{};
  if (::inet_pton(AF_INET, address.c_str(), ipv4.data()) == 1) {
    return linkLocal(ipv4);
  }
  Ipv6Bytes ipv6{};
  const std::string withoutScope = address.substr(0, address.find('%'));
  return ::inet_pton(AF_INET6, withoutScope.c_str(), ipv6.data()) == 1 && linkLocal(ipv6);
}

}  // namespace holdfast::support

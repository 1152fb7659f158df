// SPDX-License-Identifier: Apache-2.0
#include "config/listen_address.hpp"

#include "config/words.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>

namespace holdfast::config {
namespace {

std::optional<std::uint16_t> portIn(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  return whole ? std::optional(port) : std::nullopt;
}

bool isFour(const std::string& host, bool& loopback) {
  in_addr address{};
  if (::inet_pton(AF_INET, host.c_str(), &address) != 1) {
    return false;
  }
  loopback = ntohl(address.s_addr) >> 24U == IN_LOOPBACKNET;
  return true;
}

bool isSix(const std::string& host, bool& loopback) {
  in6_addr address{};
  if (::inet_pton(AF_INET6, host.c_str(), &address) != 1) {
    return false;
  }
  loopback = IN6_IS_ADDR_LOOPBACK(&address);
  return true;
}

}  // namespace

std::string ListenAddress::text() const {
  return (six ? "[" + host + "]:" : host + ":") + std::to_string(port);
}

std::optional<ListenAddress> parseListenAddress(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    return std::nullopt;
  }
  std::string_view host = text.substr(0, colon);
  const auto port = portIn(text.substr(colon + 1));
  ListenAddress address;
  address.six = host.starts_with('[') && host.ends_with(']') && host.size() > 2;
  address.host = address.six ? host.substr(1, host.size() - 2) : host;
  address.port = port.value_or(0);
  const bool good =
      address.six ? isSix(address.host, address.loopback) : isFour(address.host, address.loopback);
  return good && port ? std::optional(address) : std::nullopt;
}

std::optional<std::vector<ListenAddress>> parseListenAddresses(std::string_view text) {
  std::vector<ListenAddress> all;
  for (std::string_view rest = trim(text); !rest.empty();) {
    const auto comma = rest.find(',');
    const auto address = parseListenAddress(trim(rest.substr(0, comma)));
    if (!address || std::find(all.begin(), all.end(), *address) != all.end()) {
      return std::nullopt;
    }
    all.push_back(*address);
    if (comma == std::string_view::npos) {
      return all;
    }
    rest.remove_prefix(comma + 1);
    if (rest.empty()) {
      return std::nullopt;
    }
  }
  return all;
}

}  // namespace holdfast::config

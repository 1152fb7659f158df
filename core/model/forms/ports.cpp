// SPDX-License-Identifier: Apache-2.0
#include "model/forms/ports.hpp"

#include "model/forms/addresses.hpp"

#include <charconv>
#include <optional>
#include <string>

namespace holdfast::model {

namespace {

constexpr const char* kExpected =
    "expected [ip:]host[-to]:container[-to][/tcp|udp] or a container port alone";

struct Range {
  int first = 0;
  int last = 0;
  [[nodiscard]] int size() const { return last - first + 1; }
};

std::optional<int> readPort(std::string_view text) {
  int port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port < 1 || port > 65535)
    return std::nullopt;
  return port;
}

Form<Range> readRange(std::string_view text) {
  const auto dash = text.find('-');
  const auto first = readPort(text.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : readPort(text.substr(dash + 1));
  if (!first || !last)
    return formError(inQuotes(text) + " is no port from 1 to 65535");
  if (*last < *first)
    return formError("the range " + inQuotes(text) + " ends before it begins");
  if (*last - *first >= kMaxPortRange)
    return formError("the range " + inQuotes(text) + " has more than " +
                     std::to_string(kMaxPortRange) + " ports");
  return Range{*first, *last};
}

std::optional<Protocol> readProtocol(std::string_view text) {
  if (text == "tcp")
    return Protocol::Tcp;
  if (text == "udp")
    return Protocol::Udp;
  return std::nullopt;
}

// Cuts "ip:" or "[ip]:" off the front of "ip:host"; leaves a text without address alone.
Form<std::string> takeAddress(std::string_view& text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos)
    return std::string();
  std::string_view address = text.substr(0, colon);
  const bool bracketed = address.size() > 2 && address.front() == '[' && address.back() == ']';
  if (bracketed)
    address = address.substr(1, address.size() - 2);
  const auto normalised = normalisedIp(address);
  if (!normalised || isIpv6(*normalised) != bracketed)
    return formError(inQuotes(text.substr(0, colon)) +
                     " is no IP address (an IPv6 address stands in brackets)");
  text.remove_prefix(colon + 1);
  return *normalised;
}

}  // namespace

Form<std::vector<PortMapping>> parsePorts(std::string_view text) {
  const auto refused = [&](const std::string& because) {
    return formError(inQuotes(text) + ": " + because + "; " + kExpected);
  };
  std::string_view rest = text;
  PortMapping mapping;
  if (const auto slash = rest.find('/'); slash != std::string_view::npos) {
    const auto protocol = readProtocol(rest.substr(slash + 1));
    if (!protocol)
      return refused("unknown protocol " + inQuotes(rest.substr(slash + 1)));
    mapping.protocol = *protocol;
    rest = rest.substr(0, slash);
  }
  const auto colon = rest.rfind(':');
  const auto container = readRange(colon == std::string_view::npos ? rest : rest.substr(colon + 1));
  if (!container)
    return refused(container.error().message);
  if (colon == std::string_view::npos && container->size() > 1)
    return refused("a range needs the host's ports too");

  std::optional<Range> host;
  if (colon != std::string_view::npos) {
    rest = rest.substr(0, colon);
    const auto address = takeAddress(rest);
    if (!address)
      return refused(address.error().message);
    mapping.hostIp = *address;
    const auto range = readRange(rest);
    if (!range)
      return refused(range.error().message);
    if (range->size() != container->size())
      return refused("the two ranges differ in length");
    host = *range;
  }

  std::vector<PortMapping> mappings;
  for (int i = 0; i < container->size(); ++i) {
    mapping.containerPort = static_cast<std::uint16_t>(container->first + i);
    mapping.hostPort = static_cast<std::uint16_t>(host ? host->first + i : 0);
    mappings.push_back(mapping);
  }
  return mappings;
}

}  // namespace holdfast::model

// SPDX-License-Identifier: Apache-2.0
#include "model/forms/addresses.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <array>

namespace holdfast::model {

namespace {

constexpr std::string_view kHostGateway = "host-gateway";

std::string_view withoutBrackets(std::string_view text) {
  if (text.size() > 2 && text.front() == '[' && text.back() == ']')
    return text.substr(1, text.size() - 2);
  return text;
}

}  // namespace

std::optional<std::string> normalisedIp(std::string_view text) {
  const std::string terminated(text);
  if (terminated.find('\0') != std::string::npos)
    return std::nullopt;
  const int family = text.find(':') == std::string_view::npos ? AF_INET : AF_INET6;
  in6_addr address{};  // large enough for both families
  std::array<char, INET6_ADDRSTRLEN> spelled{};
  if (inet_pton(family, terminated.c_str(), &address) != 1 ||
      inet_ntop(family, &address, spelled.data(), spelled.size()) == nullptr)
    return std::nullopt;
  return spelled.data();
}

bool isIpv6(std::string_view address) {
  return address.find(':') != std::string_view::npos;
}

Form<std::pair<std::string, std::string>> parseExtraHost(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == 0 || colon == std::string_view::npos)
    return formError(inQuotes(text) + " is no extra host; expected name:address");
  const std::string_view address = text.substr(colon + 1);
  const auto normalised =
      address == kHostGateway ? std::string(address) : normalisedIp(withoutBrackets(address));
  if (!normalised)
    return formError(inQuotes(address) + " is no IP address; expected name:address, where the " +
                     "address may also be host-gateway");
  return std::pair{std::string(text.substr(0, colon)), *normalised};
}

}  // namespace holdfast::model

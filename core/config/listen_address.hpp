// SPDX-License-Identifier: Apache-2.0
// "127.0.0.1:8090" and "[::1]:8090": where the API listens besides its socket.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::config {

struct ListenAddress {
  std::string host;  // numeric, an IPv6 one without its brackets
  std::uint16_t port = 0;
  bool six = false;       // IPv6
  bool loopback = false;  // reached from this machine alone

  [[nodiscard]] std::string text() const;  // as one writes it
  friend bool operator==(const ListenAddress&, const ListenAddress&) = default;
};

// Nothing when it is not that. Names are none: what they stand for may change, or be nothing yet
// when the machine comes up. Port 0 is any that is free.
[[nodiscard]] std::optional<ListenAddress> parseListenAddress(std::string_view text);

// A comma separated list, without any address given twice; nothing when one of them is bad.
[[nodiscard]] std::optional<std::vector<ListenAddress>> parseListenAddresses(std::string_view text);

}  // namespace holdfast::config

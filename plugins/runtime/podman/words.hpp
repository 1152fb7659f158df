// SPDX-License-Identifier: Apache-2.0
// Words of a container specification that Podman's API wants taken apart.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::podman {

// "SIGTERM", "term", "RTMIN+3" or "15"; nothing for what is no signal.
[[nodiscard]] std::optional<int> signalNumber(std::string_view word);

// "10m", "512k", "1g", "4096b", "4096", in powers of 1024; nothing for what is no size above zero.
[[nodiscard]] std::optional<std::int64_t> byteSize(std::string_view text);

// True for the names of limits that Linux has, such as "nofile".
[[nodiscard]] bool isUlimit(std::string_view name);

// A networkMode. Neither mode nor network: the engine's own default.
struct NetworkMode {
  std::string mode;                  // "host", "none", "container", "path", ...
  std::string value;                 // of container (its name) and path
  std::vector<std::string> options;  // of slirp4netns and pasta
  std::string network;               // any other word: a network of that name
};
[[nodiscard]] NetworkMode networkModeOf(std::string_view word);

// One entry of securityOpt: "seccomp=unconfined" (or with a colon, as Docker once had it).
struct SecurityOption {
  std::string key;
  std::string value;
};
[[nodiscard]] SecurityOption securityOptionOf(std::string_view text);

// The parts between the separators, without empty ones.
[[nodiscard]] std::vector<std::string> splitAt(std::string_view text, char separator);

}  // namespace holdfast::podman

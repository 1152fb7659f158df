// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runtime/common/engine_options.hpp"

#include <string>
#include <string_view>

namespace holdfast::podman {

// The plugin's options and their defaults (README.md "Options").
inline constexpr char kOptionsSchema[] = R"({
  "properties": {
    "url": {
      "type": "string",
      "default": "unix:///run/podman/podman.sock",
      "description": "Where the service listens: unix:///path, tcp://host:port, http://host:port or https://host:port. tcp:// is TLS as soon as caFile or certFile is given. Where the default does not exist, the socket in XDG_RUNTIME_DIR is used if that does."
    },
    "autostart": {
      "type": "boolean",
      "default": "false",
      "description": "Start 'podman system service' where nobody answers at the unix socket, and end it with the agent. Not under the shipped systemd unit: enable podman.socket there."
    },)" HOLDFAST_ENGINE_OPTIONS R"(
  }
})";

inline constexpr std::string_view kDefaultUrl = "unix:///run/podman/podman.sock";

struct Options {
  runtime::EngineOptions engine;
  bool autostart = false;
};

// What is looked at besides the options, so that tests can say what there is.
struct Surroundings {
  bool root = true;
  std::string runtimeDirectory;             // XDG_RUNTIME_DIR, may be empty
  bool (*exists)(const std::string& path);  // is there anything at that path?

  [[nodiscard]] static Surroundings ofProcess();
};

// The address that a configured one stands for: the default one stands for the user's own socket
// where only that exists, or where only that could (no root and no socket yet).
[[nodiscard]] std::string resolveUrl(std::string_view configured, const Surroundings& surroundings);

// Throws std::invalid_argument that names the option and what was expected.
[[nodiscard]] Options readOptions(const sdk::Host& host, const Surroundings& surroundings);

}  // namespace holdfast::podman

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runtime/common/engine_options.hpp"

namespace holdfast::docker {

// The plugin's options and their defaults (README.md "Options").
inline constexpr char kOptionsSchema[] = R"({
  "properties": {
    "url": {
      "type": "string",
      "default": "unix:///var/run/docker.sock",
      "description": "Where the engine listens: unix:///path, tcp://host:port, http://host:port or https://host:port. tcp:// is TLS as soon as caFile or certFile is given."
    },)" HOLDFAST_ENGINE_OPTIONS R"(
  }
})";

}  // namespace holdfast::docker

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "holdfast/sdk/types.hpp"
#include "holdfast/support/http.hpp"

#include <string>

namespace holdfast::docker {

// The plugin's options and their defaults (README.md "Options").
inline constexpr char kOptionsSchema[] = R"({
  "properties": {
    "url": {
      "type": "string",
      "default": "unix:///var/run/docker.sock",
      "description": "Where the engine listens: unix:///path, tcp://host:port, http://host:port or https://host:port. tcp:// is TLS as soon as caFile or certFile is given."
    },
    "caFile": {
      "type": "path",
      "description": "Certificate authority, PEM, that the engine's certificate must come from. Default: those of the system."
    },
    "certFile": {
      "type": "path",
      "description": "Client certificate, PEM, for an engine that asks for one. Goes with keyFile."
    },
    "keyFile": {
      "type": "path",
      "description": "Key of the client certificate, PEM. Goes with certFile."
    },
    "authFile": {
      "type": "path",
      "description": "Registry credentials in the format of Docker's config.json; looked at before Docker's own file."
    }
  }
})";

struct Options {
  support::HttpEndpoint endpoint;
  std::string authFile;
};

// Throws std::invalid_argument that names the option and what was expected.
[[nodiscard]] Options readOptions(const sdk::Host& host);

}  // namespace holdfast::docker

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "holdfast/sdk/types.hpp"
#include "holdfast/support/options.hpp"

#include <cstdint>
#include <string>

namespace holdfast::iotistic {

// The plugin's options and their defaults (README.md "Options").
inline constexpr char kOptionsSchema[] = R"({
  "properties": {
    "url": {
      "type": "string",
      "required": true,
      "description": "Where the cloud is: https:// or http://. /api/v1 is appended unless it ends so."
    },
    "provisioningKeyFile": {
      "type": "secret-file",
      "description": "File with the fleet's provisioning key in one line, read when the device is registered."
    },
    "deviceType": {
      "type": "string",
      "default": "generic",
      "description": "What the device is registered as."
    },
    "caFile": {
      "type": "path",
      "description": "Certificate authorities, PEM, that the cloud's certificate must come from. Default: those of the system, and the one that the cloud names when the device is registered."
    },
    "certFile": {
      "type": "path",
      "description": "Client certificate, PEM, for a cloud that asks for one. Goes with keyFile."
    },
    "keyFile": {
      "type": "secret-file",
      "description": "Key of the client certificate, PEM. Goes with certFile."
    },
    "proxy": {
      "type": "string",
      "default": "environment",
      "description": "environment (https_proxy, http_proxy, no_proxy), none, or the URL of a proxy. A proxy with a password belongs in the environment."
    },
    "timeout": {
      "type": "duration",
      "default": "30s",
      "description": "For one request, from the name look-up to the end of the answer."
    }
  }
})";

// Where the cloud's interface is.
struct ApiUrl {
  std::string origin;  // scheme, host and port
  std::string path;    // "/api/v1", with what the URL has before it

  [[nodiscard]] std::string text() const { return origin + path; }
  [[nodiscard]] bool encrypted() const { return origin.starts_with("https://"); }
};

struct Options {
  ApiUrl url;
  std::string provisioningKeyFile;
  std::string deviceType = "generic";
  support::TlsFiles tls;
  std::string proxy;  // as support::HttpEndpoint has it
  std::int64_t timeoutMs = 30'000;
};

// Throws std::invalid_argument that says what is wrong, without repeating the URL.
[[nodiscard]] ApiUrl readApiUrl(const std::string& url);

// Throws std::invalid_argument that names the option and what was expected.
[[nodiscard]] Options readOptions(const sdk::Host& host);

}  // namespace holdfast::iotistic

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "holdfast/sdk/types.hpp"
#include "holdfast/support/options.hpp"
#include "notifier/webhook/format.hpp"
#include "notifier/webhook/signing.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace holdfast::webhook {

// The plugin's options and their defaults (README.md "Options").
inline constexpr char kOptionsSchema[] = R"({
  "properties": {
    "url": {
      "type": "string",
      "description": "Where to post: http:// or https://. A URL that is a secret goes into urlFile. Format pagerduty has its own default."
    },
    "urlFile": {
      "type": "secret-file",
      "description": "File with the URL in one line, read anew for each delivery."
    },
    "format": {
      "type": "string",
      "default": "standard",
      "enum": ["standard", "cloudevents", "alertmanager", "alertmanager-api", "slack", "teams", "discord", "pagerduty", "ntfy", "template"],
      "description": "What the receiver understands."
    },
    "secretFile": {
      "type": "secret-file",
      "description": "File with the key that signs each message, read anew for each delivery. Several lines during a change of keys: the receiver may have any of them."
    },
    "signature": {
      "type": "string",
      "default": "standard",
      "enum": ["standard", "github"],
      "description": "How the key of secretFile signs: Standard Webhooks, or X-Hub-Signature-256 as GitHub sends it."
    },
    "headersFile": {
      "type": "secret-file",
      "description": "File with more headers, 'Name: value' in each line, such as Authorization; read anew for each delivery."
    },
    "routingKeyFile": {
      "type": "secret-file",
      "description": "Format pagerduty: file with the integration's routing key, read anew for each delivery."
    },
    "templateFile": {
      "type": "path",
      "description": "Format template: the Mustache template of the body."
    },
    "expect": {
      "type": "string",
      "description": "Text that the answer must contain to count as delivered, besides what the format asks for."
    },
    "caFile": {
      "type": "path",
      "description": "Certificate authorities, PEM, that the receiver's certificate must come from. Default: those of the system."
    },
    "certFile": {
      "type": "path",
      "description": "Client certificate, PEM, for a receiver that asks for one. Goes with keyFile."
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
      "default": "15s",
      "description": "For one attempt, from the name look-up to the end of the answer."
    },
    "maxRedirects": {
      "type": "integer",
      "default": 0,
      "description": "How many redirects 307 and 308 to https:// on the same host are followed, 0 to 5."
    },
    "resendInterval": {
      "type": "duration",
      "default": "60s",
      "description": "Format alertmanager-api: how often a firing alert is sent again; Alertmanager forgets it after four intervals."
    }
  }
})";

struct Options {
  std::string url;  // empty: urlFile
  std::string urlFile;
  std::string secretFile;
  SignatureStyle signature = SignatureStyle::None;
  std::string headersFile;
  std::string routingKeyFile;
  std::string expect;
  support::TlsFiles tls;
  std::string proxy;  // as support::HttpEndpoint has it
  std::int64_t timeoutMs = 15'000;
  std::int64_t maxRedirects = 0;
  std::unique_ptr<Format> format;
};

// Reads the template too, if there is one. Throws std::invalid_argument that names the option and
// what was expected, without repeating a URL.
[[nodiscard]] Options readOptions(const sdk::Host& host);

}  // namespace holdfast::webhook

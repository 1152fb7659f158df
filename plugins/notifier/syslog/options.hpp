// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "holdfast/sdk/types.hpp"
#include "notifier/syslog/line.hpp"
#include "notifier/syslog/stream_connection.hpp"

#include <cstdint>
#include <string>

namespace holdfast::syslog {

// The plugin's options and their defaults (README.md "Options").
inline constexpr char kOptionsSchema[] = R"({
  "properties": {
    "target": {
      "type": "string",
      "default": "local",
      "description": "local (journald or /dev/log), udp://host[:514], tcp://host[:514] or tls://host[:6514]."
    },
    "facility": {
      "type": "string",
      "default": "local0",
      "enum": ["user", "daemon", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7"],
      "description": "Facility of all messages."
    },
    "hostname": {
      "type": "string",
      "description": "HOSTNAME of the messages. Default: the name of the device."
    },
    "appName": {
      "type": "string",
      "default": "holdfast",
      "description": "APP-NAME of the messages."
    },
    "enterpriseId": {
      "type": "integer",
      "default": 32473,
      "description": "Private enterprise number in the name of the structured data, alert@32473."
    },
    "bom": {
      "type": "string",
      "default": "auto",
      "enum": ["auto", "always", "never"],
      "description": "Byte order mark before the text: auto where it is not plain ASCII."
    },
    "maxBytes": {
      "type": "integer",
      "default": 0,
      "description": "Longest message, 480 to 65000. 0: 2048 for udp, 8192 for tcp and tls."
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
    "timeout": {
      "type": "duration",
      "default": "10s",
      "description": "For one attempt."
    }
  }
})";

enum class Way { Local, Udp, Stream };

struct Options {
  Way way = Way::Local;
  StreamTarget target;  // host without brackets for Way::Udp
  Sender sender;
  std::int64_t timeoutMs = 10'000;
};

// Throws std::invalid_argument that names the option and what was expected.
[[nodiscard]] Options readOptions(const sdk::Host& host);

}  // namespace holdfast::syslog

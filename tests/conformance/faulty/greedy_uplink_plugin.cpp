// SPDX-License-Identifier: Apache-2.0
// An uplink with an option that nobody can set, since uplink.logs is a key of the agent.
#include "conformance/plain_uplink/plain_uplink.hpp"

namespace {

constexpr char kOptions[] = R"({"properties": {
  "url":     {"type": "string", "required": true, "description": "where the cloud is"},
  "keyFile": {"type": "secret-file", "required": true, "description": "the key to register with"},
  "logs":    {"type": "boolean", "default": "false", "description": "whether it takes logs"}
}})";

}  // namespace

HOLDFAST_UPLINK_PLUGIN(holdfast::plain::PlainUplink, "greedy", "1.0.0", kOptions)

// SPDX-License-Identifier: Apache-2.0
#include "conformance/plain_uplink/plain_uplink.hpp"

namespace {

constexpr char kOptions[] = R"({"properties": {
  "url":     {"type": "string", "required": true, "description": "where the cloud is"},
  "keyFile": {"type": "secret-file", "required": true, "description": "the key to register with"}
}})";

}  // namespace

HOLDFAST_UPLINK_PLUGIN(holdfast::plain::PlainUplink, "plain", "1.0.0", kOptions)

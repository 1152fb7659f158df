// SPDX-License-Identifier: Apache-2.0
#include "conformance/post_notifier/post_notifier.hpp"

namespace {

constexpr char kOptions[] = R"({"properties": {
  "url":       {"type": "string", "required": true, "description": "where it posts to"},
  "tokenFile": {"type": "secret-file", "required": true, "description": "the receiver's token"}
}})";

}  // namespace

HOLDFAST_NOTIFIER_PLUGIN(holdfast::post::PostNotifier, "post", "1.0.0", kOptions)

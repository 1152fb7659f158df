// SPDX-License-Identifier: Apache-2.0
// The body of GET /v1/services for those who send it by other ways.
#pragma once

#include "api/agent.hpp"

#include <string>

namespace holdfast::api {

struct TaggedText {
  std::string tag;   // the ETag, with its quotes
  std::string text;  // JSON, on one line
};

// Every service as it is now.
[[nodiscard]] TaggedText serviceList(Agent& agent);

// Its tag alone, which costs nothing.
[[nodiscard]] std::string serviceListTag(Agent& agent);

}  // namespace holdfast::api

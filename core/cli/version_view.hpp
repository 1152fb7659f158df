// SPDX-License-Identifier: Apache-2.0
// `holdfast version` as text. Pure.
#pragma once

#include <boost/json/value.hpp>

#include <string>

namespace holdfast::cli {

// The version of this program, and what the agent says of itself in GET /v1/info; `info` is
// nullptr when the agent could not be asked.
[[nodiscard]] std::string versionText(const boost::json::value* info);

// The same for -o json: {"client": {...}, "agent": info or null}.
[[nodiscard]] boost::json::value versionJson(const boost::json::value* info);

}  // namespace holdfast::cli

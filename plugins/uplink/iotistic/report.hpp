// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace holdfast::iotistic {

// The body of PATCH /device/state, {"<uuid>": {...}}, for a report as in docs/report.md; README.md
// "Report" has the form. Nothing when the report is no JSON object.
[[nodiscard]] std::optional<std::string> cloudReport(std::string_view contentJson,
                                                     const std::string& uuid);

}  // namespace holdfast::iotistic

// SPDX-License-Identifier: Apache-2.0
// Headers that every answer has, so that a browser makes nothing of it that it is not.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace holdfast::api {

// A handler may replace one by setting it in its Response: the dashboard's page has a policy of its
// own, which allows its own script and style.
[[nodiscard]] const std::vector<std::pair<std::string, std::string>>& protectiveHeaders();

}  // namespace holdfast::api

// SPDX-License-Identifier: Apache-2.0
// What a container sees of the host's files and devices.
#pragma once

#include "model/forms/form.hpp"
#include "model/target.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace holdfast::model {

// An absolute path without "." and "..", doubled and trailing slashes taken out.
[[nodiscard]] Form<std::string> normalisedPath(std::string_view text);

// "name:/path[:ro|rw]" is a volume, "/host/path:/path[:ro|rw]" a bind mount.
[[nodiscard]] Form<Mount> parseMount(std::string_view text);

// "/path" or "/path:options" -> path and options.
[[nodiscard]] Form<std::pair<std::string, std::string>> parseTmpfs(std::string_view text);

// "/dev/a[:/dev/b[:rwm]]".
[[nodiscard]] Form<Device> parseDevice(std::string_view text);

}  // namespace holdfast::model

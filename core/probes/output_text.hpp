// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace holdfast::probes {

// What a container or a server said, fit to be shown: its secrets as ***, one line, at most 1 KiB.
// What hides them: engine::withoutSecrets().
[[nodiscard]] std::string shownText(std::string_view text, const std::vector<std::string>& secrets);

}  // namespace holdfast::probes

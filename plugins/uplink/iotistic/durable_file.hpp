// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace holdfast::iotistic {

// Puts `content` into the file, readable by its user alone, in place of what was there: after a
// power cut it holds the old or the new, and nothing else. On disk when this returns. Throws
// std::system_error that names the file.
void writeDurably(const std::string& path, std::string_view content);

}  // namespace holdfast::iotistic

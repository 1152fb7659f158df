// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <holdfast/sdk/notifier.hpp>

#include <string>

namespace logfile {

// A notification as one line of JSON in UTF-8, with its newline:
//
//   {"id":"...","title":"...","text":"...","content":{...}}
//
// `content` is Notification::contentJson. What is no UTF-8 in the texts becomes U+FFFD.
[[nodiscard]] std::string lineOf(const holdfast::sdk::Notification& notification);

}  // namespace logfile

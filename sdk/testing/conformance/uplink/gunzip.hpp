// SPDX-License-Identifier: Apache-2.0
// The content of a gzip stream (RFC 1952).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace holdfast::conformance {

// Nothing when it is no complete stream of one member, its checksum is wrong, or its content is
// larger than 64 MiB.
[[nodiscard]] std::optional<std::string> gunzip(std::string_view stream);

}  // namespace holdfast::conformance

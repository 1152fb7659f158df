// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace holdfast::iotistic {

// When the first certificate of a PEM file ends, in seconds since the epoch. Nothing where there is
// none.
[[nodiscard]] std::optional<std::int64_t> certificateEnd(const std::string& file);

// Whether the text is one or more certificates, as PEM, and nothing in it is broken. OpenSSL takes
// a file of authorities as a whole or not at all.
[[nodiscard]] bool areCertificates(const std::string& pem);

}  // namespace holdfast::iotistic

// SPDX-License-Identifier: Apache-2.0
// Query parameters as values. A parameter that is not what it should be is a 400 that names it.
#pragma once

#include "api/http.hpp"
#include "model/time.hpp"

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>

namespace holdfast::api {

// what() is the detail of a 400.
class BadParameter : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// All return nothing for a parameter that is not given, and throw BadParameter for a bad one.

// A whole number from `least` to `most`.
[[nodiscard]] std::optional<std::int64_t> numberParameter(const Request& request,
                                                          const std::string& name,
                                                          std::int64_t least, std::int64_t most);

// "1", "true" or nothing behind the name; "0", "false".
[[nodiscard]] bool flagParameter(const Request& request, const std::string& name);

// RFC 3339, or a duration counted back from `now`.
[[nodiscard]] std::optional<model::WallTime> instantParameter(const Request& request,
                                                              const std::string& name,
                                                              model::WallTime now);

// `wait`, seconds from 0 to 60.
[[nodiscard]] model::Milliseconds waitParameter(const Request& request);

}  // namespace holdfast::api

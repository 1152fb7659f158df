// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/value.hpp>

#include <string>

namespace holdfast::model {

// One text for one meaning: members sorted by name (byte order) at every level, no white space.
// The order of lists is kept.
[[nodiscard]] std::string canonicalJson(const boost::json::value& value);

}  // namespace holdfast::model

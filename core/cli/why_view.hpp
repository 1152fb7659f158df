// SPDX-License-Identifier: Apache-2.0
// `holdfast why` as text: the chain from the target to what happens next, in plain words. Pure.
#pragma once

#include "model/time.hpp"

#include <boost/json/value.hpp>

#include <string>
#include <string_view>

namespace holdfast::cli {

// `why` is the answer of GET /v1/services/{app}/{service}/why.
[[nodiscard]] std::string whyText(const boost::json::value& why, model::WallTime now);

// What an error class means for the one who waits; empty for a word that is not known.
[[nodiscard]] std::string_view classMeaning(std::string_view errorClass);

}  // namespace holdfast::cli

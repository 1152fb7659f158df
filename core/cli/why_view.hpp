// SPDX-License-Identifier: Apache-2.0
// `holdfast why` as text: the sentences of the API, laid out. Pure.
#pragma once

#include <boost/json/value.hpp>

#include <cstddef>
#include <string>

namespace holdfast::cli {

// `why` is the answer of GET /v1/services/{app}/{service}/why. Sentences are broken at `columns`;
// 0: each stays on its line.
[[nodiscard]] std::string whyText(const boost::json::value& why, std::size_t columns);

}  // namespace holdfast::cli

// SPDX-License-Identifier: Apache-2.0
// `holdfast describe` as text. Pure.
#pragma once

#include "model/time.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <string>

namespace holdfast::cli {

// `service` is the answer with ?detail=1: docs/interfaces.md "Service status" and its `detail`.
[[nodiscard]] std::string describeService(const boost::json::value& service,
                                          const boost::json::array& events, model::WallTime now);

}  // namespace holdfast::cli

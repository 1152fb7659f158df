// SPDX-License-Identifier: Apache-2.0
// Events as text. Pure.
#pragma once

#include "model/time.hpp"

#include <boost/json/array.hpp>

#include <string>
#include <string_view>

namespace holdfast::cli {

// kubectl's age of an event: "12s", or "4s (x4 over 2m)" for latest repeat, count and first one.
[[nodiscard]] std::string eventAge(const boost::json::value& event, model::WallTime now);

// LAST SEEN, TYPE, REASON, OBJECT, MESSAGE, oldest first.
[[nodiscard]] std::string eventTable(const boost::json::array& events, model::WallTime now);

// One event of a followed history, in columns of fixed width since nobody knows what comes next.
[[nodiscard]] std::string eventLine(const boost::json::value& event);

// The events of one service for `describe`: Type, Reason, Age, Message.
[[nodiscard]] std::string serviceEvents(const boost::json::array& events, model::WallTime now,
                                        std::string_view indent);

}  // namespace holdfast::cli

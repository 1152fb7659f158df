// SPDX-License-Identifier: Apache-2.0
// `holdfast status` as text. Pure.
#pragma once

#include "cli/table.hpp"
#include "model/time.hpp"

#include <boost/json/array.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace holdfast::cli {

enum class Breadth { Usual, Wide };

// APP SERVICE STATUS READY RESTARTS NEXT-RETRY AGE IMAGE, and with Wide also RUNNING (the image of
// a container that an update could not replace yet), CONTAINER, RUNTIME and ERROR.
[[nodiscard]] Table statusTable(const boost::json::array& services, model::WallTime now,
                                Breadth breadth);

// The services of `services` that "APP" or "APP/SERVICE" names, by name or id; all when `wanted` is
// empty.
[[nodiscard]] boost::json::array chosen(const boost::json::array& services,
                                        std::string_view wanted);

// The line of a status table with the colour of its service.
enum class Tint { None, Good, Busy, Bad };
[[nodiscard]] Tint tintOf(const boost::json::value& service);
[[nodiscard]] std::string tinted(std::string_view line, Tint tint);

}  // namespace holdfast::cli

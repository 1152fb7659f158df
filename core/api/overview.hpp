// SPDX-License-Identifier: Apache-2.0
// What a page shows beside the services, in parts, for those who send it by other ways than one
// answer each.
#pragma once

#include "api/agent.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace holdfast::api {

// GET /v1/info without its clock, so that it is the same as long as nothing has changed.
[[nodiscard]] boost::json::object infoObject(const Agent& agent);              // info.cpp
[[nodiscard]] boost::json::object clockObject(const Agent& agent);             // info.cpp
[[nodiscard]] boost::json::array alertArray(const alerts::AlertView& view);    // alerts.cpp
[[nodiscard]] boost::json::array silenceArray(const alerts::AlertView& view);  // alerts.cpp
[[nodiscard]] boost::json::array notifierArray(const Agent& agent);            // notifiers.cpp

}  // namespace holdfast::api

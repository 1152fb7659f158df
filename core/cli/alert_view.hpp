// SPDX-License-Identifier: Apache-2.0
// Alerts, silences and dead letters as tables.
#pragma once

#include "model/time.hpp"

#include <boost/json/value.hpp>

#include <string>

namespace holdfast::cli {

// `answer` is what GET /v1/alerts says; ages are told from `now`. Ends with a line for each
// receiver that has something waiting, or "no alerts".
[[nodiscard]] std::string alertTable(const boost::json::value& answer, model::WallTime now);

// `answer` is what GET /v1/silences says.
[[nodiscard]] std::string silenceTable(const boost::json::value& answer, model::WallTime now);

// `answer` is what GET /v1/dead-letters says.
[[nodiscard]] std::string deadLetterTable(const boost::json::value& answer, model::WallTime now);

}  // namespace holdfast::cli

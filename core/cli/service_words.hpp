// SPDX-License-Identifier: Apache-2.0
// The words that a service's status (docs/interfaces.md "Service status") is told in. Pure.
#pragma once

#include "model/time.hpp"

#include <boost/json/value.hpp>

#include <string>

namespace holdfast::cli {

// "2m10s" since `then`, in kubectl's units; never negative.
[[nodiscard]] std::string age(model::WallTime then, model::WallTime now);

// "monitoring/nodered".
[[nodiscard]] std::string displayName(const boost::json::value& service);

// kubectl's word, with the share of a running pull, and "(stale)" while the engine does not answer.
[[nodiscard]] std::string statusWord(const boost::json::value& service);

// "in 18s (3/10)", "now (3/10)", "gave up", "fix spec", or empty without an error.
[[nodiscard]] std::string nextRetry(const boost::json::value& service, model::WallTime now);

// "5 (2m10s ago)": restarts and, where it is known, the age of the latest exit.
[[nodiscard]] std::string restarts(const boost::json::value& service, model::WallTime now);

// "45%", or "12 MB" while the total is unknown; empty without a running pull.
[[nodiscard]] std::string pullShare(const boost::json::value& service);

// Is it in `error`?
[[nodiscard]] bool failing(const boost::json::value& service);

// "(3/10)", "(4)" without a limit.
[[nodiscard]] std::string attempt(const boost::json::value& retry);

}  // namespace holdfast::cli

// SPDX-License-Identifier: Apache-2.0
// The causal chain of one service, as data and in plain words; the one place that makes either.
// Pure.
#pragma once

#include "engine/snapshot.hpp"
#include "model/time.hpp"

#include <boost/json/object.hpp>

namespace holdfast::api {

// {"service", "chain": [{"step", ..., "words"}], "next": {"what", "at", "words", "changes"},
// "words": [...]}: docs/interfaces.md "Why". `words` is the whole chain as sentences. No
// environment value is in it.
[[nodiscard]] boost::json::object whyService(const engine::Snapshot& snapshot,
                                             const engine::ServiceView& view,
                                             const model::Now& now);

}  // namespace holdfast::api

// SPDX-License-Identifier: Apache-2.0
// Values of the agent as the API's JSON (docs/interfaces.md "Local API"). Pure.
#pragma once

#include "api/agent.hpp"
#include "engine/engine.hpp"
#include "engine/snapshot.hpp"
#include "pluginhost/registry.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <vector>

namespace holdfast::api {

// null where there is none.
[[nodiscard]] boost::json::value textOrNull(const std::string& text);
[[nodiscard]] boost::json::value timeOrNull(const std::optional<model::WallTime>& at);

// The status, and with it what `?detail=1` adds: key, spec, specHash, decision, ledger, container,
// faults.
[[nodiscard]] boost::json::object detailedService(const engine::ServiceView& view,
                                                  const model::Now& now);

// The specification as its runtime gets it, values masked; null where there is none.
[[nodiscard]] boost::json::value specValue(const engine::ServiceView& view);

// One entry of the retry ledger. Its due instant is told by the wall clock of `now`.
[[nodiscard]] boost::json::object ledgerEntry(const retry::Entry& entry, const model::Now& now);

[[nodiscard]] boost::json::object containerObject(const model::ObservedContainer& container);
[[nodiscard]] boost::json::object runtimeObject(const engine::RuntimeStatus& runtime,
                                                const model::Now& now);
[[nodiscard]] boost::json::object pluginObject(const pluginhost::PluginReport& plugin);

[[nodiscard]] boost::json::array historyArray(const std::vector<StatusChange>& changes);

// Revision, where it came from, and whether everything has settled; null without a target.
[[nodiscard]] boost::json::value targetObject(const engine::Snapshot& snapshot);
[[nodiscard]] boost::json::array problemArray(const std::vector<model::Problem>& problems);

// "file", "api", "cloud".
[[nodiscard]] std::string_view sourceWord(engine::TargetSource source);

}  // namespace holdfast::api

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/parser/draft.hpp"
#include "model/parser/node.hpp"

namespace holdfast::model::parser {

// Reads one app. `key` is its name in the object `apps`, empty where `apps` is an array. What makes
// the whole document no target (an app that is no object, services that are no array, no id) goes
// to the node's findings, everything else to the draft's.
[[nodiscard]] AppDraft readApp(const Node& node, std::string_view key);

}  // namespace holdfast::model::parser

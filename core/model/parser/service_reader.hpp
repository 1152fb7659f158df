// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/parser/draft.hpp"
#include "model/parser/node.hpp"

namespace holdfast::model::parser {

// Reads one element of `services`. Whatever is wrong with it, a draft comes back; its findings say
// what. Its name is empty when it has none that can be used.
[[nodiscard]] ServiceDraft readService(const Node& node);

// The id of an app or service: a number or a text without slashes, as text; nothing on a fault.
[[nodiscard]] std::optional<std::string> readId(const Node& node);

// The name of an app, service, network or volume: one line without slashes, since it is part of
// paths such as "<app>/<service>". What isUsableName refuses it also tells, at `node`.
[[nodiscard]] std::optional<std::string> readName(const Node& node);
[[nodiscard]] bool isUsableName(const Node& node, std::string_view name);

}  // namespace holdfast::model::parser

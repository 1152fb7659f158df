// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/parser/node.hpp"
#include "model/target.hpp"

#include <map>
#include <string>

namespace holdfast::model::parser {

// {"limits": {"cpu", "memory"}, "requests": {"cpu", "memory"}}, as Kubernetes writes quantities.
[[nodiscard]] Resources readResources(const Node& node);

// {"nofile": 1024} or {"nofile": {"soft": 1, "hard": 2}}; -1 is unlimited.
[[nodiscard]] std::map<std::string, Ulimit> readUlimits(const Node& node);

}  // namespace holdfast::model::parser

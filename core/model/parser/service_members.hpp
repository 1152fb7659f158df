// SPDX-License-Identifier: Apache-2.0
// The members of a service that say what its container is like: one row for each, in one table.
#pragma once

#include "model/parser/draft.hpp"
#include "model/parser/node.hpp"

#include <span>
#include <string_view>

namespace holdfast::model::parser {

struct ServiceMember {
  std::string_view name;
  // Reads the value into the draft. What is wrong goes to the node's findings.
  void (*read)(const Node& node, ServiceDraft& draft);
  // May also stand beside serviceName (the flat form); under `config` it counts first.
  bool flat = false;
};

// Everything that `config` may have.
[[nodiscard]] std::span<const ServiceMember> serviceMembers();

}  // namespace holdfast::model::parser

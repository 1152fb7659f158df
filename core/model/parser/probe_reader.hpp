// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/parser/node.hpp"
#include "model/target.hpp"

#include <optional>

namespace holdfast::model::parser {

// Kubernetes knows probes for which a success threshold other than 1 makes no sense.
enum class ProbeUse { Liveness, Readiness, Startup };

// A probe of a target document: the members are those of Probe in model/target.hpp; nothing for an
// empty object or a fault.
[[nodiscard]] std::optional<Probe> readProbe(const Node& node, ProbeUse use);

}  // namespace holdfast::model::parser

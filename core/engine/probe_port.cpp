// SPDX-License-Identifier: Apache-2.0
#include "engine/probe_port.hpp"

namespace holdfast::engine {

std::string_view probeKindName(ProbeKind kind) {
  switch (kind) {
    case ProbeKind::Startup:
      return "startup";
    case ProbeKind::Liveness:
      return "liveness";
    case ProbeKind::Readiness:
      return "readiness";
  }
  return "";
}

std::string_view probeResultName(ProbeResult result) {
  switch (result) {
    case ProbeResult::Unknown:
      return "unknown";
    case ProbeResult::Success:
      return "success";
    case ProbeResult::Failure:
      return "failure";
  }
  return "";
}

const std::optional<model::Probe>& ProbeSet::of(ProbeKind kind) const {
  return kind == ProbeKind::Startup ? startup : kind == ProbeKind::Liveness ? liveness : readiness;
}

const ProbeState* ProbeReport::find(ProbeKind kind) const {
  const auto at = probes.find(kind);
  return at == probes.end() ? nullptr : &at->second;
}

std::optional<ProbeKind> ProbeReport::condemned() const {
  for (const ProbeKind kind : {ProbeKind::Startup, ProbeKind::Liveness}) {
    const ProbeState* state = find(kind);
    if (running && state != nullptr && state->result == ProbeResult::Failure)
      return kind;
  }
  return std::nullopt;
}

}  // namespace holdfast::engine

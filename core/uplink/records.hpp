// SPDX-License-Identifier: Apache-2.0
// What the link remembers of itself, as the text of a record and back. Texts that are damaged, or
// of a version that wrote something else, read as nothing.
#pragma once

#include "uplink/link_view.hpp"
#include "uplink/transitions.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace holdfast::uplink {

struct TransitionCounts {
  std::int64_t lastSeq = 0;
  std::int64_t deliveredSeq = 0;
};

// A document that was not accepted.
struct SeenDocument {
  std::string etag;
  std::string digest;                      // SHA-256 of the text
  std::string agentVersion;                // whose opinion it is
  std::optional<RejectedTarget> rejected;  // absent: it says that there is no target
};

[[nodiscard]] std::string toText(const ServiceError& error);
[[nodiscard]] std::string toText(const Transition& transition);
[[nodiscard]] std::string toText(const TransitionCounts& counts);
[[nodiscard]] std::string toText(const SeenDocument& seen);

[[nodiscard]] std::optional<ServiceError> serviceErrorOf(const std::string& text);
[[nodiscard]] std::optional<Transition> transitionOf(const std::string& text);
[[nodiscard]] std::optional<TransitionCounts> transitionCountsOf(const std::string& text);
[[nodiscard]] std::optional<SeenDocument> seenDocumentOf(const std::string& text);

}  // namespace holdfast::uplink

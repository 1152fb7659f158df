// SPDX-License-Identifier: Apache-2.0
// One call to a runtime on behalf of a service: what `why` tells of it when the call is long over.
#pragma once

#include "holdfast/sdk/types.hpp"
#include "model/time.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace holdfast::engine {

// Longer objects and answers are cut: what a failure said in full stands in the retry ledger.
inline constexpr std::size_t kMaxCallText = 512;

struct CallRecord {
  std::string call;  // stepName(): "downloadImage", "startContainer", ...
  std::string runtime;
  std::string object;     // an image's reference, or the name of a container, network or volume
  model::WallTime began;  // labels only; `took` is measured by the monotonic clock
  std::optional<model::Milliseconds> took;  // absent while it runs
  sdk::ErrorClass errorClass = sdk::ErrorClass::Ok;
  std::string message;  // what went wrong; empty when Ok

  friend bool operator==(const CallRecord&, const CallRecord&) = default;
};

}  // namespace holdfast::engine

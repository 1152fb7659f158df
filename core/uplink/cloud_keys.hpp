// SPDX-License-Identifier: Apache-2.0
// Ledger keys of the calls to a cloud, and what is charged to them.
#pragma once

#include "engine/ports.hpp"
#include "retry/retry_manager.hpp"
#include "uplink/ports.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace holdfast::uplink {

inline const std::string kRegisterKey = "cloud:register";
inline const std::string kExchangeKey = "cloud:keyExchange";
inline const std::string kPollKey = "cloud:poll";
inline const std::string kReportKey = "cloud:report";
inline const std::string kLogsKey = "cloud:logs";

// A fact of the plugin (docs/plugin-guide.md "Uplinks"): the latest call failed because the clock
// is plainly wrong, or a certificate not valid by it.
inline const std::string kClockFact = "clockFault";

// The reason of such a failure in the ledger, and that of all others.
inline const std::string kClockReason = "CloudClockFault";
inline const std::string kCallReason = "CloudCallFailed";

// Nobody answered: it may be the connection, or the clock, but not the cloud's own word.
[[nodiscard]] inline bool wantsConnection(sdk::ErrorClass errorClass) {
  return errorClass == sdk::ErrorClass::Transient || errorClass == sdk::ErrorClass::Unavailable;
}

// A cloud's refusal of a question may pass like anything else: no key waits for a hand. `facts` are
// those after the call.
[[nodiscard]] inline retry::Failure failureOf(const engine::CallResult& result,
                                              const std::vector<Fact>& facts) {
  retry::Failure failure;
  failure.errorClass = result.errorClass;
  if (result.errorClass == sdk::ErrorClass::Invalid)
    failure.errorClass = sdk::ErrorClass::Rejected;
  if (result.errorClass == sdk::ErrorClass::Cancelled)
    failure.errorClass = sdk::ErrorClass::Transient;
  const bool clock = wantsConnection(result.errorClass) &&
                     std::any_of(facts.begin(), facts.end(),
                                 [](const Fact& fact) { return fact.name == kClockFact; });
  failure.reason = clock ? kClockReason : kCallReason;
  failure.message = result.message;
  failure.raw = result.raw;
  failure.retryAfter = result.retryAfter;
  return failure;
}

}  // namespace holdfast::uplink

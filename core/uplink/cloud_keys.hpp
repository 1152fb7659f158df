// SPDX-License-Identifier: Apache-2.0
// Ledger keys of the calls to a cloud, and what is charged to them.
#pragma once

#include "engine/ports.hpp"
#include "retry/retry_manager.hpp"

#include <string>

namespace holdfast::uplink {

inline const std::string kRegisterKey = "cloud:register";
inline const std::string kExchangeKey = "cloud:keyExchange";
inline const std::string kPollKey = "cloud:poll";
inline const std::string kReportKey = "cloud:report";
inline const std::string kLogsKey = "cloud:logs";

// A cloud's refusal of a question may pass like anything else: no key waits for a hand.
[[nodiscard]] inline retry::Failure failureOf(const engine::CallResult& result) {
  retry::Failure failure;
  failure.errorClass = result.errorClass;
  if (result.errorClass == sdk::ErrorClass::Invalid)
    failure.errorClass = sdk::ErrorClass::Rejected;
  if (result.errorClass == sdk::ErrorClass::Cancelled)
    failure.errorClass = sdk::ErrorClass::Transient;
  failure.reason = "CloudCallFailed";
  failure.message = result.message;
  failure.raw = result.raw;
  failure.retryAfter = result.retryAfter;
  return failure;
}

}  // namespace holdfast::uplink

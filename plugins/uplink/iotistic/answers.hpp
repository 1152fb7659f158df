// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "holdfast/sdk/uplink.hpp"
#include "holdfast/support/http.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace holdfast::iotistic {

enum class Endpoint { Register, KeyExchange, Target, Report, Logs };

struct Verdict {
  sdk::Status status;
  std::string message;  // one line for people; repeats what the cloud said
  // What the answer shows to be needed before anything else; nothing: it shows nothing about that.
  std::optional<sdk::EnrolmentStep> next;
};

// How the cloud's answer, or its absence, is judged: README.md "Answers". Pure. `nowSeconds` is
// since the epoch, by this device's clock.
[[nodiscard]] Verdict judge(Endpoint endpoint, const support::HttpResult& result,
                            std::int64_t nowSeconds);

}  // namespace holdfast::iotistic

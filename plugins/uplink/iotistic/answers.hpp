// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "holdfast/sdk/uplink.hpp"
#include "holdfast/support/http.hpp"
#include "holdfast/support/redactor.hpp"

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

// Why a call failed for a certificate that another time of day may make valid, in words; empty
// where that is not so. `nowSeconds` as below.
[[nodiscard]] std::string clockFault(const support::HttpResult& result, std::int64_t nowSeconds);

// How the cloud's answer, or its absence, is judged: README.md "Answers". Pure. `nowSeconds` is
// since the epoch, by this device's clock. The message repeats the answer without the redactor's
// secrets.
[[nodiscard]] Verdict judge(Endpoint endpoint, const support::HttpResult& result,
                            std::int64_t nowSeconds, const support::Redactor& redactor);

}  // namespace holdfast::iotistic

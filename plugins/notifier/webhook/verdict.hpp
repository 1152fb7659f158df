// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "holdfast/sdk/types.hpp"
#include "holdfast/support/http.hpp"
#include "holdfast/support/redactor.hpp"
#include "notifier/webhook/format.hpp"

#include <cstdint>
#include <string>

namespace holdfast::webhook {

struct Verdict {
  sdk::Status status;
  std::string message;  // one line for people; may repeat what the receiver said
};

// How a receiver's answer, or its absence, is judged: README.md "What counts as delivered". Pure.
// `expect` is text that an answer must contain besides; `nowSeconds` is since the epoch. The
// message repeats the answer without the redactor's secrets.
[[nodiscard]] Verdict judge(const support::HttpResult& result, const Format& format,
                            const std::string& expect, std::int64_t nowSeconds,
                            const support::Redactor& redactor);

}  // namespace holdfast::webhook

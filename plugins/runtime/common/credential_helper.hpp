// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "holdfast/sdk/types.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace holdfast::runtime {

struct HelperAnswer {
  bool found = false;  // false without a problem: the helper knows no such registry
  std::string user;    // "<token>" when the secret is an identity token
  std::string secret;
  std::string problem;  // why there is no answer; empty otherwise. Never holds secrets
};

// Asks `docker-credential-<name> get` for a registry
// (github.com/docker/docker-credential-helpers). The program is looked for in PATH. Blocks until it
// ends, `timeoutMs` is over or the call is cancelled; then it is killed. Its output is bounded.
[[nodiscard]] HelperAnswer askCredentialHelper(std::string_view name, std::string_view server,
                                               std::int64_t timeoutMs, const sdk::Call& call);

}  // namespace holdfast::runtime

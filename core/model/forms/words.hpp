// SPDX-License-Identifier: Apache-2.0
// Words with a fixed meaning.
#pragma once

#include "model/forms/form.hpp"
#include "model/target.hpp"

#include <array>
#include <string>
#include <string_view>

namespace holdfast::model {

// "always", "unless-stopped", "on-failure[:n]", "no", and Kubernetes' "Always", "OnFailure",
// "Never".
[[nodiscard]] Form<RestartPolicy> parseRestartPolicy(std::string_view text);

// "SIGTERM" for SIGTERM, sigterm, TERM and 15; real-time signals as their number, which is the same
// on every engine.
[[nodiscard]] Form<std::string> parseSignal(std::string_view text);

// "NET_ADMIN" for CAP_NET_ADMIN, net_admin, ...; "ALL". Which of them exist is the kernel's matter.
[[nodiscard]] Form<std::string> parseCapability(std::string_view text);

// Limits that engines set, by their names (go-units: ulimit.go).
inline constexpr std::array<std::string_view, 15> kUlimits{
    "core",   "cpu",   "data", "fsize",  "locks",  "memlock",    "msgqueue", "nice",
    "nofile", "nproc", "rss",  "rtprio", "rttime", "sigpending", "stack"};

}  // namespace holdfast::model

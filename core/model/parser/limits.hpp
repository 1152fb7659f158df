// SPDX-License-Identifier: Apache-2.0
// How much a target may contain. Far above what a device can run, low enough that a hostile
// document costs little.
#pragma once

#include <cstddef>

namespace holdfast::model::parser {

inline constexpr std::size_t kMaxServices = 4096;         // of all apps together
inline constexpr std::size_t kMaxPortsPerService = 1024;  // an engine runs a process for each
inline constexpr std::size_t kMaxPorts = 16 * 1024;       // of all services together
inline constexpr std::size_t kMaxNameBytes = 128;         // of an app, service, network or volume
inline constexpr std::size_t kMaxProblems = 1000;         // told about one document

}  // namespace holdfast::model::parser

// SPDX-License-Identifier: Apache-2.0
// Ledger keys and chain ids, made in one place (docs/behaviour.md "Retry").
#pragma once

#include <string>

namespace holdfast::engine {

inline std::string imageKey(const std::string& runtime, const std::string& reference) {
  return "image:" + runtime + ":" + reference;
}
inline std::string startKey(const std::string& service) {
  return "start:" + service;
}
inline std::string crashKey(const std::string& service) {
  return "crash:" + service;
}
inline std::string engineKey(const std::string& runtime) {
  return "engine:" + runtime;
}

inline std::string serviceChain(const std::string& service) {
  return "service:" + service;
}
inline std::string pullChain(const std::string& runtime, const std::string& reference) {
  return "pull:" + runtime + ":" + reference;
}
inline std::string removalChain(const char* kind, const std::string& runtime,
                                const std::string& object) {
  return std::string(kind) + ":" + runtime + ":" + object;
}

}  // namespace holdfast::engine

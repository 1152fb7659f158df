// SPDX-License-Identifier: Apache-2.0
// Ledger keys and chain ids, made in one place (docs/behaviour.md "Retry").
#pragma once

#include <string>
#include <utility>

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

// The memory of an app on one runtime, apart from those of services by its slash at the end.
inline std::string appKey(const std::string& app, const std::string& runtime) {
  return app + "/" + runtime + "/";
}
inline bool isAppKey(const std::string& memoryKey) {
  return memoryKey.back() == '/';
}
// App and runtime of an appKey(): the names of runtimes have no slash.
inline std::pair<std::string, std::string> partsOfAppKey(const std::string& key) {
  const auto middle = key.rfind('/', key.size() - 2);
  return {key.substr(0, middle), key.substr(middle + 1, key.size() - middle - 2)};
}

inline std::string serviceChain(const std::string& service) {
  return "service:" + service;
}
// Of the end of a former container, while the service's own ladder is about the new one.
inline std::string formerKey(const std::string& service) {
  return startKey(serviceChain(service));
}
inline std::string pullChain(const std::string& runtime, const std::string& reference) {
  return "pull:" + runtime + ":" + reference;
}
inline std::string removalChain(const char* kind, const std::string& runtime,
                                const std::string& object) {
  return std::string(kind) + ":" + runtime + ":" + object;
}

}  // namespace holdfast::engine

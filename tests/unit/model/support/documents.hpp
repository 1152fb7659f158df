// SPDX-License-Identifier: Apache-2.0
// Small targets to put one thing into, and shorthands for what came out.
#pragma once

#include "model/target_parser.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace holdfast::model {

// An app with the networks front and back, the volume data and the given services.
inline std::string appOf(const std::string& services) {
  return R"({"apps":{"1001":{"appId":1001,"appName":"app","networks":[{"name":"front"},)"
         R"({"name":"back"}],"volumes":[{"name":"data"}],"services":[)" +
         services + "]}}}";
}

inline std::string serviceOf(const std::string& name, const std::string& config = "{}",
                             const std::string& more = "") {
  return R"({"serviceName":")" + name + R"(","imageName":"x:1","config":)" + config + more + "}";
}

inline std::string configOf(const std::string& members) {
  return appOf(serviceOf("web", "{" + members + "}"));
}

inline ParseResult strict(const std::string& text) {
  return parseTarget(text, Strictness::Strict);
}
inline ParseResult lenient(const std::string& text) {
  return parseTarget(text, Strictness::Lenient);
}

// "pointer: message", one for each.
inline std::vector<std::string> lines(const std::vector<Problem>& problems) {
  std::vector<std::string> result;
  for (const auto& [pointer, message] : problems)
    result.push_back(pointer + ": " + message);
  return result;
}

// The only service of a document that must be accepted.
inline Service onlyService(const std::string& text) {
  const ParseResult result = strict(text);
  if (!result.target || result.target->apps.size() != 1 ||
      result.target->apps[0].services.size() != 1) {
    ADD_FAILURE() << text << "\n" << testing::PrintToString(lines(result.problems));
    return {};
  }
  return result.target->apps[0].services[0];
}

// The service that a document with these members of `config` describes.
inline Service withConfig(const std::string& members) {
  return onlyService(configOf(members));
}

}  // namespace holdfast::model

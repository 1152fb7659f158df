// SPDX-License-Identifier: Apache-2.0
// The served description names the routes that there are, and whom they are for. What it says of
// their answers is held against them by tests/component/contract.
#include "api/session_routes.hpp"
#include "unit/api/fake_agent.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

namespace holdfast::api {
namespace {

namespace json = boost::json;

// By "GET /v1/services".
std::map<std::string, json::object> operations() {
  FakeAgent agent;
  const auto document = bodyOf(ask(agent, "GET", "/v1/openapi.json"));
  std::map<std::string, json::object> all;
  for (const auto& [path, operations] : document.at("paths").as_object()) {
    for (const auto& [method, operation] : operations.as_object()) {
      std::string name(method);
      std::transform(name.begin(), name.end(), name.begin(),
                     [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
      all[name + " " + std::string(path)] = operation.as_object();
    }
  }
  return all;
}

std::map<std::string, Route> allRoutes() {
  Gate gate({}, [](const std::string&) {});
  std::map<std::string, Route> all;
  for (auto table : {routes(), sessionRoutes(gate)}) {
    for (auto& route : table) {
      all[route.method + " " + route.pattern] = std::move(route);
    }
  }
  return all;
}

json::array securityOf(const Route& route) {
  if (route.access == Access::Public) {
    return {};
  }
  const json::array roles{route.access == Access::Operate ? "operate" : "read"};
  json::array ways{json::object{{"bearer", roles}}, json::object{{"session", roles}}};
  if (route.takesApiKey) {
    ways.push_back(json::object{{"apiKey", roles}});
  }
  return ways;
}

TEST(OpenApi, NamesExactlyTheRoutes) {
  std::set<std::string> described;
  for (const auto& [name, operation] : operations()) {
    described.insert(name);
  }
  std::set<std::string> answered;
  for (const auto& [name, route] : allRoutes()) {
    answered.insert(name);
  }
  EXPECT_EQ(described, answered);
}

TEST(OpenApi, SaysWhomEachIsFor) {
  const auto described = operations();
  for (const auto& [name, route] : allRoutes()) {
    EXPECT_EQ(described.at(name).at("security"), securityOf(route)) << name;
  }
}

TEST(OpenApi, NamesEveryOperationOnce) {
  std::set<std::string> ids;
  for (const auto& [name, operation] : operations()) {
    EXPECT_TRUE(ids.emplace(operation.at("operationId").as_string()).second) << name;
  }
}

}  // namespace
}  // namespace holdfast::api

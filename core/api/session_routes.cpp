// SPDX-License-Identifier: Apache-2.0
#include "api/session_routes.hpp"

#include "api/session_cookie.hpp"
#include "model/json_text.hpp"

#include <boost/json/object.hpp>

namespace holdfast::api {
namespace {

std::string_view roleWord(Access access) {
  return access == Access::Operate ? "operate" : "read";
}

boost::json::object whoObject(Access access, const std::string& name) {
  return {{"role", roleWord(access)}, {"name", name}};
}

// The token in {"token": "..."}; nothing when the body is not that.
std::optional<std::string> tokenIn(const std::string& body) {
  const auto read = model::readJson(body, {.bytes = 4'096});
  const auto* object = read.value ? read.value->if_object() : nullptr;
  const auto* token = object == nullptr ? nullptr : object->if_contains("token");
  return token != nullptr && token->is_string() ? std::optional(std::string(token->get_string()))
                                                : std::nullopt;
}

Response signIn(const Request& request, Gate& gate) {
  const auto token = tokenIn(request.body);
  if (!token) {
    return problem(400, "expected a body {\"token\": \"...\"} with a token of api.tokenFile");
  }
  auto done = gate.signIn(*token, request.caller);
  if (auto* refused = std::get_if<Response>(&done)) {
    return std::move(*refused);
  }
  const auto& in = std::get<Gate::SignIn>(done);
  auto response = json(201, whoObject(accessOf(in.token.role), in.token.name));
  response.headers["Set-Cookie"] = cookieOf(in.session);
  return response;
}

Response whoAmI(const Request& request) {
  return json(200, whoObject(request.caller.access, request.caller.name));
}

Response signOut(const Request& request, Gate& gate) {
  gate.signOut(request.caller.session);
  Response response{.status = 204, .contentType = "", .headers = {}, .body = "", .stream = {}};
  response.headers["Set-Cookie"] = noCookie();
  return response;
}

}  // namespace

std::vector<Route> sessionRoutes(Gate& gate) {
  return {
      {"POST", "/v1/session", Access::Public,
       [&gate](const Request& request, Agent&) { return signIn(request, gate); }},
      {"GET", "/v1/session", Access::Read,
       [](const Request& request, Agent&) { return whoAmI(request); }},
      {"DELETE", "/v1/session", Access::Public,
       [&gate](const Request& request, Agent&) { return signOut(request, gate); }},
  };
}

}  // namespace holdfast::api

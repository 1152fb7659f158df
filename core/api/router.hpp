// SPDX-License-Identifier: Apache-2.0
// Which handler answers which method and path: one table.
#pragma once

#include "api/agent.hpp"
#include "api/http.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::api {

using Handler = std::function<Response(const Request&, Agent&)>;

struct Route {
  std::string method;
  std::string pattern;  // "/v1/services/{app}/{service}": a name in braces takes one segment
  Access access = Access::Operate;
  Handler handler;
  bool follows = false;      // may stay open for long: counts against api.maxFollowers
  bool takesApiKey = false;  // a token may also come as X-API-Key
};

// Every route of this version.
[[nodiscard]] std::vector<Route> routes();

class Router {
 public:
  explicit Router(std::vector<Route> routes);

  struct Match {
    const Route* route = nullptr;  // nullptr: `refusal` says why
    Response refusal;              // 400, 404 or 405
  };

  // `uri` as it came: path and query. Fills the path, query and captures of `request`. HEAD is
  // answered by the route of GET.
  [[nodiscard]] Match match(std::string_view uri, Request& request) const;

  // Runs the handler; an exception becomes 400 (BadParameter), 503 (NotAnswering) or 500.
  [[nodiscard]] static Response answer(const Route& route, const Request& request, Agent& agent);

 private:
  struct Compiled {
    Route route;
    std::vector<std::string> segments;
  };
  std::vector<Compiled> table_;
};

}  // namespace holdfast::api

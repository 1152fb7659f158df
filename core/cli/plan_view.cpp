// SPDX-License-Identifier: Apache-2.0
#include "cli/plan_view.hpp"

#include "cli/json_view.hpp"
#include "cli/table.hpp"

#include <set>

namespace holdfast::cli {

std::string planText(const boost::json::array& actions) {
  if (actions.empty()) {
    return "Nothing to do: everything is as the target wants it.\n";
  }
  Table table({"SERVICE", "STEP", "OBJECT", "WHY"});
  std::set<std::string> services;
  for (const boost::json::value& action : actions) {
    std::string service = text(action, "service");
    if (!service.empty()) {
      services.insert(service);
    }
    table.add(
        {std::move(service), text(action, "step"), text(action, "object"), text(action, "why")});
  }
  const std::string steps =
      std::to_string(actions.size()) + (actions.size() == 1 ? " step" : " steps");
  const std::string touched =
      std::to_string(services.size()) + (services.size() == 1 ? " service" : " services");
  return table.render() + "\n" + steps + " for " + touched + "; nothing was changed.\n";
}

}  // namespace holdfast::cli

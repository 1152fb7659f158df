// SPDX-License-Identifier: Apache-2.0
#include "model/target.hpp"

namespace holdfast::model {

std::string serviceKey(const App& app, const Service& service) {
  return app.id + "/" + service.name;
}

}  // namespace holdfast::model

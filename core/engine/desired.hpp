// SPDX-License-Identifier: Apache-2.0
// The target in force with everything that is derived from it once, not once per pass.
#pragma once

#include "engine/memory.hpp"
#include "engine/ports.hpp"
#include "model/container_spec.hpp"
#include "model/target.hpp"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace holdfast::engine {

struct Desired {
  StoredTarget stored;
  std::shared_ptr<const model::Target> target;
  std::vector<model::Problem> warnings;
  std::map<std::string, model::ContainerSpec> specs;  // by service key
  std::map<std::string, std::string> maskedSpecs;     // the same JSON, environment values as ***
  std::map<std::string, std::string> refusals;        // by service key, from validate()

  [[nodiscard]] std::set<std::string> serviceKeys() const;
};

// What specifications are made with besides the target.
struct Naming {
  const std::string& owner;
  const std::string& defaultRuntime;
  const std::map<std::string, ServiceMemory>& memories;  // know of volumes under other names
};

[[nodiscard]] Desired makeDesired(StoredTarget stored, model::Target target,
                                  std::vector<model::Problem> warnings, const Naming& naming);

// Makes all specifications anew, after something that they are made with has changed.
void respecify(Desired& desired, const Naming& naming);

}  // namespace holdfast::engine

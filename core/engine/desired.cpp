// SPDX-License-Identifier: Apache-2.0
#include "engine/desired.hpp"

#include "engine/inventory.hpp"
#include "engine/take_over.hpp"

#include <boost/json.hpp>

#include <utility>

namespace holdfast::engine {

namespace {

std::string masked(const std::string& specJson) {
  boost::json::value spec = boost::json::parse(specJson);
  if (auto* environment = spec.as_object().if_contains("environment")) {
    for (auto& item : environment->as_object())
      item.value() = "***";
  }
  return boost::json::serialize(spec);
}

}  // namespace

std::set<std::string> Desired::serviceKeys() const {
  std::set<std::string> keys;
  for (const auto& [key, spec] : specs)
    keys.insert(key);
  return keys;
}

Desired makeDesired(StoredTarget stored, model::Target target, std::vector<model::Problem> warnings,
                    const Naming& naming) {
  Desired desired;
  desired.stored = std::move(stored);
  desired.warnings = std::move(warnings);
  desired.target = std::make_shared<const model::Target>(std::move(target));
  respecify(desired, naming);
  return desired;
}

void respecify(Desired& desired, const Naming& naming) {
  for (const auto& app : desired.target->apps) {
    for (const auto& service : app.services) {
      const std::string key = model::serviceKey(app, service);
      auto spec = model::containerSpec(
          app, service, naming.owner,
          volumeNames(naming.memories, app, service, runtimeOf(service, naming.defaultRuntime)));
      desired.maskedSpecs[key] = masked(spec.json);
      desired.specs[key] = std::move(spec);
    }
  }
}

}  // namespace holdfast::engine

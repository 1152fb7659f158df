// SPDX-License-Identifier: Apache-2.0
#include "engine/desired.hpp"

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

void specify(Desired& desired, const model::App& app, const model::Service& service,
             const std::string& owner, const std::map<std::string, ServiceMemory>& memories) {
  const std::string key = model::serviceKey(app, service);
  const auto memory = memories.find(key);
  auto spec = model::containerSpec(
      app, service, owner,
      memory == memories.end() ? std::map<std::string, std::string>{} : memory->second.volumeNames);
  desired.maskedSpecs[key] = masked(spec.json);
  desired.specs[key] = std::move(spec);
}

}  // namespace

std::set<std::string> Desired::serviceKeys() const {
  std::set<std::string> keys;
  for (const auto& [key, spec] : specs)
    keys.insert(key);
  return keys;
}

Desired makeDesired(StoredTarget stored, model::Target target, std::vector<model::Problem> warnings,
                    const std::string& owner,
                    const std::map<std::string, ServiceMemory>& memories) {
  Desired desired;
  desired.stored = std::move(stored);
  desired.warnings = std::move(warnings);
  desired.target = std::make_shared<const model::Target>(std::move(target));
  for (const auto& app : desired.target->apps) {
    for (const auto& service : app.services)
      specify(desired, app, service, owner, memories);
  }
  return desired;
}

void respecify(Desired& desired, const std::string& serviceKey, const std::string& owner,
               const std::map<std::string, ServiceMemory>& memories) {
  for (const auto& app : desired.target->apps) {
    for (const auto& service : app.services) {
      if (model::serviceKey(app, service) == serviceKey) {
        specify(desired, app, service, owner, memories);
      }
    }
  }
}

}  // namespace holdfast::engine

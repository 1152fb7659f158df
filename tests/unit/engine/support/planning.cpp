// SPDX-License-Identifier: Apache-2.0
#include "planning.hpp"

#include "model/target_parser.hpp"

#include <boost/json.hpp>

#include <stdexcept>
#include <utility>

namespace holdfast::engine::test {

namespace {

const std::string kRuntime = "docker";

}  // namespace

Desired desiredOf(const std::string& target) {
  auto parsed = model::parseTarget(target, model::Strictness::Strict);
  if (!parsed.target)
    throw std::logic_error("no target: " + target);
  const std::map<std::string, ServiceMemory> memories;
  return makeDesired({.text = target, .strict = true, .revision = 1}, std::move(*parsed.target), {},
                     {kOwner, kRuntime, memories});
}

model::ObservedContainer containerOf(const std::string& target, model::ContainerState state) {
  const Desired desired = desiredOf(target);
  const auto& service = desired.target->apps.at(0).services.at(0);
  const model::ContainerSpec& spec = desired.specs.begin()->second;
  model::ObservedContainer container;
  container.id = "id of " + spec.name;
  container.name = spec.name;
  container.image = service.image;
  container.imageId = "sha256:" + service.image;
  container.state = state;
  container.createdAt = ManualClock().now().wall;
  if (state != model::ContainerState::Created)
    container.startedAt = container.createdAt;
  const auto spoken = boost::json::parse(spec.json);
  for (const auto& [key, value] : spoken.at("labels").as_object())
    container.labels[key] = value.as_string().c_str();
  return container;
}

Planning::Planning(const std::optional<std::string>& target) {
  if (!target)
    return;
  desired_ = desiredOf(*target);
  for (const auto& app : desired_->target->apps) {
    for (const auto& service : app.services)
      seen.imagesAskedFor.insert(service.image);
  }
}

Plan Planning::plan() const {
  const InFlight nothing;
  const std::map<std::string, model::ContainerSpec> noSpecs;
  const std::map<std::string, std::string> noRefusals;
  PlanInput input;
  if (desired_) {
    input.target = desired_->target.get();
    input.targetRevision = desired_->stored.revision;
  }
  input.defaultRuntime = kRuntime;
  RuntimeView& view = input.runtimes[kRuntime];
  view.observation = looked ? &seen : nullptr;
  view.available = available;
  input.specs = desired_ ? &desired_->specs : &noSpecs;
  input.memories = &memories;
  input.ledger = &ledger;
  input.refusals = &noRefusals;
  input.inFlight = &nothing;
  input.justFailed = &justFailed;
  input.owner = kOwner;
  input.now = clock.now();
  return engine::plan(input);
}

std::vector<std::string> stepsOf(const Plan& plan) {
  std::vector<std::string> steps;
  for (const auto& chain : plan.chains) {
    if (chain.lane == Lane::Pull)
      steps.push_back("pull " + chain.pullReference);
    for (const auto& step : chain.steps)
      steps.push_back(std::string(stepName(step.kind)) + " " + step.name);
  }
  return steps;
}

}  // namespace holdfast::engine::test

// SPDX-License-Identifier: Apache-2.0
// Targets on their way in: parsed, shown to the runtimes, accepted or refused.
#include "engine/event_text.hpp"
#include "engine/inventory.hpp"
#include "engine/keys.hpp"
#include "engine/probing.hpp"
#include "engine/reconciler.hpp"
#include "engine/take_over.hpp"

#include <algorithm>
#include <utility>

namespace holdfast::engine {

using model::EventType;

namespace {

std::string sourceText(const StoredTarget& stored) {
  switch (stored.source) {
    case TargetSource::File:
      return "file " + stored.sourceDetail;
    case TargetSource::Api:
      return "the API";
    case TargetSource::Cloud:
      return "the cloud";
  }
  return {};
}

DryRun dryRun(const Plan& plan) {
  DryRun run;
  std::set<std::string> once;  // services of one app share their networks and volumes
  for (const Chain& chain : plan.chains) {
    PlannedAction action;
    action.service = chain.serves.empty() ? "" : chain.serves.front();
    action.runtime = chain.runtime;
    action.why = chain.why;
    if (chain.lane == Lane::Pull) {
      action.step = kPullName;
      action.object = chain.pullReference;
      run.actions.push_back(action);
    }
    for (const StepCall& step : chain.steps) {
      action.step = stepName(step.kind);
      action.object = step.name;
      action.runtime = runtimeOf(chain, step);
      const bool shared =
          step.kind == sdk::StepKind::CreateNetwork || step.kind == sdk::StepKind::CreateVolume;
      if (shared && !once.insert(action.runtime + "/" + action.object).second)
        continue;
      run.actions.push_back(action);
    }
  }
  return run;
}

// The runtime of each service, by its key.
std::map<std::string, std::string> placesOf(const model::Target& target,
                                            const std::string& defaultRuntime) {
  std::map<std::string, std::string> places;
  for (const auto& app : target.apps) {
    for (const auto& service : app.services)
      places[model::serviceKey(app, service)] = runtimeOf(service, defaultRuntime);
  }
  return places;
}

}  // namespace

void Reconciler::examine(const TargetRequest& request, std::function<void(Candidate&)> done) {
  auto candidate = std::make_shared<Candidate>();
  candidate->number = ++examined_;
  candidate->done = std::move(done);
  auto parsed = model::parseTarget(request.text, request.strictness);
  candidate->problems = std::move(parsed.problems);
  if (!parsed.target)
    return candidate->done(*candidate);

  StoredTarget stored{.text = request.text,
                      .strict = request.strictness == model::Strictness::Strict,
                      .source = request.source,
                      .sourceDetail = request.sourceDetail,
                      .etag = request.etag,
                      .revision = lastRevision_ + 1,
                      .acceptedAt = clock_.now().wall};
  candidate->desired = makeDesired(std::move(stored), std::move(*parsed.target),
                                   std::move(parsed.warnings), naming());
  Desired& desired = candidate->desired;
  // Every runtime answers before the last one can finish the candidate: hence the one extra.
  candidate->unanswered = 1;
  for (const auto& app : desired.target->apps) {
    for (const auto& service : app.services) {
      const std::string key = model::serviceKey(app, service);
      const std::string& runtime = runtimeOf(service, settings_.defaultRuntime);
      const auto link = links_.find(runtime);
      if (link == links_.end()) {
        candidate->problems.push_back({service.pointer, notLoadedText(runtime, loadedRuntimes())});
        continue;
      }
      if (!service.faults.empty())
        continue;
      candidate->unanswered += 1;
      link->second->validate(desired.specs.at(key).json,
                             [this, candidate, key, &service](const CallResult& result) {
                               validated(*candidate, key, service, result);
                             });
    }
  }
  answered(*candidate);
}

std::vector<std::string> Reconciler::loadedRuntimes() const {
  std::vector<std::string> names;
  for (const auto& [name, link] : links_)
    names.push_back(name);
  return names;
}

void Reconciler::validated(Candidate& candidate, const std::string& key,
                           const model::Service& service, const CallResult& result) {
  // A runtime that does not answer refuses nothing; the step itself will tell.
  if (result.errorClass == sdk::ErrorClass::Invalid) {
    candidate.desired.refusals[key] = result.message;
    candidate.problems.push_back({service.pointer, result.message});
  }
  answered(candidate);
}

void Reconciler::answered(Candidate& candidate) {
  if (--candidate.unanswered == 0)
    candidate.done(candidate);
}

void Reconciler::setTarget(TargetRequest request, std::function<void(CommandResult)> reply) {
  const bool strict = request.strictness == model::Strictness::Strict;
  examine(request, [this, strict, reply = std::move(reply)](Candidate& candidate) {
    CommandResult result;
    const bool unreadable = !candidate.desired.target;
    if (unreadable || (strict && !candidate.problems.empty())) {
      result.code = CommandResult::Code::Invalid;
      result.message = "the target was refused; the one in force stays";
      result.problems = std::move(candidate.problems);
      if (!strict) {
        tell(eventOf(EventType::Warning, "TargetRefused",
                     result.problems.front().pointer + ": " + result.problems.front().message));
        commit();
      }
      return reply(std::move(result));
    }
    if (candidate.number < accepted_) {
      result.code = CommandResult::Code::Conflict;
      result.message =
          "a target that was set after this one came into force meanwhile, and stays; set this one "
          "again if it is the wanted one";
      return reply(std::move(result));
    }
    accepted_ = candidate.number;
    candidate.desired.stored.revision = lastRevision_ + 1;
    accept(std::move(candidate.desired));
    result.revision = lastRevision_;
    result.message = "target revision " + std::to_string(lastRevision_) + " is in force";
    reply(std::move(result));
  });
}

void Reconciler::accept(Desired desired) {
  respecify(desired, naming());  // much may have been learnt while it was validated
  if (desired_)
    rememberDeployed(*desired_);
  rememberDeployed(desired);
  forgetWhatChanged(desired);
  lastRevision_ = desired.stored.revision;
  desired_ = std::move(desired);
  targetToStore_ = desired_->stored;
  // At once, not with the next look: another target may come before that.
  for (const auto& [name, link] : links_)
    takeOver(*link);

  // Setting a target, be it the same one again, is a way out of having given up.
  const model::Now now = clock_.now();
  std::vector<std::string> exhausted;
  for (const auto& [key, entry] : ledger_.entries()) {
    if (entry.exhausted)
      exhausted.push_back(key);
  }
  for (const auto& key : exhausted)
    ledger_.force(key, now);

  const auto images = imagesToLookUp(desired_->target.get(), settings_.defaultRuntime);
  const auto places = placesOf(*desired_->target, settings_.defaultRuntime);
  executor_.supersede([&](const Chain& chain) {
    if (chain.lane == Lane::Operation) {
      return !chain.deployedHash.empty() &&
             (desired_->specs.count(chain.serves.front()) == 0 ||
              desired_->specs.at(chain.serves.front()).hash != chain.deployedHash ||
              places.at(chain.serves.front()) != chain.runtime);
    }
    const auto wanted = images.find(chain.runtime);
    return wanted == images.end() || std::find(wanted->second.begin(), wanted->second.end(),
                                               chain.pullReference) == wanted->second.end();
  });
  tell(eventOf(EventType::Normal, "TargetApplied",
               "Target revision " + std::to_string(lastRevision_) + " from " +
                   sourceText(desired_->stored) + " is in force"));
  for (auto& event : book_.takeEvents())
    tell(std::move(event));
  for (const auto& warning : desired_->warnings) {
    tell(eventOf(EventType::Warning, "TargetWarning", warning.pointer + ": " + warning.message));
  }
  takeEffect();
}

// What only the agent acts on changes without another container: the restart policy, probes. A
// container that has to stay beyond its specification goes on by the latest of these.
void Reconciler::rememberDeployed(const Desired& desired) {
  const PlanInput input = this->input(&desired);
  for (const auto& app : desired.target->apps) {
    for (const auto& service : app.services) {
      const std::string key = model::serviceKey(app, service);
      const std::string& runtime = runtimeOf(service, settings_.defaultRuntime);
      const auto known = book_.memories().find(key);
      if (known == book_.memories().end() || !service.faults.empty() ||
          known->second.deployedHash != desired.specs.at(key).hash) {
        continue;
      }
      const auto before = model::parseService(known->second.deployedService);
      if (!before || before->runtime != runtime)
        continue;
      model::Service deployed = withCheck(service, checkOf(input, service));
      deployed.runtime = runtime;
      book_.memory(key).deployedService = model::serializeService(deployed);
    }
  }
}

// A changed specification, or another runtime, ends what the old one earned; what left the target
// leaves the ledger.
void Reconciler::forgetWhatChanged(const Desired& next) {
  if (desired_) {
    const auto left = placesOf(*desired_->target, settings_.defaultRuntime);
    const auto places = placesOf(*next.target, settings_.defaultRuntime);
    for (const auto& [key, spec] : desired_->specs) {
      const auto kept = next.specs.find(key);
      const bool stays = kept != next.specs.end() && places.at(key) == left.at(key);
      if (kept != next.specs.end() && !stays)
        book_.memory(key).pullSettled = false;  // it was settled on the other engine
      if (stays && kept->second.hash == spec.hash)
        continue;
      ledger_.forget(startKey(key));
      ledger_.forget(formerKey(key));
      ledger_.forget(crashKey(key));
    }
  }
  std::vector<std::string> gone;
  for (const auto& [key, memory] : book_.memories()) {
    if (!isAppKey(key) && next.specs.count(key) == 0)
      gone.push_back(key);
  }
  for (const auto& key : gone) {
    book_.leave(key);
    toldRefusals_.erase(key);
  }
  std::set<std::string> images;
  for (const auto& [runtime, references] :
       imagesToLookUp(next.target.get(), settings_.defaultRuntime)) {
    for (const auto& reference : references)
      images.insert(imageKey(runtime, reference));
  }
  ledger_.forgetMatching([&](const retry::Entry& entry) {
    return retry::familyOf(entry.key) == retry::Family::Image && images.count(entry.key) == 0;
  });
}

void Reconciler::planTarget(std::optional<TargetRequest> request,
                            std::function<void(DryRun)> reply) {
  if (!request)
    return reply(dryRun(engine::plan(input(desired_ ? &*desired_ : nullptr))));
  examine(*request, [this, reply = std::move(reply)](Candidate& candidate) {
    if (!candidate.problems.empty()) {
      DryRun run;
      run.result.code = CommandResult::Code::Invalid;
      run.result.message = "the target would be refused";
      run.result.problems = std::move(candidate.problems);
      return reply(std::move(run));
    }
    dryRuns_.push_back({std::move(candidate.desired), reply});
    answerDryRuns();
    if (!dryRuns_.empty())
      wake();
  });
}

// As if the target came into force now.
DryRun Reconciler::dryRunOf(Desired& desired) const {
  auto memories = book_.memories();
  PlanInput trial = input(&desired);
  trial.memories = &memories;
  for (const auto& [name, view] : trial.runtimes) {
    if (view.observation != nullptr)
      static_cast<void>(engine::takeOver(trial, name, memories));
  }
  respecify(desired, {owner_, settings_.defaultRuntime, memories});
  return dryRun(engine::plan(trial));
}

void Reconciler::answerDryRuns() {
  for (auto& waiting : std::exchange(dryRuns_, {})) {
    if (lookedUp(waiting.desired)) {
      waiting.reply(dryRunOf(waiting.desired));
    } else {
      dryRuns_.push_back(std::move(waiting));
    }
  }
}

std::vector<std::string> Reconciler::imagesFor(const std::string& runtime) const {
  const auto* target = desired_ ? desired_->target.get() : nullptr;
  auto images = imagesToLookUp(target, settings_.defaultRuntime)[runtime];
  for (const auto& waiting : dryRuns_) {
    auto more = imagesToLookUp(waiting.desired.target.get(), settings_.defaultRuntime)[runtime];
    images.insert(images.end(), more.begin(), more.end());
  }
  std::sort(images.begin(), images.end());
  images.erase(std::unique(images.begin(), images.end()), images.end());
  return images;
}

// An engine that does not answer is not waited for: nothing would be done on it anyway.
bool Reconciler::lookedUp(const Desired& desired) const {
  for (const auto& [runtime, images] :
       imagesToLookUp(desired.target.get(), settings_.defaultRuntime)) {
    const auto link = links_.find(runtime);
    if (link == links_.end() || !link->second->view().available)
      continue;
    const auto& asked = link->second->observation()->imagesAskedFor;
    for (const auto& image : images) {
      if (asked.count(image) == 0)
        return false;
    }
  }
  return true;
}

}  // namespace holdfast::engine

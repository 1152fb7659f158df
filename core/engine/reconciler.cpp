// SPDX-License-Identifier: Apache-2.0
#include "engine/reconciler.hpp"

#include "engine/event_text.hpp"
#include "engine/inventory.hpp"
#include "engine/keys.hpp"
#include "engine/probing.hpp"

#include <algorithm>
#include <utility>

namespace holdfast::engine {

using model::EventType;

namespace {

std::map<std::string, RuntimePort*> byName(const std::vector<RuntimePort*>& runtimes) {
  std::map<std::string, RuntimePort*> result;
  for (auto* runtime : runtimes)
    result[runtime->name()] = runtime;
  return result;
}

}  // namespace

bool StateChange::empty() const {
  return !target && ledger.changed.empty() && ledger.removed.empty() && !ledger.hostPausesChanged &&
         memories.empty() && forgottenMemories.empty() && events.empty();
}

Reconciler::Reconciler(EngineSettings settings, const std::vector<RuntimePort*>& runtimes,
                       StorePort& store, const model::Clock& clock, const Post& post,
                       std::function<double()> random, Observers observers, ProbePort* probes)
    : settings_(std::move(settings)),
      store_(store),
      clock_(clock),
      observers_(std::move(observers)),
      probes_(probes),
      ledger_(settings_.retry, std::move(random)),
      book_(ledger_),
      executor_(byName(runtimes), clock_, post, hooks(), settings_.parallelPulls,
                settings_.parallelOperations, settings_.pullStall) {
  RuntimeLink::Hooks linkHooks;
  linkHooks.observed = [this](RuntimeLink& link) { observed(link); };
  linkHooks.changed = [this](RuntimeLink& link, bool available, const std::string& problem) {
    linkChanged(link, available, problem);
  };
  linkHooks.images = [this](const std::string& runtime) { return imagesFor(runtime); };
  linkHooks.endings = [this] { return executor_.endings(); };
  for (auto* runtime : runtimes) {
    auto link = std::make_unique<RuntimeLink>(*runtime, ledger_, clock_, post, linkHooks);
    link->setResync(settings_.resyncInterval);
    links_.emplace(runtime->name(), std::move(link));
  }
  if (probes_ != nullptr) {
    probes_->attach({.changed = [this] { passDue_ = true; },
                     .tell = [this](model::EventDraft event) { report(std::move(event)); }});
  }
}

void Reconciler::load() {
  const model::Now now = clock_.now();
  LoadedState loaded = store_.load(now);
  owner_ = loaded.ownerUuid;
  adoptedOwners_ = loaded.adoptedOwners;
  ledger_.restore(std::move(loaded.ledger), loaded.resume, now);
  book_.restore(std::move(loaded.memories));
  if (loaded.resume == retry::Resume::Reboot) {
    for (auto& [name, link] : links_)
      link->rebooted();
  }
  if (!loaded.damage.empty()) {
    tell(eventOf(EventType::Warning, "StateDamaged", loaded.damage));
  }
  if (loaded.target) {
    lastRevision_ = loaded.target->revision;
    auto parsed = model::parseTarget(loaded.target->text, model::Strictness::Lenient);
    if (parsed.target) {
      desired_ = makeDesired(std::move(*loaded.target), std::move(*parsed.target),
                             std::move(parsed.warnings), naming());
    } else {
      tell(eventOf(EventType::Warning, "TargetUnreadable",
                   "The stored target cannot be read by this version; apply it again"));
    }
  }
  passDue_ = true;
}

PlanInput Reconciler::input(const Desired* desired) const {
  static const std::map<std::string, std::string> kNoRefusals;
  static const std::map<std::string, model::ContainerSpec> kNoSpecs;
  PlanInput input;
  input.target = desired != nullptr ? desired->target.get() : nullptr;
  input.targetRevision = desired != nullptr ? desired->stored.revision : 0;
  input.targetAcceptedAt = desired != nullptr ? desired->stored.acceptedAt : model::WallTime{};
  input.specs = desired != nullptr ? &desired->specs : &kNoSpecs;
  input.refusals = desired != nullptr ? &desired->refusals : &kNoRefusals;
  input.defaultRuntime = settings_.defaultRuntime;
  for (const auto& [name, link] : links_)
    input.runtimes[name] = link->view();
  input.memories = &book_.memories();
  input.ledger = &ledger_;
  input.inFlight = &inFlight_;
  input.justFailed = &justFailed_;
  input.probes = probes_ != nullptr ? &probes_->reports() : nullptr;
  input.owner = owner_;
  input.adoptedOwners = adoptedOwners_;
  input.now = clock_.now();
  return input;
}

void Reconciler::observed(RuntimeLink& link) {
  if (desired_) {
    takeOver(link);
    book_.note({input(&*desired_), link.name(), link.takeGap()});
    for (auto& event : book_.takeEvents())
      tell(std::move(event));
    for (const auto& key : book_.takeRestarts()) {
      if (observers_.counting.restarted)
        observers_.counting.restarted(key);
    }
  }
  pass();
  answerDryRuns();
}

void Reconciler::takeOver(const RuntimeLink& link) {
  if (link.observation() != nullptr && book_.takeOver(input(&*desired_), link.name()))
    respecify(*desired_, naming());
}

void Reconciler::linkChanged(RuntimeLink& link, bool available, const std::string& problem) {
  if (available) {
    tell(eventOf(EventType::Normal, "EngineRecovered", "Engine " + link.name() + " answers"));
  } else {
    book_.engineLost(link.name(), clock_.now());
    tell(eventOf(EventType::Warning, "EngineUnavailable",
                 "Engine " + link.name() + " does not answer: " + problem));
    passDue_ = true;
  }
}

void Reconciler::tick() {
  executor_.tick();
  if (executor_.pulling())
    passDue_ = true;  // progress moves what is shown
  if (clock_.now().boot >= planWake_) {
    planWake_ = model::BootTime::max();
    wake();
  }
  for (auto& [name, link] : links_)
    link->tick();
  if (passDue_)
    pass();
}

// Something may have changed: look where that is possible, and plan either way.
void Reconciler::wake() {
  const model::BootTime now = clock_.now().boot;
  bool looks = false;
  for (auto& [name, link] : links_) {
    if (!link->view().available)
      continue;
    link->lookAt(now);
    looks = true;
  }
  if (!looks)
    passDue_ = true;
}

// A command is stored and shown before it is answered: who asks next sees it.
void Reconciler::takeEffect() {
  commit();
  wake();
  pass();
}

void Reconciler::pass() {
  const auto began = std::chrono::steady_clock::now();
  planAndDispatch();
  if (observers_.counting.passed)
    observers_.counting.passed(std::chrono::steady_clock::now() - began);
}

void Reconciler::planAndDispatch() {
  passDue_ = false;
  const model::Now now = clock_.now();
  ledger_.rearmByAge(now);
  std::map<std::string, std::uint64_t> seen;
  for (const auto& [name, link] : links_) {
    if (link->observation() != nullptr)
      seen[name] = link->seenEndings();
  }
  inFlight_ = executor_.inFlight(seen);
  finishPurges();

  Plan plan = engine::plan(input(desired_ ? &*desired_ : nullptr));
  executor_.offer(plan.chains);
  noteStarted(plan);
  watchProbes(plan);

  planWake_ = model::BootTime::max();
  const auto consider = [&](std::optional<model::BootTime> at) {
    if (at)
      planWake_ = std::min(planWake_, std::max(*at, now.boot + model::Milliseconds{1}));
  };
  consider(plan.nextWake);
  consider(ledger_.nextWake(now.boot));
  consider(book_.nextWake(now));

  inFlight_ = executor_.inFlight(seen);
  tellRefusals(plan);
  publish(plan);
  logSummary(plan);
  commit();
  if (!justFailed_.empty()) {  // ErrImagePull was shown; the pass that follows says back-off
    justFailed_.clear();
    passDue_ = true;
  }
}

void Reconciler::noteStarted(const Plan& plan) {
  const PlanInput seen = input(desired_ ? &*desired_ : nullptr);
  for (const Decision& decision : plan.decisions) {
    if (!decision.container || decision.ending)
      continue;
    const ProbeReport* report = reportOf(seen, decision.key, *decision.container);
    const ProbeState* startup = report == nullptr ? nullptr : report->find(ProbeKind::Startup);
    if (startup != nullptr && startup->result == ProbeResult::Success && report->running)
      book_.memory(decision.key).startedRun = report->run;
  }
}

// The plan was made by the reports on what was seen before. What differs now is shown, and waited
// for by dependents, in the pass that follows; there the reports stay as they are.
void Reconciler::watchProbes(const Plan& plan) {
  if (probes_ == nullptr)
    return;
  const PlanInput seen = input(desired_ ? &*desired_ : nullptr);
  probes_->watch(probeTasksOf(plan.decisions, seen));
  for (const Decision& decision : plan.decisions) {
    if (decision.container &&
        isReady(seen, decision.key, decision.probes, *decision.container) != decision.ready)
      passDue_ = true;
  }
}

// A purge is over, on each runtime by itself, once nothing of the app is left there to remove.
void Reconciler::finishPurges() {
  std::vector<std::string> purged;
  for (const auto& [key, memory] : book_.memories()) {
    if (!memory.purging)
      continue;
    const auto [app, runtime] = partsOfAppKey(key);
    const auto link = links_.find(runtime);
    if (link == links_.end()) {
      purged.push_back(key);  // unloaded meanwhile: nothing there is ours to reach any more
      continue;
    }
    const auto* seen = link->second->observation();
    if (seen != nullptr && !hasObjectsOf(input(nullptr), *seen, app))
      purged.push_back(key);
  }
  for (const auto& key : purged) {
    book_.forget(key);
    const auto [app, runtime] = partsOfAppKey(key);
    tell(eventOf(app + "/", EventType::Normal, "Purged",
                 "Containers and volumes of the app on runtime " + runtime + " are removed"));
  }
  if (desired_ && !purged.empty())
    respecify(*desired_, naming());  // also without the volumes of the original agent
}

model::BootTime Reconciler::nextWake() const {
  if (passDue_)
    return clock_.now().boot;
  model::BootTime wake = planWake_;
  for (const auto& [name, link] : links_)
    wake = std::min(wake, link->nextWake());
  if (const auto progress = executor_.nextWake())
    wake = std::min(wake, *progress);
  return wake;
}

void Reconciler::commit() {
  StateChange change;
  change.target = std::exchange(targetToStore_, std::nullopt);
  change.ledger = ledger_.takeChanges();
  book_.takeChanges(change);
  change.events = std::exchange(events_, {});
  if (change.empty())
    return;
  const auto events = store_.commit(change, clock_.now());
  if (!events.empty() && observers_.events)
    observers_.events(events);
}

void Reconciler::reconfigure(EngineSettings settings) {
  settings_ = std::move(settings);
  ledger_.setPolicies(settings_.retry);
  executor_.setLimits(settings_.parallelPulls, settings_.parallelOperations, settings_.pullStall);
  for (auto& [name, link] : links_)
    link->setResync(resyncInterval());
  if (desired_)
    respecify(*desired_, naming());
  wake();
}

void Reconciler::overrideResync(std::optional<model::Milliseconds> interval) {
  resyncOverride_ = interval;
  for (auto& [name, link] : links_)
    link->setResync(resyncInterval());
  wake();
}

void Reconciler::credentialsChanged() {
  if (ledger_.credentialsChanged(clock_.now()) > 0)
    wake();
}

void Reconciler::report(model::EventDraft event) {
  tell(std::move(event));
  commit();
}

}  // namespace holdfast::engine

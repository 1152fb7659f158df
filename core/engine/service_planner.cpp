// SPDX-License-Identifier: Apache-2.0
#include "engine/service_planner.hpp"

#include "engine/keys.hpp"
#include "engine/probing.hpp"
#include "engine/restart_policy.hpp"
#include "engine/take_over.hpp"
#include "model/image_reference.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <utility>

namespace holdfast::engine {

namespace {

using model::ContainerState;
using model::ServiceStatusWord;
using sdk::StepKind;

// How soon to look again at a container that is between two states.
constexpr model::Milliseconds kLookAgain{1'000};

boost::json::object labelsOf(const PlanInput& input, const model::App& app) {
  return {{sdk::kOwnerLabel, input.owner}, {sdk::kAppLabel, app.id}};
}

boost::json::object toJson(const std::map<std::string, std::string>& values) {
  boost::json::object object;
  for (const auto& [key, value] : values)
    object[key] = value;
  return object;
}

std::string networkSpec(const PlanInput& input, const model::App& app, const std::string& name) {
  model::Network network;
  for (const auto& declared : app.networks) {
    if (model::networkName(app, declared.name) == name)
      network = declared;
  }
  return boost::json::serialize(boost::json::object{{"driver", network.driver},
                                                    {"options", toJson(network.options)},
                                                    {"internal", network.internal},
                                                    {"labels", labelsOf(input, app)}});
}

std::string volumeSpec(const PlanInput& input, const model::App& app, const std::string& source) {
  model::Volume volume;
  for (const auto& declared : app.volumes) {
    if (declared.name == source)
      volume = declared;
  }
  return boost::json::serialize(boost::json::object{{"driver", volume.driver},
                                                    {"options", toJson(volume.options)},
                                                    {"labels", labelsOf(input, app)}});
}

const ServiceMemory& memoryOf(const PlanInput& input, const std::string& key) {
  static const ServiceMemory kNone;
  const auto found = input.memories->find(key);
  return found == input.memories->end() ? kNone : found->second;
}

bool alive(const model::ObservedContainer* container) {
  return container != nullptr && (container->state == ContainerState::Running ||
                                  container->state == ContainerState::Paused);
}

}  // namespace

void Draft::add(Chain chain) {
  if (!running(chain.id))
    chains.push_back(std::move(chain));
}

void Draft::pull(const std::string& runtime, const std::string& reference,
                 const std::string& service, std::string why) {
  const std::string id = pullChain(runtime, reference);
  if (running(id))
    return;
  const auto [found, fresh] = pulls_.emplace(id, chains.size());
  if (!fresh) {
    chains[found->second].serves.push_back(service);
    return;
  }
  Chain chain;
  chain.id = id;
  chain.runtime = runtime;
  chain.lane = Lane::Pull;
  chain.serves = {service};
  chain.why = std::move(why);
  chain.pullReference = reference;
  chain.ledgerKey = imageKey(runtime, reference);
  chains.push_back(std::move(chain));
}

void Draft::wakeAt(model::BootTime at) {
  if (!nextWake || at < *nextWake)
    nextWake = at;
}

bool Draft::running(const std::string& chain) const {
  return input_.inFlight->byChain.count(chain) != 0;
}

bool specChanged(const PlanInput& input, const std::string& key, const model::Service& service,
                 const OwnContainer& own) {
  const std::string& hash = input.specs->at(key).hash;
  return own.runtime != runtimeOf(service, input.defaultRuntime) ||
         (isLegacy(*own.container)
              ? legacyChanged(*own.container, memoryOf(input, key), service, hash)
              : own.container->label(sdk::kSpecHashLabel) != hash);
}

bool isOutdated(const PlanInput& input, const std::string& key, const model::Service& service,
                const OwnContainer& own) {
  if (specChanged(input, key, service, own))
    return true;
  if (service.pullPolicy != model::PullPolicy::Always ||
      memoryOf(input, key).pulledForRevision != input.targetRevision) {
    return false;
  }
  const auto& images = input.runtimes.at(own.runtime).observation->images;
  const auto image = images.find(service.image);
  return image != images.end() && image->second.id != own.container->imageId;
}

ServicePlanner::ServicePlanner(const PlanInput& input, const Inventory& inventory, Draft& draft,
                               const model::App& app, const model::Service& service)
    : input_(input),
      inventory_(inventory),
      draft_(draft),
      app_(app),
      service_(service),
      key_(model::serviceKey(app, service)),
      runtime_(runtimeOf(service, input.defaultRuntime)),
      memory_(memoryOf(input, key_)),
      spec_(input.specs->at(key_)),
      volumeNames_(volumeNames(*input.memories, app, service, runtime_)),
      container_(inventory.serving(key_).container),
      place_(container_ == nullptr ? runtime_ : inventory.serving(key_).runtime) {
  const auto view = input.runtimes.find(runtime_);
  if (view != input.runtimes.end())
    view_ = &view->second;
}

Decision ServicePlanner::decide() && {
  decision_.key = key_;
  decision_.app = &app_;
  decision_.service = &service_;
  decision_.runtime = runtime_;
  decision_.place = place_;
  decision_.specHash = spec_.hash;
  decision_.overridden = memory_.userStopped && memory_.userStoppedHash == spec_.hash;
  decision_.settled = !draft_.running(serviceChain(key_));
  if (container_ != nullptr)
    decision_.container = *container_;
  decision_.former = formerService();
  const auto check = decision_.former ? std::nullopt : checkOf(input_, service_);
  decision_.probes = probesOf(decision_.keeper(), check);
  decision_.ready = container_ != nullptr && isReady(input_, key_, decision_.probes, *container_);
  const auto running = input_.inFlight->byChain.find(serviceChain(key_));
  decision_.ending = running != input_.inFlight->byChain.end() && !running->second.pull &&
                     running->second.step == StepKind::StopContainer;

  const bool seen = view_ != nullptr && view_->observation != nullptr;
  decision_.outdated = container_ != nullptr && (moving() || (seen && changed()));
  if (container_ != nullptr && !moving()) {
    for (const auto& own : inventory_.elsewhere(key_))
      draft_.add(removal(own, "its service belongs on runtime '" + runtime_ + "'"));
  }
  if (purging(place_) || purging(runtime_)) {
    wantPurged();
  } else if (stopWanted() && (seen || container_ != nullptr)) {
    wantStopped();
  } else if (view_ == nullptr) {
    notLoaded();
    superviseOld();
  } else if (!seen) {
    shows(ServiceStatusWord::Pending, "ContainerCreating", "the engine was not looked at yet");
    decision_.settled = false;
    superviseOld();
  } else if (refused()) {
    superviseOld();
  } else if (container_ != nullptr) {
    keepOrChange();
  } else {
    create();
  }
  if ((view_ != nullptr && !answers(runtime_)) || (moving() && !answers(place_))) {
    decision_.stale = true;
    decision_.settled = false;
  }
  return std::move(decision_);
}

// A fault of the service leaves a container in the dark that was made before.
std::optional<model::Service> ServicePlanner::formerService() const {
  if (container_ == nullptr || !(specChanged() || !service_.faults.empty()))
    return std::nullopt;
  return model::parseService(memory_.deployedService);
}

bool ServicePlanner::purging(const std::string& runtime) const {
  const auto app = input_.memories->find(appKey(app_.id, runtime));
  return app != input_.memories->end() && app->second.purging;
}

bool ServicePlanner::answers(const std::string& runtime) const {
  const auto view = input_.runtimes.find(runtime);
  return view != input_.runtimes.end() && view->second.available;
}

void ServicePlanner::notLoaded() {
  std::vector<std::string> loaded;
  for (const auto& [name, view] : input_.runtimes)
    loaded.push_back(name);
  decision_.problem = notLoadedText(runtime_, loaded);
  showsError("StartFailure", "CreateContainerConfigError", decision_.problem);
}

bool ServicePlanner::stopWanted() const {
  return decision_.overridden || service_.state == model::DesiredState::Stopped;
}

// Something about the service itself forbids to deploy it; only another spec helps.
bool ServicePlanner::refused() {
  if (const auto reference = model::parseImageReference(service_.image); !reference) {
    decision_.problem = reference.error().message;
    showsError("ErrImagePull", "InvalidImageName", decision_.problem);
    return true;
  }
  const auto refusal = input_.refusals->find(key_);
  if (!service_.faults.empty()) {
    decision_.problem = service_.faults.front().pointer + ": " + service_.faults.front().message;
  } else if (refusal != input_.refusals->end()) {
    decision_.problem = refusal->second;
  } else {
    return false;
  }
  showsError("StartFailure", "CreateContainerConfigError", decision_.problem);
  return true;
}

void ServicePlanner::wantStopped() {
  shows(ServiceStatusWord::Stopped, "Stopped",
        decision_.overridden ? "a user stopped it" : "the target says stopped");
  if (moving() && view_ != nullptr) {
    if (alive(container_))
      shows(ServiceStatusWord::Running, "Running", "");
    act("it should be stopped, and belongs on runtime '" + runtime_ + "'", leavingSteps());
  } else if (alive(container_)) {
    shows(ServiceStatusWord::Running, "Running", "");
    act("it runs, and should be stopped", {step(StepKind::StopContainer)});
  }
}

void ServicePlanner::wantPurged() {
  shows(ServiceStatusWord::Pending, "ContainerCreating", "its app is being purged");
  decision_.settled = false;
  if (container_ != nullptr)
    act("its app is being purged", leavingSteps());
}

void ServicePlanner::create() {
  if (formerPlaceSeen() && imageReady() && dependenciesReady() && startAllowed()) {
    shows(ServiceStatusWord::Pending, "ContainerCreating", "");
    keepErrorOf(startKey(key_), "StartFailure");
    auto steps = groundSteps();
    for (auto& next : containerSteps())
      steps.push_back(std::move(next));
    act("it has no container", std::move(steps), true);
  }
}

void ServicePlanner::keepOrChange() {
  if (container_->state == ContainerState::Changing) {
    shows(ServiceStatusWord::Pending, "ContainerCreating", "the engine is changing its container");
    decision_.settled = false;
    draft_.wakeAt(input_.now.boot + kLookAgain);
    return;
  }
  if (changed())
    return update();
  // Pull policy Always asks once per target that was set, also for what runs.
  const bool pullDue = service_.pullPolicy == model::PullPolicy::Always &&
                       memory_.pulledForRevision != input_.targetRevision;
  if (pullDue && !imageReady())
    return superviseOld();
  switch (container_->state) {
    case ContainerState::Running:
      return keepRunning();
    case ContainerState::Paused:
      return keepPaused();
    case ContainerState::Created:
      return startCreated();
    case ContainerState::Exited:
    case ContainerState::Changing:
      return restartExited();
  }
}

void ServicePlanner::keepRunning() {
  shows(ServiceStatusWord::Running, "Running", "it runs as the target says");
  const auto condemned = this->condemned();
  if (!memory_.restartRun.empty() && memory_.restartRun == runOf(*container_)) {
    // How it ended is seen, and shown from then on, before it is started again.
    act("a user asked for a restart", {step(StepKind::StopContainer)});
  } else if (service_.state == model::DesiredState::Paused) {
    act("the target says paused", {step(StepKind::PauseContainer)});
  } else if (condemned) {
    endUnhealthy(*condemned);
  } else if (isLegacy(*container_) && !memory_.restartsOurs &&
             service_.restart.kind != model::RestartPolicy::Kind::Never) {
    // It runs: nothing happens but that the engine no longer restarts it. One that should stay down
    // after its end is left alone, since it may end before the step.
    act("the original agent made it: from now on its restarts are ours",
        {step(StepKind::StartContainer)});
  }
}

std::optional<Condemnation> ServicePlanner::condemned() const {
  if (decision_.keeper().unhealthyPolicy == model::UnhealthyPolicy::Alert)
    return std::nullopt;
  // Begun by an agent that was killed before it was done.
  if (memory_.condemnedRun == runOf(*container_))
    return memory_.condemned;
  const ProbeReport* report = reportOf(input_, key_, *container_);
  const auto kind = report == nullptr ? std::nullopt : report->condemned();
  if (!kind || !decision_.probes.of(*kind))  // the target no longer asks for it
    return std::nullopt;
  return Condemnation{std::string(probeKindName(*kind)), report->find(*kind)->output};
}

// It only ends here. What ended for a probe is a crash, and is started again by the crash ladder.
void ServicePlanner::endUnhealthy(const Condemnation& condemned) {
  if (!stepsAllowed())
    return;
  const bool restarts = decision_.keeper().restart.kind != model::RestartPolicy::Kind::Never;
  Chain chain =
      chainOf("failed " + condemned.probe + " probe" + (restarts ? ", will be restarted" : ""),
              {step(StepKind::StopContainer)}, runtime_, startKey(key_));
  chain.condemned = condemned;
  draft_.add(std::move(chain));
}

void ServicePlanner::keepPaused() {
  shows(ServiceStatusWord::Running, "Paused", "it is paused, as the target says");
  if (service_.state == model::DesiredState::Running) {
    act("it is paused, and should run", {step(StepKind::UnpauseContainer)});
  }
}

// Left behind by a start that failed, or by an agent that was killed in between.
void ServicePlanner::startCreated() {
  if (!dependenciesReady() || !startAllowed())
    return;
  shows(ServiceStatusWord::Pending, "ContainerCreating", "");
  keepErrorOf(startKey(key_), "StartFailure");
  act("its container was created, but never started", {step(StepKind::StartContainer)});
}

void ServicePlanner::restartExited() {
  const bool asked = memory_.restartRun == runOf(*container_);
  if (asked || ended(ExitKind::Intended)) {
    return startExited(asked ? "a user asked for a start" : "it was stopped, and should run");
  }
  const bool unhealthy = ended(ExitKind::Unhealthy);
  const std::string how = (unhealthy ? failedText(memory_.condemned) + "; " : "") +
                          exitReason(*container_) + " (exit code " +
                          std::to_string(container_->exitCode) + ")";
  const retry::Entry* crash = entry(crashKey(key_));
  const bool limited = service_.restart.kind == model::RestartPolicy::Kind::OnFailure;
  const bool wanted = unhealthy ? restartsUnhealthy(service_.restart)
                                : restartsAfter(service_.restart, container_->exitCode);
  if (!wanted || (limited && crash != nullptr && crash->exhausted)) {
    shows(ServiceStatusWord::Stopped, exitReason(*container_),
          "it ended with " + how + ", and its restart policy says stay");
    return;
  }
  const bool unseen = ended(ExitKind::Unseen);
  if (unseen || crash == nullptr || input_.ledger->due(crash->key, input_.now.boot)) {
    if (unhealthy && service_.unhealthyPolicy == model::UnhealthyPolicy::Recreate)
      return recreate("it ended with " + how + ", and should be made anew");
    return startExited(unseen ? "it ended with its engine or machine" : "it ended with " + how);
  }
  showsError("CrashLoopBackOff", "CrashLoopBackOff",
             "it ended with " + how + "; back-off " + model::formatDuration(crash->delay) +
                 " before it is restarted");
  decision_.errorKey = crash->key;
  if (crash->due)
    draft_.wakeAt(*crash->due);
}

void ServicePlanner::startExited(std::string why) {
  startAgain(std::move(why), {step(StepKind::StartContainer)}, false);
}

void ServicePlanner::recreate(std::string why) {
  if (!imageReady())
    return;
  auto steps = groundSteps();
  steps.push_back(step(StepKind::RemoveContainer));
  for (auto& next : containerSteps())
    steps.push_back(std::move(next));
  startAgain(std::move(why), std::move(steps), true);
}

void ServicePlanner::startAgain(std::string why, std::vector<StepCall> steps, bool creates) {
  if (!dependenciesReady() || !startAllowed())
    return;
  shows(ServiceStatusWord::Pending, "ContainerCreating", "");
  // The first, immediate restart is no error yet (docs/behaviour.md "What a service shows").
  const retry::Entry* crash = entry(crashKey(key_));
  if (crash != nullptr && crash->retryCount > 1)
    keepErrorOf(crash->key, "CrashLoopBackOff");
  act(std::move(why), std::move(steps), creates);
}

bool ServicePlanner::ended(ExitKind kind) const {
  return memory_.handledExit == runOf(*container_) && memory_.exitKind == kind;
}

// Another spec or another runtime needs another container. The old one stays until everything that
// can fail before its end has not failed.
void ServicePlanner::update() {
  if (!imageReady() || !dependenciesReady() || !startAllowed() || moveWaits())
    return superviseOld();
  auto steps = groundSteps();
  for (auto& next : leavingSteps())
    steps.push_back(std::move(next));
  for (auto& next : containerSteps())
    steps.push_back(std::move(next));
  shows(ServiceStatusWord::Pending, "ContainerCreating", "");
  act(moving() ? "it moves from runtime '" + place_ + "' to '" + runtime_ + "'"
               : "its specification changed",
      std::move(steps), true);
}

// Two containers of one service never run side by side, since they would share ports and devices:
// as long as one engine of a move does not answer, nothing is stopped there and nothing begun here.
bool ServicePlanner::moveWaits() {
  if (!moving() || (answers(place_) && answers(runtime_)))
    return false;
  shows(ServiceStatusWord::Pending, "ContainerCreating",
        "it moves from runtime '" + place_ + "' to '" + runtime_ + "' once both answer");
  decision_.settled = false;
  return true;
}

// The same for a container that is only remembered, since the agent started while the engine that
// has it was away.
bool ServicePlanner::formerPlaceSeen() {
  const auto deployed = model::parseService(memory_.deployedService);
  if (!deployed || deployed->runtime == runtime_)
    return true;
  const auto former = input_.runtimes.find(deployed->runtime);
  if (former == input_.runtimes.end() || former->second.observation != nullptr)
    return true;
  shows(ServiceStatusWord::Pending, "ContainerCreating",
        "its container on runtime '" + deployed->runtime +
            "' may still run; that engine did not answer yet");
  decision_.settled = false;
  return false;
}

// The container of another spec that has to stay for now is held up by its own restart policy and
// probes; what the decision shows is the failure that keeps the new one away. It is never made
// anew: the target has its specification no longer.
void ServicePlanner::superviseOld() {
  if (container_ == nullptr)
    return;
  if (container_->state == ContainerState::Running) {
    const auto condemned = this->condemned();
    const std::string ladder = formerKey(key_);
    if (!condemned || waits(entry(ladder)))
      return;
    decision_.settled = false;
    Chain chain = chainOf("failed " + condemned->probe + " probe", {step(StepKind::StopContainer)},
                          place_, ladder);
    chain.condemned = condemned;
    return draft_.add(std::move(chain));
  }
  if (container_->state != ContainerState::Exited)
    return;
  const model::RestartPolicy& policy = decision_.keeper().restart;
  const bool wanted = ended(ExitKind::Unhealthy) ? restartsUnhealthy(policy)
                                                 : restartsAfter(policy, container_->exitCode);
  if (!ended(ExitKind::Intended) && !wanted)
    return;
  const std::string ladder = formerKey(key_);
  if (waits(entry(crashKey(key_))) || waits(entry(ladder)))
    return;
  draft_.add(chainOf("its former container ended and is kept up until the new one can be made",
                     {step(StepKind::StartContainer)}, place_, ladder));
}

bool ServicePlanner::imageReady() {
  const std::string& reference = service_.image;
  if (view_->observation->imagesAskedFor.count(reference) == 0) {
    // The look is older than the target.
    shows(ServiceStatusWord::Pending, "ContainerCreating", "its image was not looked up yet");
    decision_.settled = false;
    return false;
  }
  const bool present = image() != nullptr;
  const std::string chain = pullChain(runtime_, reference);
  if (service_.pullPolicy == model::PullPolicy::Never) {
    if (present)
      return true;
    decision_.problem = "image '" + reference + "' is not present, and its pull policy is Never";
    showsError("ErrImagePull", "ErrImageNeverPull", decision_.problem);
    return false;
  }
  if (!draft_.running(chain)) {
    const bool settled = container_ == nullptr || changed()
                             ? memory_.pullSettled
                             : memory_.pulledForRevision == input_.targetRevision;
    if (present && (service_.pullPolicy == model::PullPolicy::IfNotPresent || settled))
      return true;
    const retry::Entry* failed = entry(imageKey(runtime_, reference));
    if (failed != nullptr && pullWaits(*failed))
      return false;

    const std::string host = model::registryHost(reference);
    const auto paused = input_.ledger->hostPausedUntil(host, input_.now.boot);
    if (paused) {
      shows(ServiceStatusWord::Pending, "RegistryRateLimited",
            "registry " + host + " asked for fewer requests");
      decision_.waitsUntil = paused;
      decision_.settled = false;
      draft_.wakeAt(*paused);
      return false;
    }
    draft_.pull(runtime_, reference, key_,
                present ? "its pull policy is Always" : "its image is not present");
  }
  shows(ServiceStatusWord::Pending, "Pulling", "pulling image '" + reference + "'");
  keepErrorOf(imageKey(runtime_, reference), "ErrImagePull");
  decision_.settled = false;
  return false;
}

// True when the failed pull may not be tried again yet; the decision says so.
bool ServicePlanner::pullWaits(const retry::Entry& failed) {
  if (input_.ledger->due(failed.key, input_.now.boot))
    return false;
  const bool fresh = input_.justFailed->count(failed.key) != 0;
  if (failed.latest.errorClass == sdk::ErrorClass::Invalid) {
    showsError("ErrImagePull", "InvalidImageName", failed.latest.message);
  } else if (fresh) {
    showsError("ErrImagePull", "ErrImagePull", failed.latest.message);
  } else {
    showsError("ImagePullBackOff", "ImagePullBackOff",
               failed.exhausted ? "gave up pulling image '" + service_.image + "'"
                                : "back-off pulling image '" + service_.image + "'");
  }
  decision_.errorKey = failed.key;
  if (failed.due)
    draft_.wakeAt(*failed.due);
  return true;
}

bool ServicePlanner::dependenciesReady() {
  for (const auto& [name, condition] : service_.dependsOn) {
    const model::Service* dependency = nullptr;
    for (const auto& other : app_.services) {
      if (other.name == name)
        dependency = &other;
    }
    if (dependency == nullptr)
      continue;  // a fault of this service, told by the parser
    if (met(*dependency, condition))
      continue;
    const bool healthy = condition == model::DependencyCondition::Healthy;
    shows(ServiceStatusWord::Pending, "DependencyNotReady",
          "it depends on '" + name + "', which is not " + (healthy ? "ready" : "running"));
    decision_.waitsFor = model::serviceKey(app_, *dependency);
    decision_.settled = false;
    return false;
  }
  return true;
}

bool ServicePlanner::met(const model::Service& dependency,
                         model::DependencyCondition condition) const {
  const std::string key = model::serviceKey(app_, dependency);
  const auto* container = inventory_.current(key);
  if (container == nullptr)
    return false;
  if (condition == model::DependencyCondition::Healthy) {
    return isReady(input_, key, probesOf(dependency, checkOf(input_, dependency)), *container);
  }
  const bool done = container->state == ContainerState::Exited && container->exitCode == 0 &&
                    !restartsAfter(dependency.restart, 0);
  return done || container->state == ContainerState::Running;
}

// False while a failed start waits for its ladder; the decision shows it.
bool ServicePlanner::startAllowed() {
  const retry::Entry* failed = entry(startKey(key_));
  if (!waits(failed))
    return true;
  const std::string when = failed->exhausted ? "; gave up" : "";
  showsError("StartFailure", failed->latest.reason, failed->latest.message + when);
  decision_.errorKey = failed->key;
  return false;
}

void ServicePlanner::act(std::string why, std::vector<StepCall> steps, bool creates) {
  decision_.why = why;
  if (!stepsAllowed())
    return;
  Chain chain = chainOf(std::move(why), std::move(steps), runtime_, startKey(key_));
  if (creates) {
    model::Service deployed = withCheck(service_, checkOf(input_, service_));
    deployed.runtime = runtime_;
    chain.deployedService = model::serializeService(deployed);
    chain.deployedHash = spec_.hash;
  }
  draft_.add(std::move(chain));
}

// The same for every other step: while a failed stop, pause or removal waits, nothing is settled.
bool ServicePlanner::stepsAllowed() {
  decision_.settled = false;
  return startAllowed();
}

Chain ServicePlanner::chainOf(std::string why, std::vector<StepCall> steps, std::string runtime,
                              std::string ledgerKey) {
  Chain chain;
  chain.id = serviceChain(key_);
  chain.runtime = std::move(runtime);
  chain.serves = {key_};
  chain.why = std::move(why);
  chain.ledgerKey = std::move(ledgerKey);
  decision_.ending =
      decision_.ending || std::any_of(steps.begin(), steps.end(), [](const StepCall& call) {
        return call.kind == StepKind::StopContainer;
      });
  chain.steps = std::move(steps);
  return chain;
}

std::vector<StepCall> ServicePlanner::groundSteps() const {
  std::vector<StepCall> steps;
  for (const auto& name : model::joinedNetworks(app_, service_)) {
    if (exists(view_->observation->networks, name))
      continue;
    steps.push_back({.kind = StepKind::CreateNetwork,
                     .name = name,
                     .specJson = networkSpec(input_, app_, name)});
  }
  for (const auto& mount : service_.mounts) {
    if (mount.kind != model::Mount::Kind::Volume)
      continue;
    if (volumeNames_.count(mount.source) != 0)
      continue;  // the original agent made it
    const std::string name = model::volumeName(app_, mount.source);
    if (exists(view_->observation->volumes, name))
      continue;
    steps.push_back({.kind = StepKind::CreateVolume,
                     .name = name,
                     .specJson = volumeSpec(input_, app_, mount.source)});
  }
  return steps;
}

std::vector<StepCall> ServicePlanner::containerSteps() const {
  return {{.kind = StepKind::CreateContainer,
           .name = spec_.name,
           .image = service_.image,
           .specJson = spec_.json},
          {.kind = StepKind::StartContainer, .name = spec_.name}};
}

StepCall ServicePlanner::step(StepKind kind) const {
  return {.kind = kind,
          .grace = service_.stopGracePeriod,
          .name = container_->name,
          .containerId = container_->id,
          .runtime = place_};
}

std::vector<StepCall> ServicePlanner::leavingSteps() const {
  std::vector<StepCall> steps;
  if (alive(container_))
    steps.push_back(step(StepKind::StopContainer));
  steps.push_back(step(StepKind::RemoveContainer));
  return steps;
}

void ServicePlanner::shows(ServiceStatusWord status, std::string reason, std::string why) {
  decision_.status = status;
  decision_.reason = std::move(reason);
  decision_.why = std::move(why);
  decision_.errorType.clear();
  decision_.errorKey.clear();
}

void ServicePlanner::showsError(std::string type, std::string reason, std::string why) {
  shows(ServiceStatusWord::Error, std::move(reason), std::move(why));
  decision_.errorType = std::move(type);
}

void ServicePlanner::keepErrorOf(const std::string& ledgerKey, std::string_view type) {
  if (entry(ledgerKey) == nullptr)
    return;
  decision_.errorType = type;
  decision_.errorKey = ledgerKey;
}

bool ServicePlanner::specChanged() const {
  return engine::specChanged(input_, key_, service_, {place_, container_});
}

bool ServicePlanner::changed() const {
  return isOutdated(input_, key_, service_, {place_, container_});
}

bool ServicePlanner::exists(const std::vector<model::ObservedObject>& objects,
                            const std::string& name) const {
  for (const auto& object : objects) {
    if (object.name == name)
      return true;
  }
  return false;
}

const model::ObservedImage* ServicePlanner::image() const {
  const auto found = view_->observation->images.find(service_.image);
  return found == view_->observation->images.end() ? nullptr : &found->second;
}

const retry::Entry* ServicePlanner::entry(const std::string& key) const {
  return input_.ledger->find(key);
}

bool ServicePlanner::waits(const retry::Entry* failed) {
  if (failed == nullptr || input_.ledger->due(failed->key, input_.now.boot))
    return false;
  if (failed->due)
    draft_.wakeAt(*failed->due);
  return true;
}

}  // namespace holdfast::engine

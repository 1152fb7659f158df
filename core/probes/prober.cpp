// SPDX-License-Identifier: Apache-2.0
#include "probes/prober.hpp"

#include "probes/output_text.hpp"

#include <algorithm>
#include <mutex>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

namespace holdfast::probes {

using engine::kProbeKinds;
using engine::ProbeReport;
using engine::ProbeTask;
using model::BootTime;
using model::Milliseconds;

namespace {

// Inside one tick a handler's error is tried again at once, three attempts in all, as the
// kubelet's prober does it.
constexpr int kAttemptsPerTick = 3;

// A failure beyond its threshold, an error that goes on, or a warning is told this often, not at
// every attempt: each event is written to flash.
constexpr Milliseconds kTellAgain{60'000};

std::string_view title(ProbeKind kind) {
  switch (kind) {
    case ProbeKind::Startup:
      return "Startup";
    case ProbeKind::Liveness:
      return "Liveness";
    case ProbeKind::Readiness:
      return "Readiness";
  }
  return "";
}

model::EventDraft warning(const ProbeTask& task, std::string reason, std::string message) {
  return {.type = model::EventType::Warning,
          .reason = std::move(reason),
          .app = task.app,
          .service = task.service,
          .message = std::move(message)};
}

}  // namespace

struct Prober::Landing {
  Id id;
  std::uint64_t number = 0;  // of the attempt
  Attempt attempt;
  BootTime at;
};

// Results on their way from other threads to the engine's. Outlives the prober in the hands of late
// calls.
class Prober::Landings {
 public:
  explicit Landings(const model::Clock& clock) : clock_(&clock) {}

  // True: the engine is to be woken for it. A success mostly changes nothing, and waits until the
  // engine wakes by itself, where that is soon.
  [[nodiscard]] bool add(const Id& id, std::uint64_t number, Attempt attempt) {
    const bool patient = attempt.kind == Attempt::Kind::Success;
    const std::lock_guard lock(mutex_);
    if (clock_ == nullptr)
      return false;
    landings_.push_back({id, number, std::move(attempt), clock_->now().boot});
    return !patient || !wakesSoon_;
  }

  std::vector<Landing> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(landings_, {});
  }

  // The engine is about to sleep until then. Returns until when it may.
  BootTime sleep(BootTime until) {
    constexpr Milliseconds kSoon{250};
    const std::lock_guard lock(mutex_);
    const BootTime now = clock_->now().boot;
    wakesSoon_ = until <= now + kSoon;
    return landings_.empty() ? until : now;
  }

  // The prober ends; its clock may soon be gone.
  void close() {
    const std::lock_guard lock(mutex_);
    clock_ = nullptr;
  }

 private:
  const model::Clock* clock_;
  std::mutex mutex_;
  std::vector<Landing> landings_;
  bool wakesSoon_ = false;
};

struct Prober::Unit {
  Unit(Id own, Worker rules) : id(std::move(own)), worker(std::move(rules)) {}

  const Id id;
  Worker worker;
  Lane* lane = nullptr;  // where its attempt has a place; nullptr while none runs
  std::unique_ptr<Flight> flight;
  std::uint64_t number = 0;  // of the attempt that runs
  int attempt = 0;           // of kAttemptsPerTick
  BootTime launched;
  std::string where;
  bool begun = false;              // had its first tick planned
  bool placed = false;             // its ticks are where there was room for them
  bool missed = false;             // a tick came while it ran
  std::optional<BootTime> told;    // the latest event about failures or errors
  std::optional<BootTime> warned;  // the latest one about a success
};

struct Prober::Probed {
  ProbeTask task;
  std::map<ProbeKind, Unit> units;
  // Age of the run when it was first seen, and when that was: from there on the monotonic clock
  // counts, since the wall clock may jump.
  BootTime seen;
  Milliseconds ageWhenSeen{0};
};

Prober::Prober(Handlers& handlers, const model::Clock& clock, ProberLimits limits)
    : handlers_(handlers),
      clock_(clock),
      limits_(limits),
      began_(clock.now().boot),
      landings_(std::make_shared<Landings>(clock)) {}

Prober::~Prober() {
  landings_->close();
}

void Prober::begin(retry::RetryManager& /*ledger*/, Post post) {
  post_ = std::move(post);
  began_ = clock_.now().boot;
}

// What there is to probe

void Prober::watch(std::vector<ProbeTask> tasks) {
  std::set<std::string> named;
  for (auto& task : tasks) {
    named.insert(task.key);
    auto& probed = probed_[task.key];
    if (!probed)
      probed = std::make_unique<Probed>();
    take(*probed, std::move(task));
    refresh(*probed);
    arrange(*probed);
  }
  for (auto at = probed_.begin(); at != probed_.end();) {
    if (named.count(at->first) != 0) {
      ++at;
      continue;
    }
    drop(*at->second);
    reports_.erase(at->first);
    at = probed_.erase(at);
  }
}

void Prober::take(Probed& probed, ProbeTask task) {
  const bool otherRun = probed.task.run != task.run;
  const bool otherRuntime = probed.task.runtime != task.runtime;
  probed.task = std::move(task);
  if (otherRun) {
    const auto now = clock_.now();
    probed.seen = now.boot;
    const auto& began = probed.task.startedAt;
    probed.ageWhenSeen = began ? std::max(Milliseconds{0}, now.wall - *began) : Milliseconds{0};
  }
  for (const ProbeKind kind : kProbeKinds) {
    const auto unit = probed.units.find(kind);
    if (unit != probed.units.end() && (otherRun || otherRuntime))
      giveUp(unit->second);
    takeProbe(probed, kind);
  }
  const Sight sight = sightOf(probed);
  for (auto& [kind, unit] : probed.units)
    unit.worker.look(sight);
}

void Prober::takeProbe(Probed& probed, ProbeKind kind) {
  const auto& wanted = probed.task.probes.of(kind);
  const auto unit = probed.units.find(kind);
  if (!wanted) {
    if (unit != probed.units.end()) {
      giveUp(unit->second);
      probed.units.erase(unit);
    }
  } else if (unit == probed.units.end()) {
    const Id id{probed.task.key, kind};
    probed.units.emplace(std::piecewise_construct, std::forward_as_tuple(kind),
                         std::forward_as_tuple(id, Worker(kind, *wanted)));
  } else if (unit->second.worker.probe() != *wanted) {
    unit->second.worker.rearm(*wanted);
    giveUp(unit->second);  // what runs or waits is of the earlier definition
  }
}

void Prober::drop(Probed& probed) {
  for (auto& [kind, unit] : probed.units)
    giveUp(unit);
}

Sight Prober::sightOf(const Probed& probed) const {
  const ProbeTask& task = probed.task;
  const auto startup = probed.units.find(ProbeKind::Startup);
  const bool passed = startup == probed.units.end() ||
                      startup->second.worker.state().result == ProbeResult::Success;
  return {.run = task.run,
          .running = task.running,
          .hasStarted = task.hasStarted,
          .paused = task.paused,
          .stopping = task.stopping,
          .verdictEndsRun = task.verdictEndsRun,
          .started = task.running && passed,
          .age = probed.ageWhenSeen + (clock_.now().boot - probed.seen)};
}

void Prober::refresh(const Probed& probed) {
  const Sight sight = sightOf(probed);
  const auto readiness = probed.units.find(ProbeKind::Readiness);
  ProbeReport& report = reports_[probed.task.key];
  report.run = sight.run;
  report.running = sight.running;
  report.began = probed.seen - probed.ageWhenSeen;
  report.started = sight.started;
  report.ready = sight.started && (readiness == probed.units.end() ||
                                   readiness->second.worker.state().result == ProbeResult::Success);
  std::erase_if(report.probes,
                [&probed](const auto& entry) { return probed.units.count(entry.first) == 0; });
  for (const auto& [kind, unit] : probed.units)
    report.probes[kind] = unit.worker.state();
}

// When to probe

void Prober::arrange(Probed& probed) {
  for (auto& [kind, unit] : probed.units)
    arrange(probed, unit);
}

// A tick is planned exactly while there is something to be found out. The first one comes at once,
// or at the end of the initial delay; one that follows the agent's own start comes within a period,
// so that not all probes of a machine begin together.
void Prober::arrange(const Probed& probed, Unit& unit) {
  const Sight sight = sightOf(probed);
  if (!unit.worker.applies(sight)) {
    plan_.forget(unit.id);
    unit.missed = false;
    return;
  }
  if (plan_.holds(unit.id))
    return;
  const BootTime now = clock_.now().boot;
  const Milliseconds period = unit.worker.probe().period;
  const BootTime first = std::max(now, now + (unit.worker.probe().initialDelay - sight.age));
  unit.placed = !std::exchange(unit.begun, true) && period > now - began_;
  if (unit.placed) {
    plan_.planWithin(unit.id, first, period);
  } else {
    plan_.plan(unit.id, first);
  }
}

// Probes that began together would go on together. Once one has succeeded, its next tick may come
// sooner than the period says: that brings no failure nearer.
void Prober::place(Unit& unit) {
  if (!std::exchange(unit.placed, true))
    plan_.advance(unit.id, clock_.now().boot);
}

BootTime Prober::nextWake() const {
  return landings_->sleep(plan_.next());
}

void Prober::tick() {
  land();
  const BootTime now = clock_.now().boot;
  while (const auto tick = plan_.takeDue(now))
    due(*tick);
}

void Prober::due(const TickPlan::Tick& tick) {
  Probed* probed = find(tick.id.first);
  Unit* unit = find(tick.id);
  if (unit == nullptr)
    return;
  const Milliseconds period = unit->worker.probe().period;
  const auto late = std::max(Milliseconds{0}, clock_.now().boot - tick.at);
  // Ticks that were slept through are not made up for.
  plan_.plan(tick.id, tick.at + period * (1 + late / period));
  request(*probed, *unit);
}

Prober::Probed* Prober::find(const std::string& key) {
  const auto at = probed_.find(key);
  return at == probed_.end() ? nullptr : at->second.get();
}

Prober::Unit* Prober::find(const Id& id) {
  Probed* probed = find(id.first);
  if (probed == nullptr)
    return nullptr;
  const auto at = probed->units.find(id.second);
  return at == probed->units.end() ? nullptr : &at->second;
}

// Attempts

// An attempt that is still on its way is never joined by a second one.
void Prober::request(const Probed& probed, Unit& unit) {
  const Sight sight = sightOf(probed);
  if (!unit.worker.applies(sight) || !unit.worker.pastInitialDelay(sight))
    return;
  if (unit.lane != nullptr) {
    unit.missed = true;
    return;
  }
  Lane& lane = laneOf(probed, unit);
  if (!lane.enter(unit.id))
    return;
  unit.lane = &lane;
  unit.attempt = 1;
  launch(probed, unit);
}

Lane& Prober::laneOf(const Probed& probed, const Unit& unit) {
  const bool exec = unit.worker.probe().type == model::Probe::Type::Exec;
  const std::string name = exec ? probed.task.runtime : "";
  return lanes_.try_emplace(name, exec ? limits_.execs : limits_.network).first->second;
}

void Prober::launch(const Probed& probed, Unit& unit) {
  const model::Probe& probe = unit.worker.probe();
  const Place place =
      probe.type == model::Probe::Type::Exec ? Place{} : placeOf(probed.task, probe.port);
  unit.where = whereText(probe, place);
  unit.number = ++lastNumber_;
  unit.launched = clock_.now().boot;
  unit.flight = handlers_.begin(probed.task, probe, place,
                                [this, post = post_, landings = landings_, id = unit.id,
                                 number = unit.number](Attempt attempt) {
                                  if (landings->add(id, number, std::move(attempt)))
                                    post([this] { land(); });
                                });
}

void Prober::land() {
  for (Landing& landing : landings_->take())
    landed(landing);
}

void Prober::landed(Landing& landing) {
  Attempt& attempt = landing.attempt;
  Probed* probed = find(landing.id.first);
  Unit* unit = find(landing.id);
  if (unit == nullptr || unit->number != landing.number || unit->lane == nullptr)
    return;  // given up since
  if (attempt.kind == Attempt::Kind::Error && unit->attempt < kAttemptsPerTick) {
    unit->attempt += 1;
    launch(*probed, *unit);
    return;
  }
  unit->flight.reset();
  Lane* lane = std::exchange(unit->lane, nullptr);
  if (unit->worker.applies(sightOf(*probed))) {
    attempt.text = shownText(attempt.text, probed->task.secrets);
    attempt.warning = shownText(attempt.warning, probed->task.secrets);
    conclude(*probed, *unit, landing);
  }
  handOn(*lane);
  if (std::exchange(unit->missed, false))
    request(*probed, *unit);
}

void Prober::conclude(Probed& probed, Unit& unit, const Landing& landing) {
  const Attempt& attempt = landing.attempt;
  const auto now = clock_.now();
  const bool wasReady = reports_.at(probed.task.key).ready;
  const bool visible = unit.worker.conclude(attempt, unit.where, now.wall - (now.boot - landing.at),
                                            landing.at - unit.launched);
  refresh(probed);
  arrange(probed);
  if (attempt.kind == Attempt::Kind::Success)
    place(unit);
  tell(probed, unit, attempt);
  if (hooks_.changed && (visible || wasReady != reports_.at(probed.task.key).ready))
    hooks_.changed();
}

void Prober::tell(const Probed& probed, Unit& unit, const Attempt& attempt) {
  if (!hooks_.tell)
    return;
  const std::string what = std::string(title(unit.worker.kind())) + " probe ";
  const BootTime now = clock_.now().boot;
  const auto lately = [now](const std::optional<BootTime>& at) {
    return at && now - *at < kTellAgain;
  };
  if (attempt.kind == Attempt::Kind::Success) {
    unit.told.reset();
    if (attempt.warning.empty() || lately(unit.warned))
      return;
    unit.warned = now;
    hooks_.tell(warning(probed.task, "ProbeWarning", what + "warning: " + attempt.warning));
    return;
  }
  const bool failed = attempt.kind == Attempt::Kind::Failure;
  const bool onItsWay =
      failed && unit.worker.state().streak <= unit.worker.probe().failureThreshold;
  if (!onItsWay && lately(unit.told))
    return;
  unit.told = now;
  hooks_.tell(warning(probed.task, "Unhealthy",
                      failed ? what + "failed: " + attempt.text
                             : what + "errored and resulted in unknown state: " + attempt.text));
}

void Prober::giveUp(Unit& unit) {
  plan_.forget(unit.id);
  for (auto& [name, lane] : lanes_)
    lane.forget(unit.id);
  unit.flight.reset();
  unit.missed = false;
  if (Lane* lane = std::exchange(unit.lane, nullptr))
    handOn(*lane);
}

// The place goes to the next that still has use for it.
void Prober::handOn(Lane& lane) {
  while (const auto id = lane.leave()) {
    Probed* probed = find(id->first);
    Unit* unit = find(*id);
    if (unit == nullptr || unit->lane != nullptr || !unit->worker.applies(sightOf(*probed)))
      continue;
    unit->lane = &lane;
    unit->attempt = 1;
    launch(*probed, *unit);
    return;
  }
}

}  // namespace holdfast::probes

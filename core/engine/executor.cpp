// SPDX-License-Identifier: Apache-2.0
#include "engine/executor.hpp"

#include <algorithm>
#include <utility>

namespace holdfast::engine {

namespace {

// How often progress is read while a pull runs; what people see of it is a bar.
constexpr model::Milliseconds kProgressInterval{500};

// Nothing asks for an ended chain longer than an observation takes.
constexpr model::Milliseconds kRememberEnded{120'000};

}  // namespace

Executor::Executor(std::map<std::string, RuntimePort*> runtimes, const model::Clock& clock,
                   Post post, Hooks hooks, int parallelPulls, int parallelOperations,
                   model::Milliseconds pullStall)
    : runtimes_(std::move(runtimes)),
      clock_(clock),
      post_(std::move(post)),
      hooks_(std::move(hooks)),
      parallelPulls_(parallelPulls),
      parallelOperations_(parallelOperations) {
  for (const auto& [name, runtime] : runtimes_)
    monitors_.emplace(name, PullMonitor::Limits{}).first->second.setStall(pullStall);
}

void Executor::setLimits(int parallelPulls, int parallelOperations, model::Milliseconds pullStall) {
  parallelPulls_ = parallelPulls;
  parallelOperations_ = parallelOperations;
  for (auto& [name, monitor] : monitors_)
    monitor.setStall(pullStall);
}

void Executor::offer(std::vector<Chain> chains) {
  offered_ = std::move(chains);
  fill();
}

void Executor::fill() {
  for (auto chain = offered_.begin(); chain != offered_.end();) {
    if (!hasRoom(*chain) || running_.count(chain->id) != 0 || serviceBusy(*chain)) {
      ++chain;
      continue;
    }
    Chain next = std::move(*chain);
    chain = offered_.erase(chain);
    begin(std::move(next));
  }
}

bool Executor::hasRoom(const Chain& chain) const {
  if (chain.lane == Lane::Pull)
    return monitors_.at(chain.runtime).occupied(clock_.now().boot) < parallelPulls_;
  return operationsOn(runtimeOf(chain, chain.steps.front())) < parallelOperations_;
}

int Executor::operationsOn(const std::string& runtime) const {
  return static_cast<int>(std::count_if(running_.begin(), running_.end(), [&](const auto& item) {
    const Running& running = item.second;
    return running.chain.lane == Lane::Operation &&
           runtimeOf(running.chain, running.chain.steps[running.step]) == runtime;
  }));
}

// One operation per service at a time; a pull for it may run beside.
bool Executor::serviceBusy(const Chain& chain) const {
  if (chain.lane == Lane::Pull)
    return false;
  return std::any_of(running_.begin(), running_.end(), [&](const auto& item) {
    const Chain& other = item.second.chain;
    return other.lane == Lane::Operation && !chain.serves.empty() && other.serves == chain.serves;
  });
}

void Executor::begin(Chain chain) {
  const std::string id = chain.id;
  ended_.erase(id);
  Running& running = running_[id];
  running.chain = std::move(chain);
  if (running.chain.lane == Lane::Pull) {
    beginPull(running);
  } else {
    beginStep(running);
  }
}

void Executor::beginPull(Running& running) {
  const std::string id = running.chain.id;
  monitors_.at(running.chain.runtime).started(id, clock_.now().boot);
  hooks_.pullStarts(running.chain);
  running.progress = std::make_shared<ProgressCell>();
  running.call = runtimes_.at(running.chain.runtime)
                     ->pull(
                         running.chain.pullReference,
                         [cell = running.progress](PullProgress progress) {
                           const std::lock_guard lock(cell->mutex);
                           cell->latest = std::move(progress);
                         },
                         [this, id, post = post_](CallResult result) {
                           post([this, id, result = std::move(result)] { pullDone(id, result); });
                         });
}

void Executor::beginStep(Running& running) {
  const std::string id = running.chain.id;
  const StepCall& step = running.chain.steps[running.step];
  hooks_.stepStarts(running.chain, step);
  runtimes_.at(runtimeOf(running.chain, step))
      ->execute(step, [this, id, post = post_](CallResult result) {
        post([this, id, result = std::move(result)] { stepDone(id, result); });
      });
}

void Executor::stepDone(const std::string& id, const CallResult& result) {
  const auto found = running_.find(id);
  if (found == running_.end())
    return;
  Running& running = found->second;
  hooks_.stepEnded(running.chain, running.chain.steps[running.step], result);
  const bool last = running.step + 1 == running.chain.steps.size();
  if (!result.ok() || last || running.obsolete) {
    finish(id, result);
  } else {
    running.step += 1;
    beginStep(running);
  }
}

void Executor::pullDone(const std::string& id, CallResult result) {
  const auto found = running_.find(id);
  if (found == running_.end())
    return;
  if (!result.ok() && !found->second.stall.empty()) {
    result.errorClass = sdk::ErrorClass::Transient;
    result.message = found->second.stall;
  }
  monitors_.at(found->second.chain.runtime).ended(id);
  finish(id, result);
}

void Executor::finish(const std::string& id, const CallResult& result) {
  auto node = running_.extract(id);
  Running& running = node.mapped();
  const model::BootTime now = clock_.now().boot;
  for (auto ended = ended_.begin(); ended != ended_.end();) {
    ended = now - ended->second.at > kRememberEnded ? ended_.erase(ended) : std::next(ended);
  }
  // A pull that failed changed nothing that a look could miss.
  if (running.chain.lane == Lane::Operation || result.ok()) {
    ended_[id] = {runtimesOf(running.chain), show(running), endings_, now};
  }
  endings_ += 1;
  hooks_.chainEnded(running.chain, result, running.obsolete);
  fill();
}

void Executor::withdrawPulls() {
  offered_.erase(std::remove_if(offered_.begin(), offered_.end(),
                                [](const Chain& chain) { return chain.lane == Lane::Pull; }),
                 offered_.end());
}

void Executor::tick() {
  const model::BootTime now = clock_.now().boot;
  for (auto& [id, running] : running_) {
    if (!running.progress)
      continue;
    const std::lock_guard lock(running.progress->mutex);
    monitors_.at(running.chain.runtime).progressed(id, running.progress->latest, now);
  }
  for (auto& [name, monitor] : monitors_) {
    for (const auto& verdict : monitor.judge(now)) {
      Running& running = running_.at(verdict.pull);
      running.stall = verdict.reason;
      running.call->cancel();
    }
  }
  fill();
}

void Executor::supersede(const std::function<bool(const Chain&)>& obsolete) {
  for (auto& [id, running] : running_) {
    if (!obsolete(running.chain))
      continue;
    running.obsolete = true;
    if (running.call)
      running.call->cancel();
  }
}

InFlight Executor::inFlight(const std::map<std::string, std::uint64_t>& seen) const {
  InFlight result;
  for (const auto& [id, running] : running_) {
    result.byChain[id] = show(running);
  }
  const model::BootTime now = clock_.now().boot;
  for (const auto& [id, ended] : ended_) {
    if (now - ended.at > kRememberEnded)
      continue;  // an engine of it went away before it was looked at
    const bool unseen =
        std::any_of(ended.runtimes.begin(), ended.runtimes.end(), [&](const std::string& runtime) {
          const auto look = seen.find(runtime);
          return look == seen.end() || ended.number >= look->second;
        });
    if (unseen)
      result.byChain.emplace(id, ended.what);
  }
  return result;
}

InFlight::Running Executor::show(const Running& running) {
  InFlight::Running shown;
  shown.chain = running.chain.id;
  shown.serves = running.chain.serves;
  shown.pull = running.chain.lane == Lane::Pull;
  shown.runtime = running.chain.runtime;
  if (!shown.pull) {
    const StepCall& step = running.chain.steps[running.step];
    shown.step = step.kind;
    shown.runtime = runtimeOf(running.chain, step);
  }
  if (running.progress) {
    const std::lock_guard lock(running.progress->mutex);
    shown.progress = running.progress->latest;
  }
  return shown;
}

bool Executor::pulling() const {
  return std::any_of(running_.begin(), running_.end(),
                     [](const auto& item) { return item.second.chain.lane == Lane::Pull; });
}

std::optional<model::BootTime> Executor::nextWake() const {
  if (!pulling())
    return std::nullopt;
  const model::BootTime now = clock_.now().boot;
  model::BootTime wake = now + kProgressInterval;
  for (const auto& [name, monitor] : monitors_)
    wake = std::min(wake, monitor.nextWake(now).value_or(wake));
  return wake;
}

}  // namespace holdfast::engine

// SPDX-License-Identifier: Apache-2.0
#include "world.hpp"

#include "model/status.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace holdfast::engine::test {

LoadedState MemoryStore::load(const model::Now&) {
  LoadedState loaded = state;
  loaded.ownerUuid = "00000000-0000-4000-8000-000000000001";
  for (const auto& [key, entry] : ledger_)
    loaded.ledger.entries.push_back(entry);
  state.resume = retry::Resume::Crash;
  return loaded;
}

std::vector<model::Event> MemoryStore::commit(const StateChange& change, const model::Now& now) {
  commits += 1;
  if (change.target)
    state.target = change.target;
  for (const auto& entry : change.ledger.changed)
    ledger_[entry.key] = entry;
  for (const auto& key : change.ledger.removed)
    ledger_.erase(key);
  if (change.ledger.hostPausesChanged)
    state.ledger.hostPauses = change.ledger.hostPauses;
  for (const auto& memory : change.memories)
    state.memories[memory.key] = memory;
  for (const auto& key : change.forgottenMemories)
    state.memories.erase(key);
  std::vector<model::Event> added;
  for (const auto& draft : change.events) {
    model::Event event;
    event.id = event.firstId = static_cast<std::int64_t>(events.size()) + 1;
    event.what = draft;
    event.firstTimestamp = event.lastTimestamp = now.wall;
    events.push_back(event);
    added.push_back(event);
  }
  return added;
}

World::World(std::vector<std::string> runtimes) {
  for (const auto& name : runtimes) {
    runtimes_[name] = std::make_unique<FakeRuntime>(name, clock);
    runtimes_[name]->journal = &journal;
  }
  settings.parallelOperations = 4;
  makeAgent();
}

void World::makeAgent() {
  inbox_ = std::make_shared<std::deque<std::function<void()>>>();
  std::vector<RuntimePort*> ports;
  for (auto& [name, runtime] : runtimes_)
    ports.push_back(runtime.get());
  Observers observers;
  observers.log = [this](Severity, const std::string& line) { logLines.push_back(line); };
  observers.snapshot = [this](std::shared_ptr<const Snapshot> next) {
    snapshot = next;
    published.push_back(std::move(next));
  };
  observers.counting.pulled = [this](const PullEnd& pull) {
    counted.push_back("pulled " + pull.runtime + " " +
                      std::string(model::errorClassWord(pull.errorClass)));
  };
  observers.counting.restarted = [this](const std::string& key) {
    counted.push_back("restarted " + key);
  };
  observers.counting.told = [this](const model::EventDraft& event) {
    counted.push_back("told " + event.reason);
  };
  observers.counting.passed = [this](std::chrono::nanoseconds) { ++passes; };
  const std::weak_ptr<std::deque<std::function<void()>>> inbox = inbox_;
  agent_ = std::make_unique<Reconciler>(
      settings, ports, store, clock,
      [inbox](std::function<void()> message) {
        if (const auto open = inbox.lock())
          open->push_back(std::move(message));
      },
      [] { return 0.5; }, std::move(observers), &probes);
  agent_->load();
}

bool World::step() {
  bool moved = false;
  for (auto& message : std::exchange(*inbox_, {})) {
    message();
    moved = true;
  }
  if (moved || agent_->nextWake() <= clock.now().boot) {
    agent_->tick();
    moved = true;
  }
  for (auto& [name, runtime] : runtimes_)
    moved = runtime->pump() || moved;
  return moved;
}

void World::settle() {
  for (int round = 0; round < 100'000; ++round) {
    if (!step())
      return;
  }
  throw std::logic_error("the agent does not come to rest");
}

void World::advance(model::Milliseconds by) {
  const model::BootTime end = clock.now().boot + by;
  settle();
  while (agent_->nextWake() <= end) {
    clock.advance(std::max(model::Milliseconds{0}, agent_->nextWake() - clock.now().boot));
    settle();
  }
  clock.advance(end - clock.now().boot);
  settle();
}

CommandResult World::apply(const std::string& json, model::Strictness strictness) {
  CommandResult result;
  result.code = CommandResult::Code::NotFound;
  agent_->setTarget({json, strictness, TargetSource::Api, "test"},
                    [&](CommandResult answer) { result = std::move(answer); });
  settle();
  return result;
}

void World::restartAgent(retry::Resume resume) {
  store.state.resume = resume;
  inbox_.reset();
  agent_.reset();
  for (auto& [name, runtime] : runtimes_)
    runtime->pump();
  makeAgent();
  settle();
}

model::ServiceStatus World::status(const std::string& service) const {
  return view(service).status;
}

const ServiceView& World::view(const std::string& service) const {
  const ServiceView* found = snapshot ? snapshot->find("1", service) : nullptr;
  if (found == nullptr)
    throw std::logic_error("no service " + service);
  return *found;
}

std::vector<std::string> World::newCalls() {
  const auto& calls = docker().calls;
  std::vector<std::string> result(calls.begin() + static_cast<std::ptrdiff_t>(callsSeen_),
                                  calls.end());
  callsSeen_ = calls.size();
  return result;
}

int World::countEvents(const std::string& reason, const std::string& service) const {
  return static_cast<int>(
      std::count_if(store.events.begin(), store.events.end(), [&](const model::Event& event) {
        return event.what.reason == reason && (service.empty() || event.what.service == service);
      }));
}

std::string targetOf(const std::string& services, const std::string& volume) {
  const std::string volumes = volume.empty() ? "" : R"({"name": ")" + volume + "\"}";
  return R"({"apps": {"1": {"appName": "app", "volumes": [)" + volumes + R"(], "services": [)" +
         services + "]}}}";
}

}  // namespace holdfast::engine::test

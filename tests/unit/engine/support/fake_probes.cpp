// SPDX-License-Identifier: Apache-2.0
#include "fake_probes.hpp"

#include <utility>

namespace holdfast::engine::test {

namespace {

ProbeState initially(ProbeKind kind) {
  ProbeState state;
  state.result = kind == ProbeKind::Liveness    ? ProbeResult::Success
                 : kind == ProbeKind::Readiness ? ProbeResult::Failure
                                                : ProbeResult::Unknown;
  return state;
}

void conclude(ProbeReport& report) {
  const auto good = [&](ProbeKind kind) {
    const ProbeState* state = report.find(kind);
    return state == nullptr || state->result == ProbeResult::Success;
  };
  report.started = report.running && good(ProbeKind::Startup);
  report.ready = report.started && good(ProbeKind::Readiness);
}

}  // namespace

void FakeProbes::attach(Hooks hooks) {
  hooks_ = std::move(hooks);
  tasks_.clear();
  reports_.clear();
}

void FakeProbes::watch(std::vector<ProbeTask> tasks) {
  std::map<std::string, ProbeReport> next;
  tasks_.clear();
  for (auto& task : tasks) {
    const auto before = reports_.find(task.key);
    ProbeReport report;
    report.run = task.run;
    report.running = task.running;
    const bool same = before != reports_.end() && before->second.run == task.run;
    report.began = same ? before->second.began : clock_.now().boot;
    for (const ProbeKind kind : kProbeKinds) {
      if (!task.probes.of(kind))
        continue;
      const ProbeState* known = same ? before->second.find(kind) : nullptr;
      report.probes[kind] = known != nullptr ? *known : initially(kind);
      if (kind == ProbeKind::Startup && task.hasStarted)
        report.probes[kind].result = ProbeResult::Success;
    }
    conclude(report);
    next[task.key] = std::move(report);
    tasks_[task.key] = std::move(task);
  }
  reports_ = std::move(next);
}

bool FakeProbes::say(const std::string& service, ProbeKind kind, ProbeResult result,
                     const std::string& output, int streak) {
  const auto report = reports_.find("1/" + service);
  if (report == reports_.end() || !report->second.running ||
      report->second.probes.count(kind) == 0) {
    return false;
  }
  ProbeState& state = report->second.probes.at(kind);
  state.result = result;
  state.streak = streak;
  state.streakOf = result;
  state.output = output;
  conclude(report->second);
  hooks_.changed();
  return true;
}

const ProbeTask& FakeProbes::task(const std::string& service) const {
  return tasks_.at("1/" + service);
}

}  // namespace holdfast::engine::test

// SPDX-License-Identifier: Apache-2.0
// Verdicts on services when a test gives them, by the rules of ProbePort.
#pragma once

#include "engine/probe_port.hpp"
#include "manual_clock.hpp"

#include <map>
#include <string>
#include <vector>

namespace holdfast::engine::test {

class FakeProbes final : public ProbePort {
 public:
  explicit FakeProbes(const ManualClock& clock) : clock_(clock) {}

  // As an agent that has just started: nothing is known any more.
  void attach(Hooks hooks) override;
  void watch(std::vector<ProbeTask> tasks) override;
  [[nodiscard]] const std::map<std::string, ProbeReport>& reports() const override {
    return reports_;
  }

  // A probe of the service "1/<name>" has come to this verdict, with so many equal outcomes. False
  // when there is no such probe, or nothing that runs.
  bool say(const std::string& service, ProbeKind kind, ProbeResult result,
           const std::string& output = "", int streak = 3);
  // The latest task of "1/<name>".
  [[nodiscard]] const ProbeTask& task(const std::string& service) const;

 private:
  const ManualClock& clock_;
  Hooks hooks_;
  std::map<std::string, ProbeTask> tasks_;
  std::map<std::string, ProbeReport> reports_;
};

}  // namespace holdfast::engine::test

// SPDX-License-Identifier: Apache-2.0
// How a probe is carried out: http and tcp on one thread for all, exec through the runtime.
#pragma once

#include "engine/ports.hpp"
#include "engine/probe_port.hpp"
#include "holdfast/support/async_http.hpp"
#include "probes/place.hpp"
#include "probes/worker.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace holdfast::probes {

// An attempt on its way. Destroying it gives it up.
class Flight {
 public:
  virtual ~Flight() = default;
};

// Replaced in tests.
class Handlers {
 public:
  virtual ~Handlers() = default;

  // Never blocks. `done` comes at most once, from any thread, also before this returns; not at all
  // or too late after the flight was given up.
  [[nodiscard]] virtual std::unique_ptr<Flight> begin(const engine::ProbeTask& task,
                                                      const model::Probe& probe, const Place& place,
                                                      std::function<void(Attempt)> done) = 0;
};

class RealHandlers final : public Handlers {
 public:
  // `version`: of the agent, for the user agent. The runtimes outlive this.
  RealHandlers(std::string version, const std::vector<engine::RuntimePort*>& runtimes);

  [[nodiscard]] std::unique_ptr<Flight> begin(const engine::ProbeTask& task,
                                              const model::Probe& probe, const Place& place,
                                              std::function<void(Attempt)> done) override;

 private:
  std::unique_ptr<Flight> ask(const model::Probe& probe, const Place& place,
                              std::function<void(Attempt)> done);
  std::unique_ptr<Flight> run(const engine::ProbeTask& task, const model::Probe& probe,
                              std::function<void(Attempt)> done);

  const std::string userAgent_;
  std::map<std::string, engine::RuntimePort*> runtimes_;
  support::AsyncHttp client_;
};

// What the end of each kind means to a probe. Texts are as they came, not fit to be shown.
[[nodiscard]] Attempt judgeHttp(const model::Probe& probe, const support::AsyncResult& result);
[[nodiscard]] Attempt judgeTcp(const support::AsyncResult& result);
[[nodiscard]] Attempt judgeExec(const model::Probe& probe, const engine::CallResult& result,
                                const engine::ExecEnd& end);

}  // namespace holdfast::probes

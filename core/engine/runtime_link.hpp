// SPDX-License-Identifier: Apache-2.0
// The connection to one runtime: is it there, what did it show last, when to look again. Belongs to
// the engine thread.
//
// The event stream is opened first and the look follows, so that nothing falls between; what an
// event says is a hint to look, never state (docs/behaviour.md "Reconciling").
#pragma once

#include "engine/executor.hpp"
#include "engine/plan.hpp"
#include "engine/ports.hpp"
#include "engine/snapshot.hpp"
#include "retry/retry_manager.hpp"

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace holdfast::engine {

class RuntimeLink {
 public:
  struct Hooks {
    std::function<void(RuntimeLink&)> observed;  // a fresh observation is there
    std::function<void(RuntimeLink&, bool available, const std::string& problem)> changed;
    std::function<std::vector<std::string>(const std::string& runtime)> images;
    std::function<std::uint64_t()> endings;  // Executor::endings
  };

  RuntimeLink(RuntimePort& port, retry::RetryManager& ledger, const model::Clock& clock, Post post,
              Hooks hooks);

  [[nodiscard]] const std::string& name() const { return port_.name(); }
  [[nodiscard]] RuntimePort& port() { return port_; }
  [[nodiscard]] RuntimeView view() const;
  [[nodiscard]] RuntimeStatus status() const;
  [[nodiscard]] const model::Observation* observation() const { return observation_.get(); }
  // What endings() said when the look that made observation() began.
  [[nodiscard]] std::uint64_t seenEndings() const { return seenEndings_; }

  // True once per return of the engine: the look that was just taken is the first one since the
  // engine, or with `rebooted` the machine, was away.
  [[nodiscard]] bool takeGap();
  void rebooted() { gap_ = true; }

  using Validated = std::function<void(const CallResult&)>;
  // Shows the runtime a specification; `done` comes by message, exactly once. A target has
  // thousands of them: few are shown at the same time, so that the runtime's other calls have room.
  void validate(std::string specJson, Validated done);

  // Looks at `at` at the latest.
  void lookAt(model::BootTime at);

  // A call said that the engine does not answer: find out.
  void suspect();

  // Starts what is due: a look, a ping, the event stream.
  void tick();
  [[nodiscard]] model::BootTime nextWake() const;
  void setResync(model::Milliseconds interval) { resync_ = interval; }

 private:
  void showNext();
  void validated(const CallResult& result, const Validated& done);
  void look();
  void looked(const CallResult& result, model::Observation observation, std::uint64_t endings);
  void ping();
  void openStream();
  void onEvent(const EngineEvent& event);
  void lost(const CallResult& result);
  void found();
  void askEngine();
  [[nodiscard]] bool dying() const;

  RuntimePort& port_;
  retry::RetryManager& ledger_;
  const model::Clock& clock_;
  Post post_;
  Hooks hooks_;
  const std::string ledgerKey_;
  model::Milliseconds resync_{30'000};

  bool available_ = false;
  std::string problem_ = "not looked at yet";
  bool told_ = false;  // that it does not answer
  bool gap_ = false;
  EngineInfo info_;
  bool knowsEngine_ = false;  // info_ is this engine's
  bool asking_ = false;       // what it is
  std::shared_ptr<const model::Observation> observation_;
  std::uint64_t seenEndings_ = 0;

  struct Question {
    std::string specJson;
    Validated done;
    model::BootTime since;
  };
  std::deque<Question> questions_;  // specifications that wait for their turn
  std::size_t shown_ = 0;           // those that the runtime is looking at

  bool looking_ = false;
  bool lookAgain_ = false;  // asked for while a look ran
  model::BootTime lookDue_;
  bool pinging_ = false;
  model::BootTime pingDue_;
  model::BootTime streamDue_;
  std::unique_ptr<RunningCall> stream_;
  bool streaming_ = false;
  std::optional<model::BootTime> connectedAt_;  // of the stream, once it is open
  std::uint64_t streamNumber_ = 0;

  // Containers whose end was reported, by the run that was last seen of them. Docker tells of an
  // end a little before it shows it.
  struct Dying {
    std::string run;
    model::BootTime until;
  };
  std::map<std::string, Dying> dying_;
};

}  // namespace holdfast::engine

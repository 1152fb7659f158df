// SPDX-License-Identifier: Apache-2.0
// The link to a cloud: targets from it, the device's state to it (docs/adr/0017).
//
// Enrols, polls and reports through one plugin, one call of each kind at a time, on the engine's
// thread. When a failed call is made again only the ledger says (keys cloud:register,
// cloud:keyExchange, cloud:poll, cloud:report); here are the intervals of what goes well.
//
// A report is made when it is sent, from what is then true: one that failed is never sent again.
//
// The constructor and view() may be called from any thread, everything else comes on the engine's.
#pragma once

#include "engine/companion.hpp"
#include "engine/engine.hpp"
#include "engine/snapshot.hpp"
#include "model/time.hpp"
#include "uplink/cloud_settings.hpp"
#include "uplink/device_figures.hpp"
#include "uplink/link_view.hpp"
#include "uplink/ports.hpp"
#include "uplink/report.hpp"
#include "uplink/target_intake.hpp"
#include "uplink/transitions.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace holdfast::uplink {

struct LinkSettings {
  std::string deviceName;
  std::string agentVersion;
  std::string source;  // of accepted targets, for people: the cloud's URL without credentials
  model::Milliseconds pollInterval{60'000};        // +-10 %
  model::Milliseconds reportGap{5'000};            // between two reports, at least
  model::Milliseconds heartbeatInterval{240'000};  // between two reports, at most
};

struct LinkPorts {
  UplinkPort& uplink;
  UplinkStorePort& store;
  const model::Clock& clock;
  // Engine::setTarget; answers on the engine's thread.
  std::function<void(engine::TargetRequest, std::function<void(engine::CommandResult)>)> submit;
  std::function<void(std::optional<model::Milliseconds>)> overrideResync;  // Engine's
  std::function<DeviceFigures(const model::Now&)> figures;
  std::function<double()> random;  // [0,1)
  std::function<void(engine::Severity, const std::string&)> log;
};

class Link final : public engine::Companion {
 public:
  // What the ports refer to outlives this.
  Link(LinkSettings settings, LinkPorts ports);

  void begin(retry::RetryManager& ledger, Post post) override;
  void tick() override;
  [[nodiscard]] model::BootTime nextWake() const override;

  // The engine's latest word; an observer of its snapshots.
  void look(std::shared_ptr<const engine::Snapshot> snapshot);

  // Takes effect on the engine's thread; from any.
  void reconfigure(LinkSettings settings);

  // Thread-safe. The plugin's facts are those of now.
  [[nodiscard]] LinkView view() const;

 private:
  // The calls of one kind, one after the other.
  struct Calls {
    const char* what = "";  // for the log
    bool underWay = false;
    model::BootTime began;     // the latest
    model::BootTime earliest;  // the next, when the ledger says nothing else
    CallView view;
  };
  struct BuiltReport {
    std::int64_t sequence = 0;
    std::string content;
    std::string fingerprint;
    std::int64_t lastSeq = 0;  // of the transitions in it
  };

  void restore();
  void noticeClockStep(const model::Now& now);
  void takeSettings(const engine::Snapshot& snapshot);
  [[nodiscard]] model::Milliseconds pollInterval() const;
  [[nodiscard]] model::Milliseconds heartbeatInterval() const;
  void hasten(const model::Now& now);

  [[nodiscard]] model::Milliseconds jittered(model::Milliseconds interval) const;
  [[nodiscard]] model::BootTime ladderOf(const std::string& key) const;
  void begin(Calls& calls, const model::Now& now);
  void finish(Calls& calls, const std::string& key, const engine::CallResult& result);
  void fail(Calls& calls, const std::string& key, const engine::CallResult& result,
            const model::Now& now);
  void recovered(const Calls& calls, const model::Now& now);

  [[nodiscard]] static std::string keyOf(sdk::EnrolmentStep step);
  void enrol(const model::Now& now);
  void enrolled(sdk::EnrolmentStep step, engine::CallResult result);

  [[nodiscard]] bool pollDue(const model::Now& now) const;
  void poll(const model::Now& now);
  void polled(const engine::CallResult& result, const std::optional<FetchedTarget>& fetched);
  void take(const FetchedTarget& fetched);
  void taken(const FetchedTarget& fetched, const engine::CommandResult& result);

  [[nodiscard]] bool lookedOnce(model::BootTime now) const;
  [[nodiscard]] bool reportDue(const model::Now& now);
  [[nodiscard]] BuiltReport buildReport(const model::Now& now);
  void send(BuiltReport report, const model::Now& now);
  void reported(const BuiltReport& report, const engine::CallResult& result);
  [[nodiscard]] model::BootTime nextReport() const;

  void commit();
  void publish(const model::Now& now);
  [[nodiscard]] CallView show(const Calls& calls, const std::string& key, model::BootTime earliest,
                              const model::Now& now) const;
  void log(engine::Severity severity, const std::string& text) const;

  LinkSettings settings_;
  LinkPorts ports_;
  retry::RetryManager* ledger_ = nullptr;
  Post post_;

  std::shared_ptr<const engine::Snapshot> snapshot_;
  Transitions transitions_;
  TargetIntake intake_;
  std::int64_t settingsOf_ = -1;  // revision of the target that they were read from
  CloudSettings cloud_;
  model::BootTime began_;
  std::optional<model::Milliseconds> clockOffset_;  // wall clock against boot

  sdk::EnrolmentStep enrolment_ = sdk::EnrolmentStep::None;  // as of the latest tick
  Calls enrol_{.what = "enrolment"};
  Calls poll_{.what = "asking for the target"};
  Calls report_{.what = "reporting"};
  bool submitting_ = false;  // the engine looks at a document

  std::int64_t sequence_ = 0;  // of the latest report
  std::int64_t reserved_ = 0;  // up to here numbers may be used without storing anything
  std::string reported_;       // fingerprint of the latest report that was dealt with
  std::string current_;        // fingerprint of what is true
  bool stale_ = true;          // `current_` has to be made anew
  model::BootTime heartbeat_;  // a report is due then in any case

  std::vector<Record> unsaved_;
  bool dirty_ = true;  // something came in since the last tick

  mutable std::mutex viewMutex_;
  LinkView view_;
};

}  // namespace holdfast::uplink

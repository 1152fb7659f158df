// SPDX-License-Identifier: Apache-2.0
// The uplink as the link to the cloud sees it: values in, one supervised attempt, its result out.
#pragma once

#include "holdfast/sdk/uplink.hpp"
#include "model/time.hpp"
#include "pluginhost/supervisor.hpp"
#include "pluginhost/uplink_words.hpp"
#include "uplink/ports.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace holdfast::pluginhost {

// How long each call may take before it is cancelled (docs/plugin-guide.md "Deadlines"): what a
// slow link needs for content of the usual size, with room.
struct UplinkDeadlines {
  model::Milliseconds enrol{30'000};
  model::Milliseconds fetchTarget{60'000};
  model::Milliseconds deliverReport{60'000};
  model::Milliseconds deliverLogs{60'000};
};

// Bounds on what a fetch may bring (holdfast/sdk/uplink.hpp, TargetSink). What is larger, or an
// etag with control characters, which no header could carry back, ends the call with Internal.
inline constexpr std::size_t kMaxTargetDocument = std::size_t{8} * 1024 * 1024;
inline constexpr std::size_t kMaxEtag = 1'024;

class UplinkAdapter final : public uplink::UplinkPort {
 public:
  // `plugin` and `supervisor` outlive every call that was started, stuck ones included. `words` has
  // asked the plugin since it started.
  UplinkAdapter(std::string name, sdk::UplinkPlugin& plugin, Supervisor& supervisor,
                std::shared_ptr<UplinkWords> words, UplinkDeadlines deadlines = {});

  [[nodiscard]] const std::string& name() const override { return name_; }

  // As the plugin said at the end of the call that returned last.
  [[nodiscard]] sdk::EnrolmentStep enrolment() const override { return words_->enrolment(); }
  [[nodiscard]] std::vector<uplink::Fact> facts() const override { return words_->facts(); }

  // Each `done` comes within the deadline and the supervisor's grace period.
  void enrol(uplink::Device device, std::function<void(engine::CallResult)> done) override;
  void fetchTarget(
      std::string etag,
      std::function<void(engine::CallResult, std::optional<uplink::FetchedTarget>)> done) override;
  void deliverReport(std::int64_t sequence, std::string contentJson,
                     std::function<void(engine::CallResult)> done) override;
  void deliverLogs(std::vector<uplink::LogLine> lines,
                   std::function<void(engine::CallResult)> done) override;

 private:
  // The plugin's own work in a call.
  using Attempt = std::function<sdk::Status(HostCall&)>;

  void submit(CallSpec spec, Attempt attempt, const Supervisor::Done& done);

  const std::string name_;
  sdk::UplinkPlugin& plugin_;
  Supervisor& supervisor_;
  const std::shared_ptr<UplinkWords> words_;  // shared with calls that are on their way
  const UplinkDeadlines deadlines_;
};

}  // namespace holdfast::pluginhost

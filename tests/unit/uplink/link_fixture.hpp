// SPDX-License-Identifier: Apache-2.0
// A link on a thread of the test's own, a cloud that answers as it is told, and an engine that
// takes targets in as the real one does.
#pragma once

#include "unit/uplink/samples.hpp"
#include "uplink/link.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace holdfast::uplink {

inline engine::CallResult failure(ErrorClass errorClass, const std::string& message = "no route") {
  engine::CallResult result;
  result.errorClass = errorClass;
  result.message = message;
  return result;
}

// What a cloud of the tests has, does and was told.
class Cloud final : public UplinkPort {
 public:
  struct Report {
    model::BootTime at;
    std::int64_t sequence = 0;
    boost::json::object content;
  };

  explicit Cloud(const ManualClock& clock) : clock_(clock) {}

  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] sdk::EnrolmentStep enrolment() const override { return step; }
  void enrol(Device asked, std::function<void(engine::CallResult)> done) override {
    enrolments.push_back(clock_.now().boot);
    device = std::move(asked);
    if (enrolAnswer.ok() && afterEnrolment)
      step = *afterEnrolment;
    done(enrolAnswer);
  }
  void fetchTarget(
      std::string etag,
      std::function<void(engine::CallResult, std::optional<FetchedTarget>)> done) override {
    polls.push_back(clock_.now().boot);
    etags.push_back(etag);
    if (holdPolls)
      return;
    std::optional<FetchedTarget> answer;
    if (pollAnswer.ok() && document && (etag.empty() || etag != document->etag))
      answer = document;
    done(pollAnswer, std::move(answer));
  }
  void deliverReport(std::int64_t sequence, std::string contentJson,
                     std::function<void(engine::CallResult)> done) override {
    attempts.push_back({clock_.now().boot, sequence, boost::json::parse(contentJson).as_object()});
    if (holdReports) {
      held.push_back(std::move(done));
      return;
    }
    if (reportAnswer.ok())
      reports.push_back(attempts.back());
    done(reportAnswer);
  }
  void deliverLogs(std::vector<LogLine>, std::function<void(engine::CallResult)>) override {}
  [[nodiscard]] std::vector<Fact> facts() const override { return told; }

  void away() { pollAnswer = reportAnswer = enrolAnswer = failure(ErrorClass::Transient); }
  void back() { pollAnswer = reportAnswer = enrolAnswer = {}; }
  // From now on failures come with the word that the clock is why.
  void blameTheClock() { told = {{"clockFault", "this device's clock says 1970"}}; }

  sdk::EnrolmentStep step = sdk::EnrolmentStep::None;
  std::optional<sdk::EnrolmentStep> afterEnrolment = sdk::EnrolmentStep::None;
  engine::CallResult enrolAnswer;
  engine::CallResult pollAnswer;
  engine::CallResult reportAnswer;
  std::optional<FetchedTarget> document;
  bool holdReports = false;
  bool holdPolls = false;
  std::vector<Fact> told{{"clock", "2s behind"}};

  Device device;
  std::vector<model::BootTime> enrolments;
  std::vector<model::BootTime> polls;
  std::vector<std::string> etags;  // of the polls
  std::vector<Report> attempts;
  std::vector<Report> reports;  // delivered
  std::deque<std::function<void(engine::CallResult)>> held;

 private:
  const ManualClock& clock_;
  std::string name_ = "iotistic";
};

class LinkFixture : public ::testing::Test {
 protected:
  LinkFixture() { start(); }

  void start() {
    posts_.clear();
    LinkSettings settings;
    settings.deviceName = "gateway-17";
    settings.agentVersion = agentVersion_;
    settings.source = "https://cloud.example";
    link_ = std::make_unique<Link>(
        settings,
        LinkPorts{
            .uplink = *port_,
            .store = *records_,
            .clock = clock_,
            .submit = [this](engine::TargetRequest request,
                             auto done) { submit(std::move(request), std::move(done)); },
            .overrideResync = [this](auto interval) { resyncs_.push_back(interval); },
            .figures = [](const model::Now&) { return DeviceFigures{.macAddress = "02:42"}; },
            .random = [this] { return random_; },
            .log = [this](engine::Severity, const std::string& text) { log_.push_back(text); }});
    ledger_ = std::make_unique<retry::RetryManager>(retry::Policies{}, [this] { return random_; });
    if (!savedLedger_.entries.empty())
      ledger_->restore(savedLedger_, retry::Resume::Crash, clock_.now());
    link_->begin(*ledger_,
                 [this](std::function<void()> work) { posts_.push_back(std::move(work)); });
  }

  // As kill -9 and a start would: what was under way is gone, what was stored is there.
  void kill() {
    savedLedger_.entries.clear();
    for (const auto& [key, entry] : ledger_->entries())
      savedLedger_.entries.push_back(entry);
    cloud_.held.clear();
    link_.reset();
    reopen();
    start();
    if (snapshot_)
      link_->look(snapshot_);
    settle();
  }

  // What else is gone with a process is made again from what was stored.
  virtual void reopen() {}

  // Stores what the engine would.
  virtual void remember(const engine::StateChange& change) {
    if (change.target && change.target->source == engine::TargetSource::Cloud)
      store_.cloudTarget = change.target;
  }

  // The engine's word: these services, the target that is in force.
  void show(std::vector<engine::ServiceView> services) {
    snapshot_ = snapshotOf(std::move(services), clock_.now(), targetText_);
    snapshot_->version = ++version_;
    snapshot_->storedTarget = stored_;
    if (!stored_)
      snapshot_->target = nullptr;
    link_->look(snapshot_);
    settle();
  }
  void show() { show(snapshot_ ? snapshot_->services : std::vector<engine::ServiceView>{}); }

  void submit(engine::TargetRequest request, std::function<void(engine::CommandResult)> done) {
    submitted_.push_back(request);
    posts_.push_back([this, request = std::move(request), done = std::move(done)] {
      auto parsed = model::parseTarget(request.text, request.strictness);
      engine::CommandResult result;
      if (!parsed.target) {
        result.code = engine::CommandResult::Code::Invalid;
        result.problems = parsed.problems;
        return done(result);
      }
      accept(request);
      done(result);
    });
  }

  // What was accepted is in force and on disk together with its etag.
  void accept(const engine::TargetRequest& request) {
    engine::StoredTarget stored;
    stored.text = request.text;
    stored.source = request.source;
    stored.etag = request.etag;
    stored.revision = stored_ ? stored_->revision + 1 : 1;
    stored.acceptedAt = clock_.now().wall;
    stored_ = stored;
    targetText_ = request.text;
    engine::StateChange change;
    change.target = stored;
    remember(change);
    show();
  }
  void applyLocally(const std::string& text) {
    accept({.text = text, .source = engine::TargetSource::Api});
  }

  void settle() {
    if (settling_)
      return;
    settling_ = true;
    link_->tick();
    while (!posts_.empty()) {
      auto work = std::move(posts_.front());
      posts_.pop_front();
      work();
      link_->tick();
    }
    settling_ = false;
    engine::StateChange change;
    change.ledger = ledger_->takeChanges();
    remember(change);
  }

  // Rounds of the thread until then, each when one is due.
  void pass(model::Milliseconds time) {
    const auto end = clock_.now().boot + time;
    for (int rounds = 0; link_->nextWake() <= end; ++rounds) {
      ASSERT_LT(rounds, 100'000) << "it never rests";
      clock_.pass(std::max(link_->nextWake() - clock_.now().boot, model::Milliseconds{0}));
      settle();
    }
    clock_.pass(end - clock_.now().boot);
  }

  [[nodiscard]] const boost::json::object& lastReport() const {
    return cloud_.reports.back().content;
  }

  ManualClock clock_;
  double random_ = 0.5;
  std::string agentVersion_ = "0.1.0";
  MemoryStore store_;
  Cloud cloud_{clock_};
  UplinkPort* port_ = &cloud_;          // of the next start
  UplinkStorePort* records_ = &store_;  // of the next start
  std::deque<std::function<void()>> posts_;
  bool settling_ = false;
  std::vector<std::string> log_;
  std::vector<std::optional<model::Milliseconds>> resyncs_;
  std::vector<engine::TargetRequest> submitted_;

  std::uint64_t version_ = 0;
  std::string targetText_ = R"({"apps":{},"version":"0"})";
  // The target in force: one of an operator's, until a test says otherwise.
  std::optional<engine::StoredTarget> stored_ =
      engine::StoredTarget{.text = targetText_, .source = engine::TargetSource::Api, .revision = 1};
  std::shared_ptr<engine::Snapshot> snapshot_;
  retry::RetryManager::Saved savedLedger_;
  std::unique_ptr<retry::RetryManager> ledger_;
  std::unique_ptr<Link> link_;
};

}  // namespace holdfast::uplink

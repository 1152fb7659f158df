// SPDX-License-Identifier: Apache-2.0
// All faulty runtimes in one plugin; the option `fault` says which one it is.
#include "conformance/faulty/runtime_faults.hpp"

#include <memory>

namespace holdfast::faulty {
namespace {

constexpr char kFaultyOptions[] = R"({"properties": {
  "fault":  {"type": "string", "default": "none", "description": "a class of runtime_faults.hpp"},
  "engine": {"type": "string", "default": "up", "description": "up, down or silent"},
  "name":   {"type": "string", "required": true, "description": "what the engine calls itself"},
  "second": {"type": "duration", "default": "1s", "description": "how long a second of sleep is"}
}})";

using Maker = std::unique_ptr<sdk::RuntimePlugin> (*)(sdk::Host&);

template <class Fault>
std::unique_ptr<sdk::RuntimePlugin> make(sdk::Host& host) {
  return std::make_unique<Fault>(host);
}

#define HOLDFAST_FAULT(name) \
  { #name, &make < name> }

const std::map<std::string_view, Maker> kFaults{
    HOLDFAST_FAULT(HangsUnlessStarted),
    HOLDFAST_FAULT(IsNeverHealthy),
    HOLDFAST_FAULT(RefusesPlainContainers),
    HOLDFAST_FAULT(AcceptsLists),
    HOLDFAST_FAULT(TellsNoStarts),
    HOLDFAST_FAULT(RefusesToRemoveImages),
    HOLDFAST_FAULT(AsksForUnknownOptions),
    HOLDFAST_FAULT(TakesWrongOptions),
    HOLDFAST_FAULT(MissesNoOption),
    HOLDFAST_FAULT(LeavesThreads),
    HOLDFAST_FAULT(LeavesDescriptors),
    HOLDFAST_FAULT(NeedsItsEngineToStart),
    HOLDFAST_FAULT(EndsWithItsFirstInstance),
    HOLDFAST_FAULT(IgnoresDeadlines),
    HOLDFAST_FAULT(IgnoresCancellation),
    HOLDFAST_FAULT(Throws),
    HOLDFAST_FAULT(TakesOneCallAtATime),
    HOLDFAST_FAULT(KeepsViews),
    HOLDFAST_FAULT(ExplainsNothing),
    HOLDFAST_FAULT(TellsNothingOfItself),
    HOLDFAST_FAULT(IsAlwaysHealthy),
    HOLDFAST_FAULT(AcceptsEveryMember),
    HOLDFAST_FAULT(NamesNoMember),
    HOLDFAST_FAULT(ForgetsLabels),
    HOLDFAST_FAULT(ChangesNames),
    HOLDFAST_FAULT(HidesOtherOwners),
    HOLDFAST_FAULT(ForgetsExitCodes),
    HOLDFAST_FAULT(ForgetsTimes),
    HOLDFAST_FAULT(ForgetsChecks),
    HOLDFAST_FAULT(ReportsTwice),
    HOLDFAST_FAULT(KnowsNoPause),
    HOLDFAST_FAULT(TakesCreatedForExited),
    HOLDFAST_FAULT(HidesNetworks),
    HOLDFAST_FAULT(HidesVolumes),
    HOLDFAST_FAULT(ReportsUnaskedImages),
    HOLDFAST_FAULT(ReportsForeigners),
    HOLDFAST_FAULT(CountsNoProgress),
    HOLDFAST_FAULT(TakesAbsentForTransient),
    HOLDFAST_FAULT(TakesInvalidForNotFound),
    HOLDFAST_FAULT(PullsNothing),
    HOLDFAST_FAULT(CreatesOnlyOnce),
    HOLDFAST_FAULT(MissesWhatIsGone),
    HOLDFAST_FAULT(StartsTheAbsent),
    HOLDFAST_FAULT(TouchesForeigners),
    HOLDFAST_FAULT(TakesNamesOfOthers),
    HOLDFAST_FAULT(IgnoresContainerIds),
    HOLDFAST_FAULT(PullsToCreate),
    HOLDFAST_FAULT(RetriesMissingCommands),
    HOLDFAST_FAULT(RespectsTheStubborn),
    HOLDFAST_FAULT(AcceptsEverySpecification),
    HOLDFAST_FAULT(ConnectsLate),
    HOLDFAST_FAULT(NamesTheDeadWrongly),
    HOLDFAST_FAULT(WatchesTooLong),
    HOLDFAST_FAULT(ReversesLogs),
    HOLDFAST_FAULT(ForgetsLogTimes),
    HOLDFAST_FAULT(MixesStreams),
    HOLDFAST_FAULT(IgnoresTail),
    HOLDFAST_FAULT(IgnoresSince),
    HOLDFAST_FAULT(IgnoresItsReader),
    HOLDFAST_FAULT(FollowsForGood),
    HOLDFAST_FAULT(FollowsTooLong),
    HOLDFAST_FAULT(HasLogsOfTheAbsent),
    HOLDFAST_FAULT(ForgetsCommandsCodes),
    HOLDFAST_FAULT(LetsCommandsGoOn),
    HOLDFAST_FAULT(FindsEveryCommand),
    HOLDFAST_FAULT(RunsCommandsAnywhere),
};

std::unique_ptr<sdk::RuntimePlugin> makeFaulty(sdk::Host& host) {
  const auto found = kFaults.find(host.option("fault"));
  if (found == kFaults.end()) {
    throw std::invalid_argument("fault: there is no such fault");
  }
  return found->second(host);
}

class FaultyRuntime final : public sdk::RuntimePlugin {
 public:
  explicit FaultyRuntime(sdk::Host& host) : fault_(makeFaulty(host)) {}

  Status start(Call& call) override { return fault_->start(call); }
  Status health(Call& call) override { return fault_->health(call); }
  void stop() noexcept override { fault_->stop(); }
  Status engineInfo(Call& call, sdk::EngineInfoSink& sink) override {
    return fault_->engineInfo(call, sink);
  }
  Status validate(std::string_view specJson, Call& call) override {
    return fault_->validate(specJson, call);
  }
  Status observe(const sdk::ObserveRequest& request, Call& call,
                 sdk::ObservationSink& sink) override {
    return fault_->observe(request, call, sink);
  }
  Status execute(const sdk::Step& step, Call& call) override { return fault_->execute(step, call); }
  Status pull(const sdk::PullRequest& request, Call& call, sdk::ProgressSink& sink) override {
    return fault_->pull(request, call, sink);
  }
  Status watch(Call& call, sdk::EventSink& sink) override { return fault_->watch(call, sink); }
  Status logs(const sdk::LogRequest& request, Call& call, sdk::OutputSink& sink) override {
    return fault_->logs(request, call, sink);
  }
  Status exec(const sdk::ExecRequest& request, Call& call, sdk::OutputSink& sink,
              sdk::ExecResult& result) override {
    return fault_->exec(request, call, sink, result);
  }

 private:
  const std::unique_ptr<sdk::RuntimePlugin> fault_;
};

}  // namespace
}  // namespace holdfast::faulty

HOLDFAST_RUNTIME_PLUGIN(holdfast::faulty::FaultyRuntime, "faulty", "1.0.0",
                        holdfast::faulty::kFaultyOptions)

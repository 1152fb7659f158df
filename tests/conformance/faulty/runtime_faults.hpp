// SPDX-License-Identifier: Apache-2.0
// Runtimes that break one rule each. Which test of the conformance kit has to notice is in
// CMakeLists.txt.
#pragma once

#include "conformance/memory_runtime/memory_runtime.hpp"

#include <fcntl.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <condition_variable>
#include <stdexcept>
#include <thread>

namespace holdfast::faulty {

using memory::MemoryRuntime;
using sdk::Call;
using sdk::ErrorClass;
using sdk::Status;
using sdk::StepKind;

// A sink that hands on what it is given, for those who change a part of it.
class Forward : public sdk::ObservationSink {
 public:
  explicit Forward(sdk::ObservationSink& to) : to_(to) {}
  virtual ~Forward() = default;
  void container(const sdk::ContainerRecord& record) noexcept override { to_.container(record); }
  void image(const sdk::ImageRecord& record) noexcept override { to_.image(record); }
  void network(const sdk::NetworkRecord& record) noexcept override { to_.network(record); }
  void volume(const sdk::VolumeRecord& record) noexcept override { to_.volume(record); }

 protected:
  sdk::ObservationSink& to_;
};

// A runtime that reports through `Sink`.
template <class Sink>
class Reports : public MemoryRuntime {
 public:
  using MemoryRuntime::MemoryRuntime;
  Status observe(const sdk::ObserveRequest& request, Call& call,
                 sdk::ObservationSink& sink) override {
    Sink changed(sink);
    return MemoryRuntime::observe(request, call, changed);
  }
};

// --- options and life ----------------------------------------------------------------------------

class AsksForUnknownOptions : public MemoryRuntime {
 public:
  explicit AsksForUnknownOptions(sdk::Host& host) : MemoryRuntime(host) {
    static_cast<void>(host.option("colour"));
  }
};

// Makes something of every configuration.
class DefaultingHost final : public sdk::Host {
 public:
  DefaultingHost(sdk::Host& host, std::string_view option, std::string_view value,
                 std::string_view instead)
      : host_(host), option_(option), value_(value), instead_(instead) {}
  virtual ~DefaultingHost() = default;
  void log(sdk::LogLevel level, std::string_view message,
           std::span<const sdk::KeyValue> fields) noexcept override {
    host_.log(level, message, fields);
  }
  [[nodiscard]] std::string_view option(std::string_view name) const noexcept override {
    const std::string_view given = host_.option(name);
    return name == option_ && given == value_ ? instead_ : given;
  }
  [[nodiscard]] std::string_view stateDirectory() const noexcept override {
    return host_.stateDirectory();
  }

 private:
  sdk::Host& host_;
  std::string_view option_;
  std::string_view value_;
  std::string_view instead_;
};

class TakesWrongOptions : public MemoryRuntime {
 public:
  explicit TakesWrongOptions(sdk::Host& host)
      : TakesWrongOptions(std::make_shared<DefaultingHost>(host, "engine", "sideways", "up")) {}

 private:
  explicit TakesWrongOptions(std::shared_ptr<DefaultingHost> host)
      : MemoryRuntime(*host), kept_(std::move(host)) {}
  std::shared_ptr<DefaultingHost> kept_;
};

class MissesNoOption : public MemoryRuntime {
 public:
  explicit MissesNoOption(sdk::Host& host)
      : MissesNoOption(std::make_shared<DefaultingHost>(host, "name", "", "Nameless")) {}

 private:
  explicit MissesNoOption(std::shared_ptr<DefaultingHost> host)
      : MemoryRuntime(*host), kept_(std::move(host)) {}
  std::shared_ptr<DefaultingHost> kept_;
};

class LeavesThreads : public MemoryRuntime {
 public:
  using MemoryRuntime::MemoryRuntime;
  Status start(Call& call) override {
    std::thread([] {
      std::mutex mutex;
      std::unique_lock lock(mutex);
      std::condition_variable never;
      never.wait(lock, [] { return false; });
    }).detach();
    return MemoryRuntime::start(call);
  }
};

class LeavesDescriptors : public MemoryRuntime {
 public:
  using MemoryRuntime::MemoryRuntime;
  Status start(Call& call) override {
    static_cast<void>(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    return MemoryRuntime::start(call);
  }
};

class NeedsItsEngineToStart : public MemoryRuntime {
 public:
  using MemoryRuntime::MemoryRuntime;
  Status start(Call& call) override {
    return isDown() ? fail(call, ErrorClass::Unavailable, "down") : Status{};
  }
};

class EndsWithItsFirstInstance : public MemoryRuntime {
 public:
  explicit EndsWithItsFirstInstance(sdk::Host& host) : MemoryRuntime(host) { ++living(); }
  ~EndsWithItsFirstInstance() override { --living(); }
  void stop() noexcept override { broken() = living() > 1; }
  Status health(Call& call) override {
    return broken() ? fail(call, ErrorClass::Unavailable, "stopped") : MemoryRuntime::health(call);
  }

 private:
  static std::atomic<int>& living() {
    static std::atomic<int> count{0};
    return count;
  }
  static std::atomic<bool>& broken() {
    static std::atomic<bool> value{false};
    return value;
  }
};

class HangsUnlessStarted : public MemoryRuntime {
 public:
  using MemoryRuntime::MemoryRuntime;
  // Longer than the kit waits.
  ~HangsUnlessStarted() override {
    if (!started_) {
      std::this_thread::sleep_for(std::chrono::seconds(20));
    }
  }
  Status start(Call& call) override {
    started_ = true;
    return MemoryRuntime::start(call);
  }

 private:
  bool started_ = false;
};

// --- calls ---------------------------------------------------------------------------------------

class IgnoresDeadlines : public MemoryRuntime {
 public:
  using MemoryRuntime::MemoryRuntime;
  Status health(Call& call) override {
    const bool goesOn = isSilent() && call.remainingMs() < 1'000;
    if (goesOn) {
      std::this_thread::sleep_for(std::chrono::seconds(2));
    }
    return MemoryRuntime::health(call);
  }
};

class IgnoresCancellation : public MemoryRuntime {
 public:
  using MemoryRuntime::MemoryRuntime;
  Status health(Call& call) override {
    if (isSilent() && call.remainingMs() > 1'000) {
      std::this_thread::sleep_for(std::chrono::seconds(3));
    }
    return MemoryRuntime::health(call);
  }
};

class Throws : public MemoryRuntime {
 public:
  using MemoryRuntime::MemoryRuntime;
  Status execute(const sdk::Step& step, Call& call) override {
    if (step.kind > StepKind::RemoveImage) {
      throw std::out_of_range("no such step");
    }
    return MemoryRuntime::execute(step, call);
  }
};

class TakesOneCallAtATime : public MemoryRuntime {
 public:
  using MemoryRuntime::MemoryRuntime;
  Status execute(const sdk::Step& step, Call& call) override {
    if (busy_.exchange(true)) {
      return fail(call, ErrorClass::Transient, "busy");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    const Status status = MemoryRuntime::execute(step, call);
    busy_ = false;
    return status;
  }

 private:
  std::atomic<bool> busy_{false};
};

class KeepsViews : public MemoryRuntime {
 public:
  using MemoryRuntime::MemoryRuntime;
  Status logs(const sdk::LogRequest& request, Call& call, sdk::OutputSink& sink) override {
    same_ = !last_.empty() && last_.front() == 'i';
    last_ = request.containerId;
    return MemoryRuntime::logs(request, call, sink);
  }

 private:
  std::string_view last_;
  bool same_ = false;
};

class ExplainsNothing : public MemoryRuntime {
 public:
  using MemoryRuntime::MemoryRuntime;
  Status pull(const sdk::PullRequest& request, Call& call, sdk::ProgressSink& sink) override {
    const Status status = MemoryRuntime::pull(request, call, sink);
    call.explain({}, {});
    return status;
  }
};

// --- the engine ----------------------------------------------------------------------------------

class TellsNothingOfItself : public MemoryRuntime {
 public:
  using MemoryRuntime::MemoryRuntime;
  Status engineInfo(Call& call, sdk::EngineInfoSink& sink) override {
    const Status reached = reach(call);
    if (reached.ok()) {
      sink.engineInfo({});
    }
    return reached;
  }
};

class IsAlwaysHealthy : public MemoryRuntime {
 public:
  using MemoryRuntime::MemoryRuntime;
  Status health(Call& call) override { return isDown() ? Status{} : MemoryRuntime::health(call); }
};

class IsNeverHealthy : public MemoryRuntime {
 public:
  using MemoryRuntime::MemoryRuntime;
  Status health(Call& call) override {
    const Status reached = reach(call);
    return reached.ok() ? fail(call, ErrorClass::Unavailable, "unwell") : reached;
  }
};

class RefusesPlainContainers : public MemoryRuntime {
 public:
  using MemoryRuntime::MemoryRuntime;
  Status validate(std::string_view spec, Call& call) override {
    return spec.find("_plain") != std::string_view::npos
               ? fail(call, ErrorClass::Invalid, "too plain")
               : MemoryRuntime::validate(spec, call);
  }
};

class AcceptsLists : public MemoryRuntime {
 public:
  using MemoryRuntime::MemoryRuntime;
  Status validate(std::string_view spec, Call& call) override {
    return spec == "[]" ? Status{} : MemoryRuntime::validate(spec, call);
  }
};

class AcceptsEveryMember : public MemoryRuntime {
 public:
  using MemoryRuntime::MemoryRuntime;
  Status validate(std::string_view spec, Call& call) override {
    const Status status = MemoryRuntime::validate(spec, call);
    return spec.find("teleport") != std::string_view::npos ? Status{} : status;
  }
};

class NamesNoMember : public MemoryRuntime {
 public:
  using MemoryRuntime::MemoryRuntime;
  Status validate(std::string_view spec, Call& call) override {
    const Status status = MemoryRuntime::validate(spec, call);
    return status.ok() ? status : fail(call, status.code, "the specification is wrong");
  }
};

// --- looks ---------------------------------------------------------------------------------------

class WithoutExtraLabels : public Forward {
 public:
  using Forward::Forward;
  void container(const sdk::ContainerRecord& record) noexcept override {
    std::vector<sdk::KeyValue> labels;
    std::copy_if(record.labels.begin(), record.labels.end(), std::back_inserter(labels),
                 [](const sdk::KeyValue& label) { return label.key.starts_with("io.holdfast."); });
    sdk::ContainerRecord changed = record;
    changed.labels = labels;
    to_.container(changed);
  }
};
using ForgetsLabels = Reports<WithoutExtraLabels>;

class WithLowerCaseNames : public Forward {
 public:
  using Forward::Forward;
  void container(const sdk::ContainerRecord& record) noexcept override {
    std::string name(record.name);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    sdk::ContainerRecord changed = record;
    changed.name = name;
    to_.container(changed);
  }
};
using ChangesNames = Reports<WithLowerCaseNames>;

class WithoutOtherOwners : public Forward {
 public:
  using Forward::Forward;
  void container(const sdk::ContainerRecord& record) noexcept override {
    const bool others =
        std::any_of(record.labels.begin(), record.labels.end(), [](const sdk::KeyValue& label) {
          return label.key == sdk::kOwnerLabel && label.value.starts_with("00000000-");
        });
    if (!others || record.name.ends_with("_taken")) {
      to_.container(record);
    }
  }
};
using HidesOtherOwners = Reports<WithoutOtherOwners>;

class WithoutExitCodes : public Forward {
 public:
  using Forward::Forward;
  void container(const sdk::ContainerRecord& record) noexcept override {
    sdk::ContainerRecord changed = record;
    changed.exitCode = 0;
    to_.container(changed);
  }
};
using ForgetsExitCodes = Reports<WithoutExitCodes>;

class WithoutTimes : public Forward {
 public:
  using Forward::Forward;
  void container(const sdk::ContainerRecord& record) noexcept override {
    sdk::ContainerRecord changed = record;
    changed.startedAtMs = sdk::kNoTime;
    to_.container(changed);
  }
};
using ForgetsTimes = Reports<WithoutTimes>;

class WithEachImageTwice : public Forward {
 public:
  using Forward::Forward;
  void image(const sdk::ImageRecord& record) noexcept override {
    to_.image(record);
    to_.image(record);
  }
};
using ReportsTwice = Reports<WithEachImageTwice>;

class WithoutChecks : public Forward {
 public:
  using Forward::Forward;
  void image(const sdk::ImageRecord& record) noexcept override {
    sdk::ImageRecord changed = record;
    changed.healthArgv = {};
    to_.image(changed);
  }
};
using ForgetsChecks = Reports<WithoutChecks>;

class WithPausedAsRunning : public Forward {
 public:
  using Forward::Forward;
  void container(const sdk::ContainerRecord& record) noexcept override {
    sdk::ContainerRecord changed = record;
    if (changed.state == sdk::ContainerState::Paused) {
      changed.state = sdk::ContainerState::Running;
    }
    to_.container(changed);
  }
};
using KnowsNoPause = Reports<WithPausedAsRunning>;

class WithCreatedAsExited : public Forward {
 public:
  using Forward::Forward;
  void container(const sdk::ContainerRecord& record) noexcept override {
    sdk::ContainerRecord changed = record;
    if (changed.state == sdk::ContainerState::Created) {
      changed.state = sdk::ContainerState::Exited;
    }
    to_.container(changed);
  }
};
using TakesCreatedForExited = Reports<WithCreatedAsExited>;

class WithoutNetworks : public Forward {
 public:
  using Forward::Forward;
  void network(const sdk::NetworkRecord&) noexcept override {}
};
using HidesNetworks = Reports<WithoutNetworks>;

class WithoutVolumes : public Forward {
 public:
  using Forward::Forward;
  void volume(const sdk::VolumeRecord&) noexcept override {}
};
using HidesVolumes = Reports<WithoutVolumes>;

class ReportsUnaskedImages : public MemoryRuntime {
 public:
  using MemoryRuntime::MemoryRuntime;
  Status observe(const sdk::ObserveRequest& request, Call& call,
                 sdk::ObservationSink& sink) override {
    const Status status = MemoryRuntime::observe(request, call, sink);
    if (status.ok() && request.images.empty()) {
      sdk::ImageRecord record;
      record.reference = "memory/other:1";
      record.id = "sha256:0002";
      sink.image(record);
    }
    return status;
  }
};

class ReportsForeigners : public MemoryRuntime {
 public:
  using MemoryRuntime::MemoryRuntime;
  Status observe(const sdk::ObserveRequest& request, Call& call,
                 sdk::ObservationSink& sink) override {
    const Status status = MemoryRuntime::observe(request, call, sink);
    if (status.ok()) {
      sdk::ContainerRecord record;
      record.state = sdk::ContainerState::Running;
      record.id = "id-of-somebodys";
      record.name = "somebodys";
      sink.container(record);
    }
    return status;
  }
};

// --- pulls ---------------------------------------------------------------------------------------

class CountsNoProgress : public MemoryRuntime {
 public:
  using MemoryRuntime::MemoryRuntime;
  Status pull(const sdk::PullRequest& request, Call& call, sdk::ProgressSink& sink) override {
    Same same(sink);
    return MemoryRuntime::pull(request, call, same);
  }

 private:
  class Same final : public sdk::ProgressSink {
   public:
    explicit Same(sdk::ProgressSink& to) : to_(to) {}
    virtual ~Same() = default;
    void progress(const sdk::PullProgress& progress) noexcept override {
      sdk::PullProgress changed = progress;
      changed.sequence = 1;
      to_.progress(changed);
    }

   private:
    sdk::ProgressSink& to_;
  };
};

// Answers pulls that end in `From` with `To`.
template <ErrorClass From, ErrorClass To>
class MisjudgesPulls : public MemoryRuntime {
 public:
  using MemoryRuntime::MemoryRuntime;
  Status pull(const sdk::PullRequest& request, Call& call, sdk::ProgressSink& sink) override {
    const Status status = MemoryRuntime::pull(request, call, sink);
    return status.code == From ? Status{To} : status;
  }
};
using TakesAbsentForTransient = MisjudgesPulls<ErrorClass::NotFound, ErrorClass::Transient>;
using TakesInvalidForNotFound = MisjudgesPulls<ErrorClass::Invalid, ErrorClass::NotFound>;

class PullsNothing : public MemoryRuntime {
 public:
  using MemoryRuntime::MemoryRuntime;
  // The kit's first pull is needed by all tests; later ones say Ok and do nothing.
  Status pull(const sdk::PullRequest& request, Call& call, sdk::ProgressSink& sink) override {
    if (!removed_) {
      return MemoryRuntime::pull(request, call, sink);
    }
    sdk::PullProgress progress;
    progress.sequence = 1;
    progress.phase = "resolving";
    sink.progress(progress);
    return {};
  }
  Status execute(const sdk::Step& step, Call& call) override {
    removed_ = removed_ || step.kind == StepKind::RemoveImage;
    return MemoryRuntime::execute(step, call);
  }

 private:
  std::atomic<bool> removed_{false};
};

// --- steps ---------------------------------------------------------------------------------------

class CreatesOnlyOnce : public MemoryRuntime {
 public:
  using MemoryRuntime::MemoryRuntime;
  Status execute(const sdk::Step& step, Call& call) override {
    const Status status = MemoryRuntime::execute(step, call);
    if (step.kind != StepKind::CreateContainer || !status.ok()) {
      return status;
    }
    const std::lock_guard lock(mutex_);
    return names_.emplace(step.name).second ? status
                                            : fail(call, ErrorClass::Conflict, "the name is taken");
  }

 private:
  std::mutex mutex_;
  std::set<std::string> names_;
};

class MissesWhatIsGone : public MemoryRuntime {
 public:
  using MemoryRuntime::MemoryRuntime;
  Status execute(const sdk::Step& step, Call& call) override {
    return step.kind == StepKind::RemoveNetwork && step.name.ends_with("_nobody")
               ? fail(call, ErrorClass::NotFound, "no such network")
               : MemoryRuntime::execute(step, call);
  }
};

class StartsTheAbsent : public MemoryRuntime {
 public:
  using MemoryRuntime::MemoryRuntime;
  Status execute(const sdk::Step& step, Call& call) override {
    const Status status = MemoryRuntime::execute(step, call);
    const bool absent =
        step.kind == StepKind::StartContainer && status.code == ErrorClass::NotFound;
    return absent ? fail(call, ErrorClass::Transient, "look again") : status;
  }
};

class TouchesForeigners : public MemoryRuntime {
 public:
  using MemoryRuntime::MemoryRuntime;
  Status execute(const sdk::Step& step, Call& call) override {
    return step.kind == StepKind::StopContainer && step.name == "somebodys"
               ? Status{}
               : MemoryRuntime::execute(step, call);
  }
};

class TakesNamesOfOthers : public MemoryRuntime {
 public:
  using MemoryRuntime::MemoryRuntime;
  Status execute(const sdk::Step& step, Call& call) override {
    const Status status = MemoryRuntime::execute(step, call);
    return step.kind == StepKind::CreateContainer && step.name.ends_with("_taken") ? Status{}
                                                                                   : status;
  }
};

class IgnoresContainerIds : public MemoryRuntime {
 public:
  using MemoryRuntime::MemoryRuntime;
  Status execute(const sdk::Step& step, Call& call) override {
    sdk::Step changed = step;
    changed.containerId = {};
    return MemoryRuntime::execute(changed, call);
  }
};

class PullsToCreate : public MemoryRuntime {
 public:
  using MemoryRuntime::MemoryRuntime;
  Status execute(const sdk::Step& step, Call& call) override {
    if (step.kind == StepKind::CreateContainer) {
      class Nobody final : public sdk::ProgressSink {
       public:
        virtual ~Nobody() = default;
        void progress(const sdk::PullProgress&) noexcept override {}
      } nobody;
      sdk::PullRequest request;
      request.reference = step.image;
      if (const Status pulled = pull(request, call, nobody); !pulled.ok()) {
        const Status status = MemoryRuntime::execute(step, call);
        return status;
      }
    }
    return MemoryRuntime::execute(step, call);
  }
};

class RetriesMissingCommands : public MemoryRuntime {
 public:
  using MemoryRuntime::MemoryRuntime;
  Status execute(const sdk::Step& step, Call& call) override {
    const Status status = MemoryRuntime::execute(step, call);
    return status.code == ErrorClass::Rejected ? Status{ErrorClass::Transient} : status;
  }
};

class RespectsTheStubborn : public MemoryRuntime {
 public:
  using MemoryRuntime::MemoryRuntime;
  Status execute(const sdk::Step& step, Call& call) override {
    // With the grace of the kit's own tidying up, it does stop.
    return step.kind == StepKind::StopContainer && step.graceMs == 300
               ? fail(call, ErrorClass::Transient, "it does not want to")
               : MemoryRuntime::execute(step, call);
  }
};

class RefusesToRemoveImages : public MemoryRuntime {
 public:
  using MemoryRuntime::MemoryRuntime;
  Status execute(const sdk::Step& step, Call& call) override {
    return step.kind == StepKind::RemoveImage && step.image.starts_with("memory/")
               ? fail(call, ErrorClass::Conflict, "the image may be in use")
               : MemoryRuntime::execute(step, call);
  }
};

class AcceptsEverySpecification : public MemoryRuntime {
 public:
  using MemoryRuntime::MemoryRuntime;
  Status execute(const sdk::Step& step, Call& call) override {
    const Status status = MemoryRuntime::execute(step, call);
    return step.kind == StepKind::CreateContainer && step.name.ends_with("_invalid") ? Status{}
                                                                                     : status;
  }
};

// --- streams -------------------------------------------------------------------------------------

// Hands on only events that `Keep` wants.
template <class Keep>
class FiltersEvents : public MemoryRuntime {
 public:
  using MemoryRuntime::MemoryRuntime;
  Status watch(Call& call, sdk::EventSink& sink) override {
    Filter filter(sink);
    return MemoryRuntime::watch(call, filter);
  }

 private:
  class Filter final : public sdk::EventSink {
   public:
    explicit Filter(sdk::EventSink& to) : to_(to) {}
    virtual ~Filter() = default;
    void event(const sdk::EngineEvent& event) noexcept override { Keep()(event, to_); }

   private:
    sdk::EventSink& to_;
  };
};

struct ConnectedSecond {
  void operator()(const sdk::EngineEvent& event, sdk::EventSink& to) const {
    if (event.kind == sdk::EventKind::Connected) {
      sdk::EngineEvent early = event;
      early.kind = sdk::EventKind::Changed;
      to.event(early);
    }
    to.event(event);
  }
};
using ConnectsLate = FiltersEvents<ConnectedSecond>;

struct WithoutStarts {
  void operator()(const sdk::EngineEvent& event, sdk::EventSink& to) const {
    if (event.kind != sdk::EventKind::Started) {
      to.event(event);
    }
  }
};
using TellsNoStarts = FiltersEvents<WithoutStarts>;

struct WithNameForId {
  void operator()(const sdk::EngineEvent& event, sdk::EventSink& to) const {
    sdk::EngineEvent changed = event;
    if (event.kind == sdk::EventKind::Died) {
      changed.containerId = event.containerName;
    }
    to.event(changed);
  }
};
using NamesTheDeadWrongly = FiltersEvents<WithNameForId>;

class WatchesTooLong : public MemoryRuntime {
 public:
  using MemoryRuntime::MemoryRuntime;
  Status watch(Call& call, sdk::EventSink& sink) override {
    const Status status = MemoryRuntime::watch(call, sink);
    if (!isSilent() && !isDown()) {
      std::this_thread::sleep_for(std::chrono::seconds(2));
    }
    return status;
  }
};

// Changes each log request and each line by `Change`.
template <class Change>
class ChangesLogs : public MemoryRuntime {
 public:
  using MemoryRuntime::MemoryRuntime;
  Status logs(const sdk::LogRequest& request, Call& call, sdk::OutputSink& sink) override {
    Changed changed(sink);
    sdk::LogRequest wanted = request;
    Change::request(wanted);
    const Status status = MemoryRuntime::logs(wanted, call, changed);
    changed.change_.end(sink);
    return status;
  }

 private:
  class Changed final : public sdk::OutputSink {
   public:
    explicit Changed(sdk::OutputSink& to) : to_(to) {}
    virtual ~Changed() = default;
    bool output(sdk::OutputStream stream, std::int64_t timeMs,
                std::string_view bytes) noexcept override {
      return change_.output(to_, stream, timeMs, bytes);
    }
    Change change_;

   private:
    sdk::OutputSink& to_;
  };
};

// What a change of logs does unless it says otherwise: nothing.
struct SameLogs {
  static void request(sdk::LogRequest&) {}
  static bool output(sdk::OutputSink& to, sdk::OutputStream stream, std::int64_t timeMs,
                     std::string_view bytes) {
    return to.output(stream, timeMs, bytes);
  }
  static void end(sdk::OutputSink&) {}
};

struct NoTail : SameLogs {
  static void request(sdk::LogRequest& request) { request.tail = -1; }
};
using IgnoresTail = ChangesLogs<NoTail>;

struct NoSince : SameLogs {
  static void request(sdk::LogRequest& request) { request.sinceMs = sdk::kNoTime; }
};
using IgnoresSince = ChangesLogs<NoSince>;

struct OneStream : SameLogs {
  static bool output(sdk::OutputSink& to, sdk::OutputStream, std::int64_t timeMs,
                     std::string_view bytes) {
    return to.output(sdk::OutputStream::Stdout, timeMs, bytes);
  }
};
using MixesStreams = ChangesLogs<OneStream>;

struct NoTimes : SameLogs {
  static bool output(sdk::OutputSink& to, sdk::OutputStream stream, std::int64_t timeMs,
                     std::string_view bytes) {
    // The test of `since` goes by the time of "late".
    return to.output(stream, bytes == "late" ? timeMs : 0, bytes);
  }
};
using ForgetsLogTimes = ChangesLogs<NoTimes>;

struct EndlessLogs : SameLogs {
  static bool output(sdk::OutputSink& to, sdk::OutputStream stream, std::int64_t timeMs,
                     std::string_view bytes) {
    static_cast<void>(to.output(stream, timeMs, bytes));
    return true;
  }
};
using IgnoresItsReader = ChangesLogs<EndlessLogs>;

struct NewestFirst : SameLogs {
  bool output(sdk::OutputSink&, sdk::OutputStream stream, std::int64_t timeMs,
              std::string_view bytes) {
    lines_.push_back({stream, timeMs, std::string(bytes)});
    return true;
  }
  void end(sdk::OutputSink& to) {
    for (auto line = lines_.rbegin(); line != lines_.rend(); ++line) {
      if (!to.output(line->stream, line->timeMs, line->text)) {
        return;
      }
    }
  }

 private:
  struct Line {
    sdk::OutputStream stream;
    std::int64_t timeMs;
    std::string text;
  };
  std::vector<Line> lines_;
};

class ReversesLogs : public ChangesLogs<NewestFirst> {
 public:
  using ChangesLogs::ChangesLogs;
  Status logs(const sdk::LogRequest& request, Call& call, sdk::OutputSink& sink) override {
    return request.follow != 0 ? MemoryRuntime::logs(request, call, sink)
                               : ChangesLogs::logs(request, call, sink);
  }
};

class FollowsForGood : public MemoryRuntime {
 public:
  using MemoryRuntime::MemoryRuntime;
  Status logs(const sdk::LogRequest& request, Call& call, sdk::OutputSink& sink) override {
    const Status status = MemoryRuntime::logs(request, call, sink);
    if (request.follow != 0 && status.ok()) {
      wait(call, 25'000);
    }
    return status;
  }
};

class FollowsTooLong : public MemoryRuntime {
 public:
  using MemoryRuntime::MemoryRuntime;
  Status logs(const sdk::LogRequest& request, Call& call, sdk::OutputSink& sink) override {
    const Status status = MemoryRuntime::logs(request, call, sink);
    if (request.follow != 0 && status.code == ErrorClass::Cancelled) {
      std::this_thread::sleep_for(std::chrono::seconds(2));
    }
    return status;
  }
};

class HasLogsOfTheAbsent : public MemoryRuntime {
 public:
  using MemoryRuntime::MemoryRuntime;
  Status logs(const sdk::LogRequest& request, Call& call, sdk::OutputSink& sink) override {
    const Status status = MemoryRuntime::logs(request, call, sink);
    return status.code == ErrorClass::NotFound ? Status{} : status;
  }
};

// --- commands ------------------------------------------------------------------------------------

class ForgetsCommandsCodes : public MemoryRuntime {
 public:
  using MemoryRuntime::MemoryRuntime;
  Status exec(const sdk::ExecRequest& request, Call& call, sdk::OutputSink& sink,
              sdk::ExecResult& result) override {
    const Status status = MemoryRuntime::exec(request, call, sink, result);
    result.exitCode = result.exitCode == 4 ? 0 : result.exitCode;
    return status;
  }
};

class LetsCommandsGoOn : public MemoryRuntime {
 public:
  using MemoryRuntime::MemoryRuntime;
  Status exec(const sdk::ExecRequest& request, Call& call, sdk::OutputSink& sink,
              sdk::ExecResult& result) override {
    if (request.timeoutMs >= 1'000) {
      return MemoryRuntime::exec(request, call, sink, result);
    }
    sdk::ExecRequest patient = request;
    patient.timeoutMs = 10'000;
    return MemoryRuntime::exec(patient, call, sink, result);
  }
};

class FindsEveryCommand : public MemoryRuntime {
 public:
  using MemoryRuntime::MemoryRuntime;
  Status exec(const sdk::ExecRequest& request, Call& call, sdk::OutputSink& sink,
              sdk::ExecResult& result) override {
    const Status status = MemoryRuntime::exec(request, call, sink, result);
    return status.code == ErrorClass::Rejected ? Status{} : status;
  }
};

class RunsCommandsAnywhere : public MemoryRuntime {
 public:
  using MemoryRuntime::MemoryRuntime;
  Status exec(const sdk::ExecRequest& request, Call& call, sdk::OutputSink& sink,
              sdk::ExecResult& result) override {
    const Status status = MemoryRuntime::exec(request, call, sink, result);
    return status.code == ErrorClass::Conflict ? Status{} : status;
  }
};

}  // namespace holdfast::faulty

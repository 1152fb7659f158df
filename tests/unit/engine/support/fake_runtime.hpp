// SPDX-License-Identifier: Apache-2.0
// An engine in memory behind RuntimePort: containers, images, networks and volumes that behave, and
// failures where a test asks for them. Calls are answered when the test pumps them, so that every
// order of answers can be made.
#pragma once

#include "engine/ports.hpp"
#include "manual_clock.hpp"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace holdfast::engine::test {

class FakeRuntime final : public RuntimePort {
 public:
  FakeRuntime(std::string name, ManualClock& clock) : name_(std::move(name)), clock_(clock) {}

  // Failures. A step fails while its "<stepName> <object>" is a key here, a pull while its
  // reference is; a pull whose reference is in `hanging` never ends by itself.
  std::map<std::string, CallResult> failures;
  std::set<std::string> hanging;
  std::map<std::string, PullProgress> progress;  // told as soon as the pull begins
  std::map<std::string, std::string> refused;    // image in the spec -> reason, by validate()
  std::set<std::string> unanswered;              // images in specs that validate() has no answer to
  std::map<std::string, std::string> published;  // reference -> image id that a pull brings
  int stopCode = 143;                            // with which a stopped container ends
  EngineInfo info{.name = "Fake", .version = "1"};
  bool down = false;
  bool untold = false;     // does not say what it is
  bool eventless = false;  // opens no stream of events
  bool fickle = false;     // ends each as soon as it is open
  bool deaf = false;       // takes calls, and answers nothing (kept until pump() after it is false)
  // Spoils what a look shows, and says how the look ends.
  std::function<CallResult(model::Observation&)> spoilLook;

  // The engine's state, for tests to read and to disturb.
  std::map<std::string, model::ObservedContainer> containers;  // by name
  std::map<std::string, model::ObservedImage> images;
  std::map<std::string, std::map<std::string, std::string>> networks;  // name -> labels
  std::map<std::string, std::map<std::string, std::string>> volumes;

  // Every mutating call as "<stepName> <object>" or "pull <reference>", in order.
  std::vector<std::string> calls;
  // The same of all runtimes that were given this list, as "<runtime>: <call>". May be nullptr.
  std::vector<std::string>* journal = nullptr;
  int looks = 0;
  int validations = 0;  // that were let through

  // A process ends; the event stream tells.
  void exit(const std::string& container, int code, bool oom = false);
  // The stream of events ends; the engine goes on.
  void breakStream();
  // dockerd is gone and back, with every container stopped by it.
  void crash();

  // Answers everything that waits. True when there was anything.
  bool pump();

  [[nodiscard]] const std::string& name() const override { return name_; }
  void health(std::function<void(CallResult)> done) override;
  void engineInfo(std::function<void(CallResult, EngineInfo)> done) override;
  void validate(std::string specJson, std::function<void(CallResult)> done) override;
  void observe(std::vector<std::string> images,
               std::function<void(CallResult, model::Observation)> done) override;
  void execute(StepCall step, std::function<void(CallResult)> done) override;
  [[nodiscard]] std::unique_ptr<RunningCall> pull(std::string reference,
                                                  std::function<void(PullProgress)> progress,
                                                  std::function<void(CallResult)> done) override;
  [[nodiscard]] std::unique_ptr<RunningCall> watch(std::function<void(EngineEvent)> event,
                                                   std::function<void(CallResult)> done) override;
  // Refused: here probes have a fake of their own.
  [[nodiscard]] std::unique_ptr<RunningCall> exec(
      ExecCall call, std::function<void(CallResult, ExecEnd)> done) override;

 private:
  class Pull;
  class Watch;

  void note(const std::string& call);
  [[nodiscard]] CallResult carryOut(const StepCall& step);
  void start(model::ObservedContainer& container);
  void tell(sdk::EventKind kind, const model::ObservedContainer& container);

  std::string name_;
  ManualClock& clock_;
  std::deque<std::function<void()>> waiting_;
  std::function<void(EngineEvent)> listener_;
  std::function<void(CallResult)> streamEnd_;
  int made_ = 0;
};

[[nodiscard]] CallResult failure(sdk::ErrorClass errorClass, std::string message);

}  // namespace holdfast::engine::test

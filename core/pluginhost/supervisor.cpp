// SPDX-License-Identifier: Apache-2.0
#include "pluginhost/supervisor.hpp"

#include "model/text.hpp"
#include "pluginhost/call_mark.hpp"

#include <algorithm>
#include <exception>
#include <future>
#include <mutex>
#include <system_error>
#include <utility>
#include <vector>

namespace holdfast::pluginhost {
namespace {

constexpr std::size_t kMaxThrown = 1'024;

std::string words(std::chrono::milliseconds time) {
  return model::formatDuration(time);
}

bool isErrorClass(sdk::ErrorClass code) {
  return code >= sdk::ErrorClass::Ok && code <= sdk::ErrorClass::Cancelled;
}

engine::CallResult failure(sdk::ErrorClass code, std::string message) {
  engine::CallResult result;
  result.errorClass = code;
  result.message = std::move(message);
  return result;
}

}  // namespace

// One call. Its changing members belong to State::mutex.
struct Supervisor::Record {
  Record(CallSpec callSpec, Work callWork, Done callDone)
      : spec(std::move(callSpec)),
        work(std::move(callWork)),
        done(std::move(callDone)),
        startedAt(Alarm::Clock::now()),
        call(spec.deadline ? std::optional(startedAt + *spec.deadline) : std::nullopt) {}

  const CallSpec spec;
  Work work;
  Done done;
  const Alarm::Clock::time_point startedAt;
  HostCall call;
  Alarm::Id alarm = 0;
  bool atDeadline = false;  // cancelled by the deadline
  bool over = false;        // `done` has its answer
  bool stuck = false;
};

struct Supervisor::State : std::enable_shared_from_this<Supervisor::State> {
  State(std::string pluginName, SupervisorLimits supervisorLimits, std::shared_ptr<Alarm> clock,
        std::function<void(const Incident&)> sink, std::function<void(const CallEnd&)> endSink)
      : plugin(std::move(pluginName)),
        limits(supervisorLimits),
        alarm(std::move(clock)),
        incidents(std::move(sink)),
        ends(std::move(endSink)),
        workers("plugin:" + plugin, limits.workers) {}

  const std::string plugin;
  const SupervisorLimits limits;
  const std::shared_ptr<Alarm> alarm;
  const std::function<void(const Incident&)> incidents;
  const std::function<void(const CallEnd&)> ends;

  mutable std::mutex mutex;
  std::vector<std::shared_ptr<Record>> calls;  // those whose work has not returned
  std::size_t stuckCalls = 0;
  bool quarantined = false;
  bool closed = false;
  std::uint64_t internalErrors = 0;

  WorkerPool workers;

  std::optional<engine::CallResult> admit(const std::shared_ptr<Record>& record);
  void run(const std::shared_ptr<Record>& record);
  void returned(const std::shared_ptr<Record>& record, engine::CallResult result);
  void returnedLate(const std::shared_ptr<Record>& record);
  void cancel(const std::shared_ptr<Record>& record, bool atDeadline);
  void giveUp(const std::shared_ptr<Record>& record);
  [[nodiscard]] engine::CallResult invoke(Record& record) const;
  [[nodiscard]] engine::CallResult judge(const Record& record, const sdk::Status& status) const;
  [[nodiscard]] std::string stuckList() const;
  void tell(Incident::Kind kind, const std::string& text) const;
  void answer(Record& record, engine::CallResult result) const;
};

// Takes the call in, or says why not.
std::optional<engine::CallResult> Supervisor::State::admit(const std::shared_ptr<Record>& record) {
  const std::lock_guard lock(mutex);
  if (closed) {
    return failure(sdk::ErrorClass::Cancelled, "plugin " + plugin + ": the agent is stopping");
  }
  if (quarantined) {
    return failure(sdk::ErrorClass::Unavailable,
                   "plugin " + plugin + " is quarantined: " + std::to_string(stuckCalls) +
                       " calls have not returned" + stuckList());
  }
  if (calls.size() + record->spec.leaves >= limits.maxCalls) {
    return failure(sdk::ErrorClass::Unavailable,
                   "plugin " + plugin + " has " + std::to_string(calls.size()) +
                       " calls running, which is the limit for " + record->spec.label);
  }
  calls.push_back(record);
  if (record->spec.deadline) {
    record->alarm =
        alarm->set(record->startedAt + *record->spec.deadline,
                   [state = shared_from_this(), record] { state->cancel(record, true); });
  }
  return std::nullopt;
}

// On a worker: the plugin's own code, and nothing of it gets further than here.
engine::CallResult Supervisor::State::invoke(Record& record) const {
  const auto threw = [&](const std::string& what) {
    return failure(sdk::ErrorClass::Internal,
                   "plugin " + plugin + ": " + record.spec.label + " threw " + what);
  };
  const CallMark mark(plugin.c_str());
  try {
    return judge(record, record.work(record.call));
  } catch (const std::exception& exception) {
    return threw("an exception: " + model::oneLine(exception.what(), kMaxThrown));
  } catch (...) {
    return threw("something that is no std::exception");
  }
}

engine::CallResult Supervisor::State::judge(const Record& record, const sdk::Status& status) const {
  engine::CallResult result;
  result.errorClass = status.code;
  if (status.ok()) {
    return result;
  }
  result.message = record.call.message();
  result.raw = record.call.raw();
  result.retryAfter = model::Milliseconds(std::max<std::int64_t>(status.retryAfterMs, -1));
  if (!isErrorClass(status.code)) {
    result.errorClass = sdk::ErrorClass::Internal;
    result.message = "plugin " + plugin + ": " + record.spec.label +
                     " returned the unknown status " +
                     std::to_string(static_cast<std::int32_t>(status.code));
  } else if (status.code == sdk::ErrorClass::Cancelled && !record.call.cancelled()) {
    result.errorClass = sdk::ErrorClass::Internal;
    result.message = "plugin " + plugin + ": " + record.spec.label +
                     " ended as cancelled, though nobody had cancelled it";
  } else if (result.message.empty() && status.code == sdk::ErrorClass::Cancelled) {
    result.message = record.spec.label + " was cancelled";
  } else if (result.message.empty()) {
    result.message = record.spec.label + " failed, and plugin " + plugin + " did not say why";
  }
  return result;
}

void Supervisor::State::run(const std::shared_ptr<Record>& record) {
  engine::CallResult result = invoke(*record);
  // What the work owns goes before anybody is told: nothing of the call is left then.
  record->work = nullptr;
  returned(record, std::move(result));
}

void Supervisor::State::returned(const std::shared_ptr<Record>& record, engine::CallResult result) {
  bool late = false;
  {
    const std::lock_guard lock(mutex);
    std::erase(calls, record);
    alarm->cancel(record->alarm);
    late = std::exchange(record->over, true);
    internalErrors += result.errorClass == sdk::ErrorClass::Internal ? 1 : 0;
    if (record->atDeadline && result.errorClass == sdk::ErrorClass::Cancelled) {
      result.errorClass = record->spec.atDeadline;
      const std::string explanation = record->call.message();
      result.message = record->spec.label + ": no answer within " + words(*record->spec.deadline) +
                       (explanation.empty() ? "" : " (" + explanation + ")");
    }
  }
  if (result.errorClass == sdk::ErrorClass::Internal) {
    tell(Incident::Kind::Broken, result.message);
  }
  if (late) {
    returnedLate(record);
    return;
  }
  answer(*record, std::move(result));
}

void Supervisor::State::returnedLate(const std::shared_ptr<Record>& record) {
  bool lifted = false;
  {
    const std::lock_guard lock(mutex);
    --stuckCalls;
    lifted = quarantined && stuckCalls < limits.stuckForQuarantine;
    quarantined = quarantined && !lifted;
  }
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Alarm::Clock::now() -
                                                                          record->startedAt);
  tell(Incident::Kind::Returned,
       record->spec.label + " was stuck and has returned after " + words(took));
  if (lifted) {
    tell(Incident::Kind::Lifted, "the quarantine is over: calls are let through again");
  }
}

// From the deadline, a handle or close(). The second one to come changes nothing.
void Supervisor::State::cancel(const std::shared_ptr<Record>& record, bool atDeadline) {
  const std::lock_guard lock(mutex);
  if (record->over || record->call.cancelled()) {
    return;
  }
  record->atDeadline = atDeadline;
  alarm->cancel(record->alarm);
  record->alarm = alarm->set(Alarm::Clock::now() + limits.grace,
                             [state = shared_from_this(), record] { state->giveUp(record); });
  record->call.cancel();
}

void Supervisor::State::giveUp(const std::shared_ptr<Record>& record) {
  bool quarantine = false;
  {
    const std::lock_guard lock(mutex);
    if (std::exchange(record->over, true)) {
      return;
    }
    record->stuck = true;
    ++stuckCalls;
    quarantine = !quarantined && stuckCalls >= limits.stuckForQuarantine;
    quarantined = quarantined || quarantine;
  }
  const std::string text = record->spec.label + " does not return: cancelled " +
                           words(limits.grace) + " ago, its thread is left behind";
  tell(Incident::Kind::Stuck, text);
  if (quarantine) {
    tell(Incident::Kind::Quarantined,
         "too many calls do not return; new ones are refused until one does");
  }
  engine::CallResult result =
      failure(sdk::ErrorClass::Unavailable, "plugin " + plugin + ": " + text);
  result.stuck = true;
  answer(*record, std::move(result));
}

// " (observe for 40s, execute stopContainer for 2m)"; under the mutex.
std::string Supervisor::State::stuckList() const {
  std::string list;
  for (const auto& record : calls) {
    if (record->stuck) {
      const auto age =
          std::chrono::duration_cast<std::chrono::seconds>(Alarm::Clock::now() - record->startedAt);
      list += (list.empty() ? " (" : ", ") + record->spec.label + " for " + words(age);
    }
  }
  return list.empty() ? list : list + ")";
}

void Supervisor::State::tell(Incident::Kind kind, const std::string& text) const {
  if (incidents) {
    incidents({kind, plugin, text});
  }
}

// Once per call.
void Supervisor::State::answer(Record& record, engine::CallResult result) const {
  record.call.close();
  if (ends) {
    ends({record.spec.label, record.spec.deadline.has_value(),
          Alarm::Clock::now() - record.startedAt, result.errorClass});
  }
  std::exchange(record.done, nullptr)(std::move(result));
}

class Supervisor::Handle final : public engine::RunningCall {
 public:
  Handle(std::shared_ptr<State> state, std::shared_ptr<Record> record)
      : state_(std::move(state)), record_(std::move(record)) {}
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() override { Handle::cancel(); }

  void cancel() override {
    if (record_) {
      state_->cancel(record_, false);
    }
  }

 private:
  std::shared_ptr<State> state_;
  std::shared_ptr<Record> record_;  // nullptr: it was refused
};

Supervisor::Supervisor(std::string plugin, SupervisorLimits limits, std::shared_ptr<Alarm> alarm,
                       std::function<void(const Incident&)> incidents,
                       std::function<void(const CallEnd&)> ends)
    : state_(std::make_shared<State>(std::move(plugin), limits, std::move(alarm),
                                     std::move(incidents), std::move(ends))) {}

Supervisor::~Supervisor() {
  drain(model::Milliseconds(0));
}

std::shared_ptr<Supervisor::Record> Supervisor::begin(CallSpec spec, Work work, const Done& done) {
  std::shared_ptr<Record> record;
  try {
    record = std::make_shared<Record>(std::move(spec), std::move(work), done);
  } catch (const std::system_error& error) {
    done(failure(sdk::ErrorClass::Unavailable,
                 "plugin " + state_->plugin + " cannot be called: " + error.what()));
    return nullptr;
  }
  if (auto refused = state_->admit(record)) {
    done(std::move(*refused));
    return nullptr;
  }
  if (!state_->workers.run([state = state_, record] { state->run(record); })) {
    state_->returned(record, failure(sdk::ErrorClass::Unavailable,
                                     "plugin " + state_->plugin + " cannot be called: no thread"));
    return nullptr;
  }
  return record;
}

void Supervisor::submit(CallSpec spec, Work work, const Done& done) {
  begin(std::move(spec), std::move(work), done);
}

std::unique_ptr<engine::RunningCall> Supervisor::launch(CallSpec spec, Work work,
                                                        const Done& done) {
  return std::make_unique<Handle>(state_, begin(std::move(spec), std::move(work), done));
}

engine::CallResult Supervisor::callAndWait(CallSpec spec, Work work) {
  auto answer = std::make_shared<std::promise<engine::CallResult>>();
  auto future = answer->get_future();
  submit(std::move(spec), std::move(work),
         [answer](engine::CallResult result) { answer->set_value(std::move(result)); });
  return future.get();
}

SupervisorHealth Supervisor::health() const {
  const std::lock_guard lock(state_->mutex);
  return {state_->calls.size() - state_->stuckCalls, state_->stuckCalls, state_->quarantined,
          state_->internalErrors};
}

void Supervisor::close() {
  std::vector<std::shared_ptr<Record>> calls;
  {
    const std::lock_guard lock(state_->mutex);
    state_->closed = true;
    calls = state_->calls;
  }
  for (const auto& record : calls) {
    state_->cancel(record, false);
  }
}

bool Supervisor::drain(model::Milliseconds limit) {
  close();
  return state_->workers.stop(limit);
}

}  // namespace holdfast::pluginhost

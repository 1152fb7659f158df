// SPDX-License-Identifier: Apache-2.0
#include "fake_runtime.hpp"

#include "engine/plan.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <utility>

namespace holdfast::engine::test {

using model::ContainerState;
using sdk::ErrorClass;
using sdk::StepKind;

CallResult failure(ErrorClass errorClass, std::string message) {
  CallResult result;
  result.errorClass = errorClass;
  result.message = std::move(message);
  result.raw = "raw answer";
  return result;
}

namespace {

std::map<std::string, std::string> stringsOf(const boost::json::value* object) {
  std::map<std::string, std::string> result;
  if (object == nullptr)
    return result;
  for (const auto& [key, value] : object->as_object())
    result[key] = value.as_string().c_str();
  return result;
}

}  // namespace

// Ends by cancellation, or when pumped unless it hangs.
class FakeRuntime::Pull final : public RunningCall {
 public:
  struct Shared {
    std::function<void(CallResult)> done;
    void end(CallResult result) {
      if (auto once = std::exchange(done, nullptr))
        once(std::move(result));
    }
  };
  Pull(FakeRuntime& runtime, std::shared_ptr<Shared> shared)
      : runtime_(runtime), shared_(std::move(shared)) {}
  ~Pull() override { cancel(); }
  void cancel() override {
    runtime_.waiting_.push_back(
        [shared = shared_] { shared->end(failure(ErrorClass::Cancelled, "cancelled")); });
  }

 private:
  FakeRuntime& runtime_;
  std::shared_ptr<Shared> shared_;
};

class FakeRuntime::Watch final : public RunningCall {
 public:
  void cancel() override {}
};

void FakeRuntime::exit(const std::string& container, int code, bool oom) {
  auto& victim = containers.at(container);
  victim.state = ContainerState::Exited;
  victim.exitCode = code;
  victim.oomKilled = oom;
  victim.finishedAt = clock_.now().wall;
  tell(sdk::EventKind::Died, victim);
}

void FakeRuntime::crash() {
  for (auto& [name, container] : containers) {
    if (container.state != ContainerState::Running)
      continue;
    container.state = ContainerState::Exited;
    container.exitCode = 137;
    container.finishedAt = clock_.now().wall;
  }
  breakStream();
}

void FakeRuntime::breakStream() {
  listener_ = nullptr;
  if (auto end = std::exchange(streamEnd_, nullptr)) {
    end(failure(ErrorClass::Unavailable, "stream ended"));
  }
}

bool FakeRuntime::pump() {
  if (deaf || waiting_.empty())
    return false;
  for (auto& work : std::exchange(waiting_, {}))
    work();
  return true;
}

void FakeRuntime::health(std::function<void(CallResult)> done) {
  waiting_.push_back([this, done] {
    done(down ? failure(ErrorClass::Unavailable, "no such file") : CallResult{});
  });
}

void FakeRuntime::engineInfo(std::function<void(CallResult, EngineInfo)> done) {
  waiting_.push_back([this, done] {
    untold ? done(failure(ErrorClass::Unavailable, "no answer within 10s"), {})
           : done(CallResult{}, info);
  });
}

void FakeRuntime::validate(std::string specJson, std::function<void(CallResult)> done) {
  constexpr std::size_t kRoom = 128;  // as of a plugin's instance: more calls are refused
  if (waiting_.size() >= kRoom)
    return done(failure(ErrorClass::Unavailable, "128 calls running, which is the limit"));
  validations += 1;
  const std::string image = boost::json::parse(specJson).at("image").as_string().c_str();
  waiting_.push_back([this, done, image] {
    if (unanswered.count(image) != 0)
      return done(failure(ErrorClass::Unavailable, "no answer within 30s"));
    const auto reason = refused.find(image);
    done(reason == refused.end() ? CallResult{} : failure(ErrorClass::Invalid, reason->second));
  });
}

void FakeRuntime::observe(std::vector<std::string> references,
                          std::function<void(CallResult, model::Observation)> done) {
  waiting_.push_back([this, done, references] {
    if (down)
      return done(failure(ErrorClass::Unavailable, "no such file"), {});
    looks += 1;
    model::Observation seen;
    seen.at = clock_.now();
    for (const auto& [name, container] : containers)
      seen.containers.push_back(container);
    for (const auto& reference : references) {
      const auto image = images.find(reference);
      if (image != images.end())
        seen.images.insert(*image);
    }
    for (const auto& [name, labels] : networks)
      seen.networks.push_back({name, labels});
    for (const auto& [name, labels] : volumes)
      seen.volumes.push_back({name, labels});
    CallResult result = spoilLook ? spoilLook(seen) : CallResult{};
    done(std::move(result), std::move(seen));
  });
}

void FakeRuntime::execute(StepCall step, std::function<void(CallResult)> done) {
  waiting_.push_back([this, step, done] {
    if (down)
      return done(failure(ErrorClass::Unavailable, "no such file"));
    const std::string call = std::string(stepName(step.kind)) + " " + step.name;
    note(call);
    const auto failed = failures.find(call);
    done(failed == failures.end() ? carryOut(step) : failed->second);
  });
}

void FakeRuntime::note(const std::string& call) {
  calls.push_back(call);
  if (journal != nullptr)
    journal->push_back(name_ + ": " + call);
}

CallResult FakeRuntime::carryOut(const StepCall& step) {
  const auto found = containers.find(step.name);
  const bool exists = found != containers.end();
  switch (step.kind) {
    case StepKind::CreateNetwork:
    case StepKind::CreateVolume: {
      const auto spec = boost::json::parse(step.specJson);
      auto& objects = step.kind == StepKind::CreateNetwork ? networks : volumes;
      objects[step.name] = stringsOf(spec.as_object().if_contains("labels"));
      return {};
    }
    case StepKind::CreateContainer: {
      if (exists)
        return failure(ErrorClass::Conflict, "name in use");
      if (images.count(step.image) == 0)
        return failure(ErrorClass::NotFound, "no such image");
      const auto spec = boost::json::parse(step.specJson);
      model::ObservedContainer container;
      container.id = name_ + "-" + std::to_string(++made_);
      container.name = step.name;
      container.image = step.image;
      container.imageId = images.at(step.image).id;
      container.state = ContainerState::Created;
      container.createdAt = clock_.now().wall;
      container.labels = stringsOf(spec.as_object().if_contains("labels"));
      containers[step.name] = container;
      return {};
    }
    case StepKind::StartContainer:
      if (!exists)
        return failure(ErrorClass::NotFound, "no such container");
      if (found->second.state != ContainerState::Running)
        start(found->second);
      return {};
    case StepKind::StopContainer:
      if (exists && found->second.state != ContainerState::Exited)
        exit(step.name, stopCode);
      return {};
    case StepKind::RemoveContainer:
      containers.erase(step.name);
      return {};
    case StepKind::PauseContainer:
    case StepKind::UnpauseContainer:
      if (!exists)
        return failure(ErrorClass::NotFound, "no such container");
      found->second.state =
          step.kind == StepKind::PauseContainer ? ContainerState::Paused : ContainerState::Running;
      return {};
    case StepKind::RemoveNetwork:
      networks.erase(step.name);
      return {};
    case StepKind::RemoveVolume:
      volumes.erase(step.name);
      return {};
    case StepKind::RemoveImage:
      images.erase(step.image);
      return {};
  }
  return failure(ErrorClass::Internal, "no such step");
}

void FakeRuntime::start(model::ObservedContainer& container) {
  container.state = ContainerState::Running;
  // No engine starts a container twice within its clock's resolution; a test's clock may stand.
  const auto before = container.startedAt.value_or(model::WallTime{});
  container.startedAt = std::max(clock_.now().wall, before + model::Milliseconds{1});
  container.finishedAt.reset();
  container.exitCode = 0;
  container.oomKilled = false;
  tell(sdk::EventKind::Started, container);
}

void FakeRuntime::tell(sdk::EventKind kind, const model::ObservedContainer& container) {
  if (listener_)
    listener_({kind, container.id, container.name, ""});
}

std::unique_ptr<RunningCall> FakeRuntime::pull(std::string reference,
                                               std::function<void(PullProgress)> progressSink,
                                               std::function<void(CallResult)> done) {
  auto shared = std::make_shared<Pull::Shared>();
  shared->done = std::move(done);
  note("pull " + reference);
  const auto told = progress.find(reference);
  if (told != progress.end())
    progressSink(told->second);
  if (hanging.count(reference) == 0) {
    waiting_.push_back([this, shared, reference] {
      if (down)
        return shared->end(failure(ErrorClass::Unavailable, "no such file"));
      const auto failed = failures.find(reference);
      if (failed != failures.end())
        return shared->end(failed->second);
      const auto known = published.find(reference);
      images[reference].id = known == published.end() ? "sha256:" + reference : known->second;
      shared->end({});
    });
  }
  return std::make_unique<Pull>(*this, std::move(shared));
}

std::unique_ptr<RunningCall> FakeRuntime::watch(std::function<void(EngineEvent)> event,
                                                std::function<void(CallResult)> done) {
  waiting_.push_back([this, event, done] {
    if (down)
      return done(failure(ErrorClass::Unavailable, "no such file"));
    if (eventless)
      return done(failure(ErrorClass::Rejected, "cannot read events with the \"none\" backend"));
    listener_ = event;
    streamEnd_ = done;
    event({sdk::EventKind::Connected, "", "", ""});
    if (fickle)
      breakStream();
  });
  return std::make_unique<Watch>();
}

std::unique_ptr<RunningCall> FakeRuntime::exec(ExecCall /*call*/,
                                               std::function<void(CallResult, ExecEnd)> done) {
  done(failure(ErrorClass::Rejected, "no commands are run here"), {});
  return std::make_unique<Watch>();
}

}  // namespace holdfast::engine::test

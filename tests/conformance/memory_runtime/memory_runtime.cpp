// SPDX-License-Identifier: Apache-2.0
#include "conformance/memory_runtime/memory_runtime.hpp"

#include "holdfast/support/json.hpp"

#include <boost/json.hpp>

#include <poll.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <stdexcept>

namespace holdfast::memory {
namespace {

namespace json = boost::json;
using sdk::ContainerState;
using sdk::ErrorClass;
using sdk::Status;
using sdk::StepKind;

constexpr std::string_view kImage = "memory/sleeper:1";
constexpr std::string_view kCheckedImage = "memory/checked:1";  // the same, with a check of its own
constexpr std::string_view kForeign = "somebodys";
constexpr std::int64_t kForeverMs = std::int64_t{1} << 40;
constexpr std::int64_t kLookMs = 5;  // between two looks of a watch
constexpr int kTerminated = 143;
constexpr int kKilled = 137;

// The last two mean nothing to it.
constexpr std::array<std::string_view, 7> kMembers{
    "name", "image", "labels", "command", "entrypoint", "environment", "networks"};

Labels labelsOf(const json::value& spec) {
  Labels labels;
  if (const json::object* const members = support::jsonObject(spec, {"labels"})) {
    for (const auto& member : *members) {
      labels.emplace(member.key(), support::jsonText(member.value()));
    }
  }
  return labels;
}

std::vector<std::string> wordsOf(const json::value& spec, std::string_view member) {
  std::vector<std::string> words;
  if (const json::array* const list = support::jsonArray(spec, {member})) {
    for (const json::value& word : *list) {
      words.emplace_back(support::jsonText(word));
    }
  }
  return words;
}

// What is wrong with a container's specification; empty when nothing is.
std::string problemOf(const std::optional<json::value>& spec) {
  if (!spec || !spec->is_object()) {
    return "the specification is no JSON object";
  }
  for (const auto& member : spec->get_object()) {
    const std::string_view key(member.key().data(), member.key().size());
    if (std::find(kMembers.begin(), kMembers.end(), key) == kMembers.end()) {
      return std::string(key) + ": this runtime does not know it";
    }
  }
  for (const std::string_view member : {"name", "image"}) {
    if (support::jsonText(*spec, {member}).empty()) {
      return std::string(member) + ": expected a text";
    }
  }
  return support::jsonObject(*spec, {"labels"}) == nullptr ? "labels: expected an object" : "";
}

bool isReference(std::string_view reference) {
  return !reference.empty() && std::none_of(reference.begin(), reference.end(), [](char c) {
    return c == ' ' || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) < 0x20 ||
           static_cast<unsigned char>(c) > 0x7e;
  });
}

bool isOwned(const Labels& labels) {
  return labels.contains(std::string(sdk::kOwnerLabel));
}

std::vector<sdk::KeyValue> viewsOf(const Labels& labels) {
  std::vector<sdk::KeyValue> views;
  for (const auto& [key, value] : labels) {
    views.push_back({key, value});
  }
  return views;
}

}  // namespace

ContainerState Container::state(std::int64_t nowMs) const {
  if (!ran) {
    return ContainerState::Created;
  }
  if (paused) {
    return ContainerState::Paused;
  }
  return nowMs < endsAtMs ? ContainerState::Running : ContainerState::Exited;
}

std::int64_t MemoryRuntime::nowMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

Status MemoryRuntime::fail(sdk::Call& call, ErrorClass code, const std::string& why) {
  call.explain(why, {});
  return {code};
}

bool MemoryRuntime::wait(const sdk::Call& call, std::int64_t ms) {
  pollfd cancel{call.cancelFd(), POLLIN, 0};
  const std::int64_t limit = std::min(ms, call.remainingMs());
  return ::poll(&cancel, 1, static_cast<int>(std::min<std::int64_t>(limit, INT32_MAX))) == 0 &&
         limit == ms;
}

MemoryRuntime::MemoryRuntime(sdk::Host& host)
    : host_(host), engine_(host.option("engine")), name_(host.option("name")) {
  if (engine_ != "up" && engine_ != "down" && engine_ != "silent") {
    throw std::invalid_argument("engine is '" + engine_ + "', expected up, down or silent");
  }
  if (name_.empty()) {
    throw std::invalid_argument("name is empty, expected what the engine calls itself");
  }
  const std::string_view second = host.option("second");
  std::from_chars(second.data(), second.data() + second.size(), secondMs_);
  Container foreign;
  foreign.id = "id-of-" + std::string(kForeign);
  foreign.image = kImage;
  foreign.ran = true;
  foreign.createdAtMs = foreign.startedAtMs = nowMs();
  foreign.endsAtMs = nowMs() + kForeverMs;
  containers_.emplace(kForeign, std::move(foreign));
}

Status MemoryRuntime::reach(sdk::Call& call) const {
  if (isDown()) {
    return fail(call, ErrorClass::Unavailable, "the engine is down");
  }
  if (isSilent()) {
    wait(call, kForeverMs);
    return call.cancelled() ? fail(call, ErrorClass::Cancelled, "cancelled")
                            : fail(call, ErrorClass::Unavailable, "the engine does not answer");
  }
  return {};
}

Status MemoryRuntime::start(sdk::Call&) {
  return {};
}

Status MemoryRuntime::health(sdk::Call& call) {
  return reach(call);
}

Status MemoryRuntime::engineInfo(sdk::Call& call, sdk::EngineInfoSink& sink) {
  const Status reached = reach(call);
  if (reached.ok()) {
    sdk::EngineInfo info;
    info.cpus = 1;
    info.memoryBytes = std::int64_t{1} << 30;
    info.name = name_;
    info.version = "1.0";
    info.apiVersion = "1";
    info.architecture = "amd64";
    sink.engineInfo(info);
  }
  return reached;
}

Status MemoryRuntime::validate(std::string_view specJson, sdk::Call& call) {
  const std::string problem = problemOf(support::parseJson(specJson));
  return problem.empty() ? Status{} : fail(call, ErrorClass::Invalid, problem);
}

Status MemoryRuntime::observe(const sdk::ObserveRequest& request, sdk::Call& call,
                              sdk::ObservationSink& sink) {
  if (const Status reached = reach(call); !reached.ok()) {
    return reached;
  }
  const std::lock_guard lock(mutex_);
  const std::int64_t now = nowMs();
  for (const auto& [name, container] : containers_) {
    if (!isOwned(container.labels)) {
      continue;
    }
    const std::vector<sdk::KeyValue> labels = viewsOf(container.labels);
    sdk::ContainerRecord record;
    record.state = container.state(now);
    const bool ended = record.state == ContainerState::Exited;
    record.exitCode = ended ? container.exitCode : 0;
    record.createdAtMs = container.createdAtMs;
    record.startedAtMs = container.startedAtMs;
    record.finishedAtMs = ended ? container.endsAtMs : sdk::kNoTime;
    record.id = container.id;
    record.name = name;
    record.image = container.image;
    record.imageId = "sha256:0001";
    record.labels = labels;
    sink.container(record);
  }
  for (const std::string_view reference : request.images) {
    if (images_.contains(reference)) {
      sdk::ImageRecord record;
      record.sizeBytes = 1'000;
      record.reference = reference;
      record.id = "sha256:0001";
      constexpr std::string_view kCheck[] = {"/bin/sh", "-c", "test -e /ready"};
      if (reference == kCheckedImage) {
        record.healthArgv = kCheck;
      }
      sink.image(record);
    }
  }
  for (const auto& [name, owned] : networks_) {
    const std::vector<sdk::KeyValue> labels = viewsOf(owned);
    sdk::NetworkRecord record;
    record.id = name;
    record.name = name;
    record.labels = labels;
    sink.network(record);
  }
  for (const auto& [name, owned] : volumes_) {
    const std::vector<sdk::KeyValue> labels = viewsOf(owned);
    sdk::VolumeRecord record;
    record.name = name;
    record.labels = labels;
    sink.volume(record);
  }
  return {};
}

Status MemoryRuntime::execute(const sdk::Step& step, sdk::Call& call) {
  if (const Status reached = reach(call); !reached.ok()) {
    return reached;
  }
  if (step.kind == StepKind::StopContainer) {
    return stopContainer(step, call);
  }
  const std::lock_guard lock(mutex_);
  switch (step.kind) {
    case StepKind::CreateNetwork:
      return createObject(networks_, step, call);
    case StepKind::CreateVolume:
      return createObject(volumes_, step, call);
    case StepKind::CreateContainer:
      return create(step, call);
    case StepKind::RemoveNetwork:
      networks_.erase(std::string(step.name));
      return {};
    case StepKind::RemoveVolume:
      volumes_.erase(std::string(step.name));
      return {};
    case StepKind::RemoveImage:
      removeImage(step.image);
      return {};
    default:
      return changeContainer(step, call);
  }
}

Status MemoryRuntime::createObject(std::map<std::string, Labels>& objects, const sdk::Step& step,
                                   sdk::Call& call) {
  const auto spec = support::parseJson(step.specJson);
  if (!spec || !spec->is_object() || step.name.empty()) {
    return fail(call, ErrorClass::Invalid, "the specification is no JSON object");
  }
  objects.emplace(step.name, labelsOf(*spec));
  return {};
}

Status MemoryRuntime::create(const sdk::Step& step, sdk::Call& call) {
  const auto spec = support::parseJson(step.specJson);
  if (const std::string problem = problemOf(spec); !problem.empty()) {
    return fail(call, ErrorClass::Invalid, problem);
  }
  Container made;
  made.labels = labelsOf(*spec);
  if (const auto found = containers_.find(step.name); found != containers_.end()) {
    return found->second.labels == made.labels
               ? Status{}
               : fail(call, ErrorClass::Conflict, "the name is taken by another container");
  }
  made.image = support::jsonText(*spec, {"image"});
  if (!images_.contains(made.image)) {
    return fail(call, ErrorClass::NotFound, "no such image: " + made.image);
  }
  std::vector<std::string> words = wordsOf(*spec, "entrypoint");
  for (std::string& word : wordsOf(*spec, "command")) {
    words.push_back(std::move(word));
  }
  if (!words.empty()) {
    made.program = words.front();
    made.script = words.back();
  }
  made.id = "id-" + std::to_string(++lastId_);
  made.createdAtMs = nowMs();
  containers_.emplace(step.name, std::move(made));
  return {};
}

Container* MemoryRuntime::meant(const sdk::Step& step, sdk::Call& call, Status& status) {
  const auto found = containers_.find(step.name);
  if (found == containers_.end()) {
    return nullptr;
  }
  if (!isOwned(found->second.labels)) {
    status = fail(call, ErrorClass::Conflict, "no agent made this container");
    return nullptr;
  }
  if (!step.containerId.empty() && step.containerId != found->second.id) {
    status = fail(call, ErrorClass::Conflict, "it is another container by now");
    return nullptr;
  }
  return &found->second;
}

Status MemoryRuntime::startContainer(Container& container, const std::string& name,
                                     sdk::Call& call) {
  if (container.state(nowMs()) == ContainerState::Running) {
    return {};
  }
  std::optional<Plan> plan = Plan{};
  plan->endMs = kForeverMs;
  if (!container.program.empty()) {
    plan = container.program == "/bin/sh" ? planOf(container.script, container.files, secondMs_)
                                          : std::nullopt;
  }
  if (!plan) {
    return fail(call, ErrorClass::Rejected, name + ": no such program");
  }
  container.plan = std::move(*plan);
  container.ran = true;
  container.paused = false;
  container.startedAtMs = nowMs();
  container.endsAtMs = container.startedAtMs + container.plan.endMs;
  container.exitCode = container.plan.exitCode;
  return {};
}

Status MemoryRuntime::changeContainer(const sdk::Step& step, sdk::Call& call) {
  Status status;
  Container* const container = meant(step, call, status);
  if (container == nullptr) {
    return status.ok() && step.kind != StepKind::RemoveContainer
               ? fail(call, ErrorClass::NotFound, "there is no such container")
               : status;
  }
  const ContainerState state = container->state(nowMs());
  const bool up = state == ContainerState::Running || state == ContainerState::Paused;
  switch (step.kind) {
    case StepKind::StartContainer:
      return startContainer(*container, std::string(step.name), call);
    case StepKind::PauseContainer:
    case StepKind::UnpauseContainer:
      if (!up) {
        return fail(call, ErrorClass::Conflict, "the container does not run");
      }
      container->paused = step.kind == StepKind::PauseContainer;
      return {};
    case StepKind::RemoveContainer:
      if (up) {
        return fail(call, ErrorClass::Conflict, "the container still runs");
      }
      containers_.erase(std::string(step.name));
      return {};
    default:
      return fail(call, ErrorClass::Invalid, "there is no such step");
  }
}

Status MemoryRuntime::stopContainer(const sdk::Step& step, sdk::Call& call) {
  std::unique_lock lock(mutex_);
  Status status;
  Container* container = meant(step, call, status);
  if (container == nullptr || !container->ran || container->endsAtMs <= nowMs()) {
    return status;
  }
  container->paused = false;
  int code = kTerminated;
  if (container->plan.stubborn) {
    code = kKilled;
    lock.unlock();
    if (!wait(call, step.graceMs)) {
      return fail(call, ErrorClass::Cancelled, "cancelled");
    }
    lock.lock();
    container = meant(step, call, status);
  }
  if (container != nullptr && nowMs() < container->endsAtMs) {
    container->endsAtMs = nowMs();
    container->exitCode = code;
  }
  return status;
}

void MemoryRuntime::removeImage(std::string_view image) {
  const bool used = std::any_of(containers_.begin(), containers_.end(), [&](const auto& entry) {
    return isOwned(entry.second.labels) && entry.second.image == image;
  });
  if (!used) {
    images_.erase(std::string(image));
  }
}

Status MemoryRuntime::pull(const sdk::PullRequest& request, sdk::Call& call,
                           sdk::ProgressSink& sink) {
  if (const Status reached = reach(call); !reached.ok()) {
    return reached;
  }
  if (!isReference(request.reference)) {
    return fail(call, ErrorClass::Invalid, "this is no image reference");
  }
  if (request.reference != kImage && request.reference != kCheckedImage) {
    return fail(call, ErrorClass::NotFound, "manifest unknown");
  }
  sdk::PullProgress progress;
  for (const std::string_view phase : {"resolving", "downloading", "extracting"}) {
    ++progress.sequence;
    progress.phase = phase;
    sink.progress(progress);
  }
  const std::lock_guard lock(mutex_);
  images_.emplace(request.reference);
  return {};
}

Status MemoryRuntime::watch(sdk::Call& call, sdk::EventSink& sink) {
  if (const Status reached = reach(call); !reached.ok()) {
    return reached;
  }
  std::map<std::string, ContainerState> known;
  const auto look = [&](bool tell) {
    const std::lock_guard lock(mutex_);
    for (const auto& [name, container] : containers_) {
      const ContainerState state = container.state(nowMs());
      const bool changed = known[name] != state;
      known[name] = state;
      if (!tell || !changed) {
        continue;
      }
      sdk::EngineEvent event;
      event.kind = sdk::EventKind::Changed;
      event.timeMs = nowMs();
      event.containerId = container.id;
      event.containerName = name;
      event.action = "look";
      if (state == ContainerState::Running || state == ContainerState::Exited) {
        event.kind =
            state == ContainerState::Running ? sdk::EventKind::Started : sdk::EventKind::Died;
      }
      sink.event(event);
    }
  };
  look(false);
  sdk::EngineEvent connected;
  connected.kind = sdk::EventKind::Connected;
  sink.event(connected);
  while (wait(call, kLookMs)) {
    look(true);
  }
  return fail(call, ErrorClass::Cancelled, "cancelled");
}

Container* MemoryRuntime::byId(std::string_view id) {
  for (auto& [name, container] : containers_) {
    if (container.id == id) {
      return &container;
    }
  }
  return nullptr;
}

Status MemoryRuntime::logs(const sdk::LogRequest& request, sdk::Call& call, sdk::OutputSink& sink) {
  if (const Status reached = reach(call); !reached.ok()) {
    return reached;
  }
  std::size_t told = 0;
  for (bool first = true;; first = false) {
    std::unique_lock lock(mutex_);
    const Container* const container = byId(request.containerId);
    if (container == nullptr) {
      return fail(call, ErrorClass::NotFound, "there is no such container");
    }
    const std::int64_t now = nowMs();  // once: what is printed last comes in the instant of the end
    const std::int64_t until = std::min(now, container->endsAtMs);
    std::vector<std::pair<std::int64_t, Printed>> lines;
    for (const Printed& printed : container->plan.output) {
      const std::int64_t at = container->startedAtMs + printed.afterMs;
      if (at <= until && at >= request.sinceMs) {
        lines.emplace_back(at, printed);
      }
    }
    const bool ended = container->state(now) == ContainerState::Exited;
    lock.unlock();
    if (first && request.tail >= 0 && lines.size() > static_cast<std::size_t>(request.tail)) {
      told = lines.size() - static_cast<std::size_t>(request.tail);
    }
    for (; told < lines.size(); ++told) {
      const auto& [at, printed] = lines[told];
      if (!sink.output(printed.stream, at, printed.line)) {
        return fail(call, ErrorClass::Cancelled, "the reader has enough");
      }
    }
    if (request.follow == 0 || ended) {
      return {};
    }
    if (!wait(call, kLookMs)) {
      return fail(call, ErrorClass::Cancelled, "cancelled");
    }
  }
}

Status MemoryRuntime::exec(const sdk::ExecRequest& request, sdk::Call& call, sdk::OutputSink& sink,
                           sdk::ExecResult& result) {
  if (const Status reached = reach(call); !reached.ok()) {
    return reached;
  }
  std::optional<Plan> plan;
  {
    const std::lock_guard lock(mutex_);
    const Container* const container = byId(request.containerId);
    if (container == nullptr) {
      return fail(call, ErrorClass::NotFound, "there is no such container");
    }
    if (container->state(nowMs()) != ContainerState::Running) {
      return fail(call, ErrorClass::Conflict, "the container does not run");
    }
    if (request.argv.size() == 3 && request.argv[0] == "/bin/sh") {
      plan = planOf(request.argv[2], container->files, secondMs_);
    }
  }
  if (!plan) {
    return fail(call, ErrorClass::Rejected, "there is no such program");
  }
  const std::int64_t limit = std::max<std::int64_t>(request.timeoutMs, 0);
  if (!wait(call, std::min(plan->endMs, limit))) {
    return fail(call, ErrorClass::Cancelled, "cancelled");
  }
  result.timedOut = plan->endMs > limit ? 1 : 0;
  result.exitCode = plan->exitCode;
  const std::lock_guard lock(mutex_);
  if (Container* const container = byId(request.containerId)) {
    for (const auto& [at, file] : plan->touched) {
      if (at <= limit) {
        container->files.insert(file);
      }
    }
  }
  for (const Printed& printed : plan->output) {
    if (printed.afterMs <= limit) {
      sink.output(printed.stream, sdk::kNoTime, printed.line + "\n");
    }
  }
  return {};
}

}  // namespace holdfast::memory

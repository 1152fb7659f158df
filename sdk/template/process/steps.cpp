// SPDX-License-Identifier: Apache-2.0
#include "steps.hpp"

#include "files.hpp"
#include "processes.hpp"
#include "result.hpp"
#include "spawn.hpp"
#include "waiting.hpp"

#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <sstream>
#include <utility>
#include <vector>

namespace process {
namespace {

namespace sdk = holdfast::sdk;
using sdk::ContainerState;
using sdk::ErrorClass;
using sdk::Status;
using sdk::StepKind;

constexpr int kReport = 3;  // see supervisor_main.cpp
constexpr std::int64_t kKillMs = 10'000;
constexpr std::int64_t kLookAgainMs = 5;

std::string named(const Container& container) {
  return "container " + container.spec.name;
}

void append(std::vector<std::string>& words, const std::vector<std::string>& more) {
  words.insert(words.end(), more.begin(), more.end());
}

bool runs(const Condition& condition) {
  return condition.state == ContainerState::Running || condition.state == ContainerState::Paused;
}

// The supervisor's one line; nothing when the call is over before.
std::optional<std::string> readReport(const Fd& pipe, sdk::Call& call) {
  std::string line;
  std::array<char, 128> part{};
  while (await(pipe, call, INT64_MAX) == Wait::Ready) {
    const ssize_t got = ::read(pipe.get(), part.data(), part.size());
    if (got <= 0) {
      return line;
    }
    line.append(part.data(), static_cast<std::size_t>(got));
  }
  return std::nullopt;
}

// "ok", or what failed and its errno.
Status statusOf(const std::string& report, const Container& container, sdk::Call& call) {
  std::istringstream fields(report);
  std::string what;
  int error = 0;
  fields >> what >> error;
  if (what == "ok") {
    return {};
  }
  const std::string reason = std::strerror(error);
  if (what == "program") {
    return fail(call, ErrorClass::Rejected,
                (container.spec.entrypoint.empty() ? container.spec.image
                                                   : container.spec.entrypoint.front()) +
                    " cannot be run: " + reason + (error == ENOENT ? " (its interpreter?)" : ""));
  }
  if (what == "directory") {
    return fail(call, ErrorClass::Rejected,
                "workingDir " + container.spec.workingDirectory + ": " + reason);
  }
  return fail(call, ErrorClass::Transient, "the supervisor failed: " + reason);
}

// Nothing when the step may go on with the container.
std::optional<Status> refusal(const Container& container, const sdk::Step& step, sdk::Call& call) {
  if (!container.managed()) {
    return fail(call, ErrorClass::Conflict, named(container) + " carries no owner's label");
  }
  if (!step.containerId.empty() && step.containerId != container.id) {
    return fail(call, ErrorClass::Conflict, named(container) + " is another one by now");
  }
  return std::nullopt;
}

Status judgeExisting(const Container& existing, const ContainerSpec& wanted, sdk::Call& call) {
  for (const auto label : {sdk::kOwnerLabel, sdk::kSpecHashLabel}) {
    if (existing.spec.label(label) != wanted.label(label)) {
      return fail(call, ErrorClass::Conflict,
                  named(existing) + " is there already, with another " + std::string(label));
    }
  }
  return existing.managed() ? Status{}
                            : fail(call, ErrorClass::Conflict, named(existing) + " is foreign");
}

}  // namespace

Steps::Steps(const ContainerStore& containers, ImageStore& images, std::filesystem::path supervisor)
    : containers_(containers), images_(images), supervisor_(std::move(supervisor)) {}

Status Steps::execute(const Step& step, Call& call) {
  switch (step.kind) {
    case StepKind::CreateContainer:
      return create(step, call);
    case StepKind::RemoveImage:
      return removeImage(step);
    case StepKind::CreateNetwork:
      return fail(call, ErrorClass::Invalid,
                  "networks: processes share the host's network; set \"networkMode\": \"host\"");
    case StepKind::CreateVolume:
      return fail(call, ErrorClass::Invalid,
                  "volumes: a process sees the host's own files; use /path:/path");
    case StepKind::RemoveNetwork:
    case StepKind::RemoveVolume:
      return {};  // there is none
    default:
      break;
  }
  const std::optional<Container> container = containers_.find(step.name);
  if (!container) {
    const bool wantedGone =
        step.kind == StepKind::RemoveContainer || step.kind == StepKind::StopContainer;
    return wantedGone ? Status{}
                      : fail(call, ErrorClass::NotFound,
                             "container " + std::string(step.name) + " does not exist");
  }
  if (const auto refused = refusal(*container, step, call)) {
    return *refused;
  }
  switch (step.kind) {
    case StepKind::StartContainer:
      return start(*container, call);
    case StepKind::StopContainer:
      return stop(*container, step.graceMs, call);
    case StepKind::RemoveContainer:
      return remove(*container, call);
    case StepKind::PauseContainer:
      return pause(*container, true, call);
    case StepKind::UnpauseContainer:
      return pause(*container, false, call);
    default:
      return fail(call, ErrorClass::Invalid, "this plugin does not know the step");
  }
}

std::set<std::string> Steps::usedImages() const {
  std::set<std::string> used;
  for (const Container& container : containers_.all()) {
    used.insert(container.imageId);
  }
  return used;
}

Status Steps::create(const Step& step, Call& call) {
  std::string problem;
  const auto spec = parseContainerSpec(step.specJson, problem);
  if (!spec || spec->name != step.name) {
    return fail(call, ErrorClass::Invalid, spec ? "name: not that of the step" : problem);
  }
  const std::lock_guard lock(mutex_);
  if (const auto existing = containers_.find(step.name)) {
    return judgeExisting(*existing, *spec, call);
  }
  const std::optional<Image> image = images_.find(spec->image);
  if (!image) {
    return fail(call, ErrorClass::NotFound, "image " + spec->image + " has not been pulled");
  }
  for (const std::string& path : spec->paths) {
    if (!std::filesystem::exists(path)) {
      return fail(call, ErrorClass::Rejected, "volumes: " + path + " does not exist");
    }
  }
  containers_.add(step.specJson, image->id);
  return {};
}

Status Steps::start(const Container& container, Call& call) {
  const std::lock_guard lock(mutex_);
  const Condition condition = containers_.condition(container.spec.name);
  if (condition.state == ContainerState::Running) {
    return {};
  }
  if (condition.state == ContainerState::Paused) {
    return fail(call, ErrorClass::Conflict, named(container) + " is paused");
  }
  Pipe report;
  Command command;
  command.words = {supervisor_, containers_.folder(), container.spec.name, randomName(),
                   container.spec.workingDirectory};
  if (container.spec.entrypoint.empty()) {
    append(command.words, {images_.program(container.imageId)});
  }
  append(command.words, container.spec.entrypoint);
  append(command.words, container.spec.command);
  command.environment = container.spec.environment;
  command.descriptors = {{report.write.get(), kReport}};
  const pid_t launcher = spawn(command);
  if (launcher < 0) {
    return fail(call, ErrorClass::Transient,
                supervisor_.string() + ": " + std::strerror(-launcher));
  }
  report.write.close();
  ::waitpid(launcher, nullptr, 0);  // it ends at once; its child stays
  const std::optional<std::string> line = readReport(report.read, call);
  return line ? statusOf(*line, container, call) : fail(call, ErrorClass::Cancelled, "cancelled");
}

// The supervisor ends last: once it is gone everything is, and is written down.
Status Steps::stop(const Container& container, std::int64_t graceMs, Call& call) const {
  const Condition condition = containers_.condition(container.spec.name);
  if (!runs(condition)) {
    return {};
  }
  const Fd supervisor = openProcess(condition.run->supervisor);
  const Fd program = openProcess(condition.run->program);
  if (program) {
    sendSignal(program, container.spec.stopSignal);
    if (condition.state == ContainerState::Paused) {
      signalTree(condition.run->program, SIGCONT);
    }
  }
  if (!supervisor) {
    return {};
  }
  Wait waited = await(supervisor, call, std::max<std::int64_t>(graceMs, 0));
  if (waited == Wait::TimedOut) {
    if (program) {
      sendSignal(program, SIGKILL);
    }
    waited = await(supervisor, call, kKillMs);
  }
  switch (waited) {
    case Wait::Ready:
      return {};
    case Wait::Cancelled:
      return fail(call, ErrorClass::Cancelled, "cancelled");
    case Wait::TimedOut:
      break;
  }
  return fail(call, ErrorClass::Transient, named(container) + " does not end, even by SIGKILL");
}

Status Steps::remove(const Container& container, Call& call) {
  const std::lock_guard lock(mutex_);
  if (runs(containers_.condition(container.spec.name))) {
    return fail(call, ErrorClass::Conflict, named(container) + " still runs: stop it first");
  }
  containers_.remove(container.spec.name);
  return {};
}

Status Steps::pause(const Container& container, bool paused, Call& call) const {
  const Condition condition = containers_.condition(container.spec.name);
  if (!runs(condition)) {
    return fail(call, ErrorClass::Conflict, named(container) + " does not run");
  }
  signalTree(condition.run->program, paused ? SIGSTOP : SIGCONT);
  // The kernel tells nobody but the parent that a process has stopped.
  const Fd program = openProcess(condition.run->program);
  while (program && isStopped(condition.run->program.pid) != paused) {
    const Wait waited = await(program, call, kLookAgainMs);
    if (waited == Wait::Cancelled) {
      return fail(call, ErrorClass::Cancelled, "cancelled");
    }
    if (waited == Wait::Ready) {
      return fail(call, ErrorClass::Conflict, named(container) + " has just ended");
    }
  }
  return {};
}

Status Steps::removeImage(const Step& step) {
  const std::lock_guard lock(mutex_);  // nobody creates a container from it meanwhile
  images_.remove(step.image, usedImages());
  return {};
}

}  // namespace process

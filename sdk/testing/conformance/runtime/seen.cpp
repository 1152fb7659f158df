// SPDX-License-Identifier: Apache-2.0
#include "conformance/runtime/seen.hpp"

#include <algorithm>

namespace holdfast::conformance {
namespace {

std::map<std::string, std::string> copy(std::span<const sdk::KeyValue> entries) {
  std::map<std::string, std::string> map;
  for (const sdk::KeyValue& entry : entries) {
    map.emplace(entry.key, entry.value);
  }
  return map;
}

bool isState(sdk::ContainerState state) {
  return state >= sdk::ContainerState::Created && state <= sdk::ContainerState::Changing;
}

}  // namespace

void Seen::container(const sdk::ContainerRecord& record) noexcept {
  const std::string name(record.name);
  const auto breach = [&](const std::string& what) {
    breaches.push_back("container \"" + name + "\" " + what);
  };
  if (record.structSize < sizeof(record)) {
    breach("has a wrong structSize");
  }
  if (record.name.empty() || record.name.starts_with('/')) {
    breach("has no name, or one with a leading slash");
  }
  if (record.id.empty() || !ids_.emplace(record.id).second || containers.contains(name)) {
    breach("has no id, or was reported twice");
  }
  if (!isState(record.state)) {
    breach("is in the unknown state " + std::to_string(static_cast<int>(record.state)));
  }
  const bool runs = record.state == sdk::ContainerState::Running;
  if (record.pid < 0 || (record.state == sdk::ContainerState::Exited && record.pid != 0)) {
    breach("has a process although it does not run");
  }
  if (runs && record.finishedAtMs != sdk::kNoTime) {
    breach("runs and has finished");
  }
  if (std::any_of(record.mounts.begin(), record.mounts.end(),
                  [](const sdk::MountRecord& mount) { return mount.destination.empty(); })) {
    breach("has a mount without destination");
  }
  containers[name] = {
      record.state,           record.exitCode,           record.pid,
      record.createdAtMs,     record.startedAtMs,        record.finishedAtMs,
      std::string(record.id), std::string(record.image), std::string(record.imageId),
      copy(record.labels)};
}

void Seen::image(const sdk::ImageRecord& record) noexcept {
  const std::string reference(record.reference);
  if (record.structSize < sizeof(record) || record.id.empty() || record.sizeBytes < 0) {
    breaches.push_back("image " + reference + " has a wrong structSize, no id or no size");
  }
  if (images.contains(reference)) {
    breaches.push_back("image " + reference + " was reported twice");
  }
  if (record.healthIntervalMs < 0 || record.healthTimeoutMs < 0 || record.healthStartPeriodMs < 0 ||
      record.healthRetries < 0 || (!record.healthArgv.empty() && record.healthArgv[0].empty())) {
    breaches.push_back("image " + reference + " has a check without program, or a negative number");
  }
  images[reference] = record.id;
  checks[reference].assign(record.healthArgv.begin(), record.healthArgv.end());
}

void Seen::network(const sdk::NetworkRecord& record) noexcept {
  if (record.structSize < sizeof(record) || record.name.empty()) {
    breaches.emplace_back("a network has a wrong structSize or no name");
  }
  networks[std::string(record.name)] = copy(record.labels);
}

void Seen::volume(const sdk::VolumeRecord& record) noexcept {
  if (record.structSize < sizeof(record) || record.name.empty()) {
    breaches.emplace_back("a volume has a wrong structSize or no name");
  }
  volumes[std::string(record.name)] = copy(record.labels);
}

const SeenContainer* Seen::find(const std::string& name) const {
  const auto found = containers.find(name);
  return found == containers.end() ? nullptr : &found->second;
}

void Progress::progress(const sdk::PullProgress& progress) noexcept {
  const std::lock_guard lock(mutex_);
  lines_.push_back(
      {progress.sequence, progress.doneBytes, progress.totalBytes, std::string(progress.phase)});
}

std::vector<Progress::Line> Progress::lines() const {
  const std::lock_guard lock(mutex_);
  return lines_;
}

bool Output::output(sdk::OutputStream stream, std::int64_t timeMs,
                    std::string_view bytes) noexcept {
  const std::lock_guard lock(mutex_);
  lines_.push_back({stream, timeMs, std::string(bytes)});
  return lines_.size() < limit_;
}

std::vector<Output::Line> Output::lines() const {
  const std::lock_guard lock(mutex_);
  return lines_;
}

std::vector<std::string> Output::texts() const {
  std::vector<std::string> texts;
  for (const Line& line : lines()) {
    texts.push_back(line.text);
  }
  return texts;
}

std::string Output::all(sdk::OutputStream stream) const {
  std::string text;
  for (const Line& line : lines()) {
    if (line.stream == stream) {
      text += line.text;
    }
  }
  return text;
}

void Events::event(const sdk::EngineEvent& event) noexcept {
  const std::lock_guard lock(mutex_);
  events_.push_back({event.kind, std::string(event.containerId), std::string(event.containerName)});
}

std::vector<Events::Event> Events::events() const {
  const std::lock_guard lock(mutex_);
  return events_;
}

bool Events::waitFor(sdk::EventKind kind, const std::string& name) const {
  return waitUntil([&] {
    const std::vector<Event> seen = events();
    return std::any_of(seen.begin(), seen.end(), [&](const Event& event) {
      return event.kind == kind && (name.empty() || event.name == name);
    });
  });
}

void Info::engineInfo(const sdk::EngineInfo& info) noexcept {
  ++reports;
  cpus = info.cpus;
  memoryBytes = info.memoryBytes;
  name = info.name;
  version = info.version;
  architecture = info.architecture;
}

}  // namespace holdfast::conformance

// SPDX-License-Identifier: Apache-2.0
#include "pluginhost/observation_copy.hpp"

#include "model/text.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace holdfast::pluginhost {
namespace {

constexpr std::size_t kMaxObjects = 10'000;   // of each sort
constexpr std::size_t kMaxEntries = 1'000;    // labels, mounts, addresses of one object
constexpr std::size_t kMaxName = 4'096;       // ids, names, references, paths
constexpr std::size_t kMaxText = 64u * 1024;  // values of labels, errors of the engine
constexpr std::size_t kMaxShown = 200;

// Beyond what any image means, and what a target may ask for.
constexpr model::Milliseconds kMaxCheckTime{std::chrono::hours(24)};
constexpr std::int32_t kMaxCheckRetries = 1'000;

constexpr std::int64_t kYear10000Ms = 253'402'300'800'000;

// Engines have their own ways of saying "never" (the year 1, for one): all of them are none.
std::optional<model::WallTime> instant(std::int64_t ms) {
  const bool real = ms >= 0 && ms < kYear10000Ms;
  return real ? std::optional(model::WallTime(model::Milliseconds(ms))) : std::nullopt;
}

bool isState(sdk::ContainerState state) {
  return state >= sdk::ContainerState::Created && state <= sdk::ContainerState::Changing;
}

bool isName(std::string_view text) {
  return !text.empty() && text.size() <= kMaxName;
}

bool fits(const sdk::KeyValue& entry) {
  return isName(entry.key) && entry.value.size() <= kMaxText;
}

// Those by which an agent knows its objects.
bool isAgents(std::string_view label) {
  constexpr std::array<std::string_view, 6> kAgents = {
      sdk::kOwnerLabel,    sdk::kAppLabel,       sdk::kServiceLabel,
      sdk::kSpecHashLabel, sdk::kLegacyAppLabel, sdk::kLegacyServiceLabel};
  return std::find(kAgents.begin(), kAgents.end(), label) != kAgents.end();
}

// Labels come from whoever made an image or an object, so that what does not fit is no fault of the
// plugin's: it is left out, as the contract says.
std::map<std::string, std::string> labelsOf(std::span<const sdk::KeyValue> entries) {
  std::map<std::string, std::string> labels;
  for (const auto& entry : entries) {
    if (fits(entry) && (labels.size() < kMaxEntries || isAgents(entry.key))) {
      labels.emplace(entry.key, entry.value);
    }
  }
  return labels;
}

std::map<std::string, std::string> addressesOf(std::span<const sdk::KeyValue> entries) {
  std::map<std::string, std::string> addresses;
  for (const auto& entry : entries) {
    addresses.emplace(entry.key, entry.value);
  }
  return addresses;
}

// What is wrong with a record, in words that follow "container <id>"; empty when nothing is.
std::string containerProblem(const sdk::ContainerRecord& record) {
  if (record.structSize < sizeof(record)) {
    return "was reported by a record of " + std::to_string(record.structSize) + " bytes";
  }
  if (!isName(record.id) || !isName(record.name)) {
    return "has no id or no name, or one of over 4096 bytes";
  }
  if (!isState(record.state)) {
    return "is in the unknown state " + std::to_string(static_cast<std::int32_t>(record.state));
  }
  if (record.image.size() > kMaxName || record.imageId.size() > kMaxName) {
    return "has an image that is too long";
  }
  if (record.addresses.size() > kMaxEntries ||
      !std::all_of(record.addresses.begin(), record.addresses.end(), fits)) {
    return "has too many or too long addresses";
  }
  const bool mountsFit =
      record.mounts.size() <= kMaxEntries &&
      std::all_of(record.mounts.begin(), record.mounts.end(), [](const sdk::MountRecord& mount) {
        return mount.volume.size() <= kMaxName && mount.source.size() <= kMaxName &&
               isName(mount.destination);
      });
  return mountsFit ? "" : "has too many mounts, or one without destination or with too long a path";
}

// What is wrong with a check, in words that follow "image <reference>"; empty when nothing is.
std::string checkProblem(const sdk::ImageRecord& record) {
  const bool fits = record.healthArgv.size() <= kMaxEntries &&
                    std::all_of(record.healthArgv.begin(), record.healthArgv.end(),
                                [](std::string_view word) { return word.size() <= kMaxText; });
  if (!fits || (!record.healthArgv.empty() && record.healthArgv.front().empty())) {
    return "has a check with too many or too long words, or no program";
  }
  const bool negative = record.healthIntervalMs < 0 || record.healthTimeoutMs < 0 ||
                        record.healthStartPeriodMs < 0 || record.healthRetries < 0;
  return negative ? "has a check with a negative time or number" : "";
}

std::optional<model::ImageCheck> checkOf(const sdk::ImageRecord& record) {
  if (record.healthArgv.empty()) {
    return std::nullopt;
  }
  const auto time = [](std::int64_t ms) {
    return model::Milliseconds(std::min<std::int64_t>(ms, kMaxCheckTime.count()));
  };
  return model::ImageCheck{
      .command = std::vector<std::string>(record.healthArgv.begin(), record.healthArgv.end()),
      .interval = time(record.healthIntervalMs),
      .timeout = time(record.healthTimeoutMs),
      .startPeriod = time(record.healthStartPeriodMs),
      .retries = std::min(record.healthRetries, kMaxCheckRetries)};
}

model::ObservedContainer copy(const sdk::ContainerRecord& record) {
  model::ObservedContainer container;
  container.id = record.id;
  container.name = record.name;
  container.image = record.image;
  container.imageId = record.imageId;
  container.state = record.state;
  container.exitCode = record.exitCode;
  container.pid = record.pid;
  container.oomKilled = record.oomKilled != 0;
  container.engineError = model::printable(record.engineError, kMaxText);
  container.createdAt = instant(record.createdAtMs);
  container.startedAt = instant(record.startedAtMs);
  container.finishedAt = instant(record.finishedAtMs);
  container.labels = labelsOf(record.labels);
  container.addresses = addressesOf(record.addresses);
  for (const auto& mount : record.mounts) {
    container.mounts.push_back(
        {std::string(mount.volume), std::string(mount.source), std::string(mount.destination)});
  }
  return container;
}

}  // namespace

ObservationCopy::ObservationCopy(model::Now at, const std::vector<std::string>& images)
    : asked_(images.begin(), images.end()) {
  observation_.at = at;
}

void ObservationCopy::breach(const std::string& what) {
  if (problem_.empty()) {
    problem_ = "the plugin broke its contract: " + what;
  }
}

// Nothing may leave a sink but its return: not even for lack of memory.
template <class Add>
void ObservationCopy::guarded(Add add) noexcept {
  try {
    add();
  } catch (...) {
    try {
      breach("its report does not fit into memory");
    } catch (...) {
      problem_ = "memory";  // short enough to need none
    }
  }
}

void ObservationCopy::container(const sdk::ContainerRecord& record) noexcept {
  guarded([&] {
    const std::string problem = containerProblem(record);
    if (!problem.empty()) {
      breach("container \"" + model::oneLine(record.id, kMaxShown) + "\" " + problem);
    } else if (observation_.containers.size() >= kMaxObjects) {
      breach("more than " + std::to_string(kMaxObjects) + " containers");
    } else if (!containerIds_.emplace(record.id).second) {
      breach("container " + model::oneLine(record.id, kMaxShown) + " was reported twice");
    } else {
      observation_.containers.push_back(copy(record));
    }
  });
}

void ObservationCopy::image(const sdk::ImageRecord& record) noexcept {
  guarded([&] {
    if (record.structSize < sizeof(record) || !asked_.contains(record.reference)) {
      breach("image \"" + model::oneLine(record.reference, kMaxShown) + "\" was not asked for");
    } else if (!isName(record.id) || record.digest.size() > kMaxName) {
      breach("image " + model::oneLine(record.reference, kMaxShown) +
             " has no id, or an id or digest that is too long");
    } else if (const std::string problem = checkProblem(record); !problem.empty()) {
      breach("image " + model::oneLine(record.reference, kMaxShown) + " " + problem);
    } else {
      observation_.images[std::string(record.reference)] = {
          std::string(record.id), std::string(record.digest), record.sizeBytes, checkOf(record)};
    }
  });
}

void ObservationCopy::network(const sdk::NetworkRecord& record) noexcept {
  guarded([&] {
    if (record.structSize < sizeof(record) || !isName(record.name) ||
        observation_.networks.size() >= kMaxObjects) {
      breach("network \"" + model::oneLine(record.name, kMaxShown) +
             "\" has no name or is one too many");
    } else {
      observation_.networks.push_back({std::string(record.name), labelsOf(record.labels)});
    }
  });
}

void ObservationCopy::volume(const sdk::VolumeRecord& record) noexcept {
  guarded([&] {
    if (record.structSize < sizeof(record) || !isName(record.name) ||
        observation_.volumes.size() >= kMaxObjects) {
      breach("volume \"" + model::oneLine(record.name, kMaxShown) +
             "\" has no name or is one too many");
    } else {
      observation_.volumes.push_back({std::string(record.name), labelsOf(record.labels)});
    }
  });
}

void EngineInfoCopy::engineInfo(const sdk::EngineInfo& info) noexcept {
  try {
    if (info.structSize < sizeof(info)) {
      return;
    }
    info_.name = model::oneLine(info.name, kMaxName);
    info_.version = model::oneLine(info.version, kMaxName);
    info_.apiVersion = model::oneLine(info.apiVersion, kMaxName);
    info_.architecture = model::oneLine(info.architecture, kMaxName);
    info_.dataRoot = info.dataRoot.substr(0, kMaxName);
    info_.cpus = info.cpus;
    info_.memoryBytes = info.memoryBytes;
    info_.rootless = info.rootless != 0;
    reported_ = true;
  } catch (...) {
    reported_ = false;  // out of memory
  }
}

}  // namespace holdfast::pluginhost

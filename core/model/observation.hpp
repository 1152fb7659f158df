// SPDX-License-Identifier: Apache-2.0
// What a runtime said is there: the values behind the SDK's records.
#pragma once

#include "holdfast/sdk/runtime.hpp"
#include "model/time.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace holdfast::model {

using sdk::ContainerState;

struct ObservedMount {
  std::string volume;
  std::string source;
  std::string destination;
};

struct ObservedContainer {
  std::string id;
  std::string name;
  std::string image;
  std::string imageId;
  ContainerState state = ContainerState::Changing;
  int exitCode = 0;
  int pid = 0;
  bool oomKilled = false;
  std::string engineError;
  // Engine's wall clock. startedAt also tells one run of a container from the next.
  std::optional<WallTime> createdAt;
  std::optional<WallTime> startedAt;
  std::optional<WallTime> finishedAt;
  std::map<std::string, std::string> labels;
  std::vector<ObservedMount> mounts;
  std::map<std::string, std::string> addresses;

  // The label's value, empty when it is not there.
  [[nodiscard]] const std::string& label(std::string_view key) const;
};

// An image's own check of its containers (HEALTHCHECK). 0: the image does not say.
struct ImageCheck {
  std::vector<std::string> command;  // words; never empty
  Milliseconds interval{0};
  Milliseconds timeout{0};
  Milliseconds startPeriod{0};
  int retries = 0;
};

struct ObservedImage {
  std::string id;
  std::string digest;
  std::int64_t sizeBytes = 0;
  std::optional<ImageCheck> check{};
};

struct ObservedObject {
  std::string name;
  std::map<std::string, std::string> labels;
};

// One complete look at one runtime. There is no partial one: a look that failed yields none.
struct Observation {
  Now at;  // when the look began
  std::vector<ObservedContainer> containers;
  std::set<std::string> imagesAskedFor;         // what was looked up
  std::map<std::string, ObservedImage> images;  // what was found of that
  std::vector<ObservedObject> networks;
  std::vector<ObservedObject> volumes;
};

}  // namespace holdfast::model

// SPDX-License-Identifier: Apache-2.0
// Every step that changes something. One step is one attempt, and idempotent: what is so already is
// Ok, as is the removal of what is not there.
#pragma once

#include "container_store.hpp"
#include "image_store.hpp"
#include <holdfast/sdk/runtime.hpp>

#include <filesystem>
#include <mutex>
#include <set>
#include <string>

namespace process {

class Steps {
 public:
  // Both stores outlive it.
  Steps(const ContainerStore& containers, ImageStore& images, std::filesystem::path supervisor);

  holdfast::sdk::Status execute(const holdfast::sdk::Step& step, holdfast::sdk::Call& call);

  // Ids of the images that containers are made from.
  [[nodiscard]] std::set<std::string> usedImages() const;

 private:
  using Call = holdfast::sdk::Call;
  using Status = holdfast::sdk::Status;
  using Step = holdfast::sdk::Step;

  Status create(const Step& step, Call& call);
  Status start(const Container& container, Call& call);
  Status stop(const Container& container, std::int64_t graceMs, Call& call) const;
  Status remove(const Container& container, Call& call);
  Status pause(const Container& container, bool paused, Call& call) const;
  Status removeImage(const Step& step);

  const ContainerStore& containers_;
  ImageStore& images_;
  const std::filesystem::path supervisor_;
  std::mutex mutex_;  // two steps never create, start or remove at the same time
};

}  // namespace process

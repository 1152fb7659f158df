// SPDX-License-Identifier: Apache-2.0
// The containers of this runtime: files in one folder, which tell everything after any crash.
//
//   <name>.json        the container as it was created; there is one exactly while this exists
//   <name>.run, .exit  its latest run, from the supervisor (run_record.hpp)
//   <name>.log, .log.1 its output (log_file.hpp)
#pragma once

#include "container_spec.hpp"
#include "run_record.hpp"
#include <holdfast/sdk/runtime.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace process {

struct Container {
  std::string id;
  std::string imageId;  // "sha256:..."
  std::int64_t createdAtMs = 0;
  ContainerSpec spec;

  // Made for an agent: carries an owner's label.
  [[nodiscard]] bool managed() const;
};

// How a container is right now.
struct Condition {
  holdfast::sdk::ContainerState state = holdfast::sdk::ContainerState::Created;
  std::optional<Run> run;    // the latest one, absent in Created
  std::optional<Exit> exit;  // of that run, there in Exited
};

// Every member may throw std::system_error, and std::runtime_error for a file that is damaged.
// Thread-safe as far as the file system is.
class ContainerStore {
 public:
  explicit ContainerStore(std::filesystem::path folder);

  // Makes the folder.
  void prepare() const;

  // Writes a new container; the caller knows that there is none of that name.
  void add(std::string_view specJson, std::string_view imageId) const;
  // Takes its files away, last the one that makes it a container.
  void remove(std::string_view name) const;

  [[nodiscard]] std::vector<Container> all() const;
  [[nodiscard]] std::optional<Container> find(std::string_view name) const;
  [[nodiscard]] std::optional<Container> findById(std::string_view id) const;

  // A run that has lost its supervisor (a power cut, kill -9) is written down as ended.
  [[nodiscard]] Condition condition(std::string_view name) const;

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  [[nodiscard]] std::filesystem::path file(std::string_view name, std::string_view suffix) const;

 private:
  [[nodiscard]] std::optional<Exit> exitOf(std::string_view name, const Run& run) const;

  const std::filesystem::path folder_;
};

}  // namespace process

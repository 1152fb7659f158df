// SPDX-License-Identifier: Apache-2.0
// The sinks that the kit hands to a runtime plugin: they keep copies, and what breaks the contract.
#pragma once

#include "conformance/kit/instance.hpp"

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace holdfast::conformance {

struct SeenContainer {
  sdk::ContainerState state = sdk::ContainerState::Changing;
  int exitCode = 0;
  int pid = 0;
  std::int64_t createdAtMs = sdk::kNoTime;
  std::int64_t startedAtMs = sdk::kNoTime;
  std::int64_t finishedAtMs = sdk::kNoTime;
  std::string id;
  std::string image;
  std::string imageId;
  std::map<std::string, std::string> labels;
};

// One look at the engine. Not thread-safe.
class Seen final : public sdk::ObservationSink {
 public:
  explicit Seen(const std::vector<std::string>& asked) : asked_(asked.begin(), asked.end()) {}

  void container(const sdk::ContainerRecord& record) noexcept override;
  void image(const sdk::ImageRecord& record) noexcept override;
  void network(const sdk::NetworkRecord& record) noexcept override;
  void volume(const sdk::VolumeRecord& record) noexcept override;

  // nullptr when it was not reported.
  [[nodiscard]] const SeenContainer* find(const std::string& name) const;

  std::map<std::string, SeenContainer> containers;                     // by name
  std::map<std::string, std::string> images;                           // reference -> id
  std::map<std::string, std::vector<std::string>> checks;              // reference -> argv
  std::map<std::string, std::map<std::string, std::string>> networks;  // name -> labels
  std::map<std::string, std::map<std::string, std::string>> volumes;
  std::vector<std::string> breaches;

 private:
  std::set<std::string> asked_;
  std::set<std::string> ids_;
};

class Progress final : public sdk::ProgressSink {
 public:
  struct Line {
    std::uint32_t sequence = 0;
    std::int64_t doneBytes = 0;
    std::int64_t totalBytes = 0;
    std::string phase;
  };
  void progress(const sdk::PullProgress& progress) noexcept override;
  [[nodiscard]] std::vector<Line> lines() const;

 private:
  mutable std::mutex mutex_;
  std::vector<Line> lines_;
};

class Output final : public sdk::OutputSink {
 public:
  struct Line {
    sdk::OutputStream stream = sdk::OutputStream::Stdout;
    std::int64_t timeMs = sdk::kNoTime;
    std::string text;
  };
  // Has enough after `limit` lines.
  explicit Output(std::size_t limit = SIZE_MAX) : limit_(limit) {}

  bool output(sdk::OutputStream stream, std::int64_t timeMs,
              std::string_view bytes) noexcept override;
  [[nodiscard]] std::vector<Line> lines() const;
  // The texts of one stream, or of both.
  [[nodiscard]] std::vector<std::string> texts() const;
  [[nodiscard]] std::string all(sdk::OutputStream stream) const;

 private:
  const std::size_t limit_;
  mutable std::mutex mutex_;
  std::vector<Line> lines_;
};

class Events final : public sdk::EventSink {
 public:
  struct Event {
    sdk::EventKind kind = sdk::EventKind::Changed;
    std::string id;
    std::string name;
  };
  void event(const sdk::EngineEvent& event) noexcept override;
  [[nodiscard]] std::vector<Event> events() const;
  // Blocks until an event of this kind has come, for the container of this name unless it is empty.
  [[nodiscard]] bool waitFor(sdk::EventKind kind, const std::string& name = {}) const;

 private:
  mutable std::mutex mutex_;
  std::vector<Event> events_;
};

class Info final : public sdk::EngineInfoSink {
 public:
  void engineInfo(const sdk::EngineInfo& info) noexcept override;

  int reports = 0;
  int cpus = 0;
  std::int64_t memoryBytes = 0;
  std::string name;
  std::string version;
  std::string architecture;
};

}  // namespace holdfast::conformance

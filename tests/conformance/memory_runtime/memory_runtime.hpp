// SPDX-License-Identifier: Apache-2.0
// A runtime whose engine is a few maps in memory: a plugin that keeps the whole contract and needs
// nothing to run. The faulty ones (../faulty) are derived from it.
#pragma once

#include "conformance/memory_runtime/script.hpp"
#include "holdfast/sdk/plugin_main.hpp"

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace holdfast::memory {

// `engine` is up, down (nobody answers) or silent (takes everything and never answers).
inline constexpr char kOptions[] = R"({"properties": {
  "engine": {"type": "string", "default": "up", "description": "up, down or silent"},
  "name":   {"type": "string", "required": true, "description": "what the engine calls itself"},
  "second": {"type": "duration", "default": "1s", "description": "how long a second of sleep is"}
}})";

using Labels = std::map<std::string, std::string>;

struct Container {
  std::string id;
  std::string image;
  Labels labels;
  std::string program;  // path of the first word, empty for the image's own
  std::string script;   // what a shell runs; empty for the image's own program, which stays
  bool paused = false;
  bool ran = false;
  Plan plan;
  std::set<std::string> files;
  std::int64_t createdAtMs = sdk::kNoTime;
  std::int64_t startedAtMs = sdk::kNoTime;
  std::int64_t endsAtMs = sdk::kNoTime;  // of the latest run, also when still to come
  int exitCode = 0;

  [[nodiscard]] sdk::ContainerState state(std::int64_t nowMs) const;
};

class MemoryRuntime : public sdk::RuntimePlugin {
 public:
  explicit MemoryRuntime(sdk::Host& host);

  sdk::Status start(sdk::Call& call) override;
  sdk::Status health(sdk::Call& call) override;
  void stop() noexcept override {}
  sdk::Status engineInfo(sdk::Call& call, sdk::EngineInfoSink& sink) override;
  sdk::Status validate(std::string_view specJson, sdk::Call& call) override;
  sdk::Status observe(const sdk::ObserveRequest& request, sdk::Call& call,
                      sdk::ObservationSink& sink) override;
  sdk::Status execute(const sdk::Step& step, sdk::Call& call) override;
  sdk::Status pull(const sdk::PullRequest& request, sdk::Call& call,
                   sdk::ProgressSink& sink) override;
  sdk::Status watch(sdk::Call& call, sdk::EventSink& sink) override;
  sdk::Status logs(const sdk::LogRequest& request, sdk::Call& call, sdk::OutputSink& sink) override;
  sdk::Status exec(const sdk::ExecRequest& request, sdk::Call& call, sdk::OutputSink& sink,
                   sdk::ExecResult& result) override;

 protected:
  // Ok when the engine answers; else what the call ends with.
  [[nodiscard]] sdk::Status reach(sdk::Call& call) const;
  [[nodiscard]] bool isSilent() const { return engine_ == "silent"; }
  [[nodiscard]] bool isDown() const { return engine_ == "down"; }

  // Blocks for `ms`, shorter when the call ends first. False then.
  static bool wait(const sdk::Call& call, std::int64_t ms);
  static sdk::Status fail(sdk::Call& call, sdk::ErrorClass code, const std::string& why);
  static std::int64_t nowMs();

  sdk::Host& host_;

 private:
  sdk::Status create(const sdk::Step& step, sdk::Call& call);
  sdk::Status startContainer(Container& container, const std::string& name, sdk::Call& call);
  sdk::Status stopContainer(const sdk::Step& step, sdk::Call& call);
  sdk::Status changeContainer(const sdk::Step& step, sdk::Call& call);
  sdk::Status createObject(std::map<std::string, Labels>& objects, const sdk::Step& step,
                           sdk::Call& call);
  void removeImage(std::string_view image);

  // The container that a step means; nullptr with the status that says why not.
  Container* meant(const sdk::Step& step, sdk::Call& call, sdk::Status& status);
  Container* byId(std::string_view id);

  std::string engine_;
  std::string name_;
  std::int64_t secondMs_ = 0;
  std::mutex mutex_;  // for all that follows
  std::map<std::string, Container, std::less<>> containers_;
  std::map<std::string, Labels> networks_;
  std::map<std::string, Labels> volumes_;
  std::set<std::string, std::less<>> images_;
  int lastId_ = 0;
};

}  // namespace holdfast::memory

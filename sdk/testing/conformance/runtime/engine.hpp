// SPDX-License-Identifier: Apache-2.0
// Calls into a runtime plugin, each with arguments that are taken away when it is over.
#pragma once

#include "conformance/kit/arguments.hpp"
#include "conformance/runtime/seen.hpp"

#include <boost/json.hpp>

#include <future>
#include <memory>
#include <string>
#include <vector>

namespace holdfast::conformance {

namespace json = boost::json;

// The owner label of containers that play those of another agent.
inline constexpr const char* kOwnerOfAnother = "00000000-0000-4000-8000-000000000001";

struct StepArguments {
  sdk::StepKind kind = sdk::StepKind::CreateNetwork;
  std::string name;
  std::string containerId;
  std::string image;
  std::string specJson;
  std::int64_t graceMs = 10'000;
};

struct LogArguments {
  std::string containerId;
  std::int32_t tail = -1;
  std::int64_t sinceMs = sdk::kNoTime;
  bool follow = false;
};

// The plugin's calls by value. Thread-safe. The limits are the agent's (docs/plugin-guide.md
// "Deadlines") unless another one is given.
class Engine {
 public:
  explicit Engine(sdk::RuntimePlugin& plugin) : plugin_(plugin) {}

  [[nodiscard]] Outcome info(Info& info, std::int64_t limitMs = 5'000) const;
  [[nodiscard]] Outcome validate(const std::string& spec) const;
  [[nodiscard]] Outcome observe(Seen& seen, const std::vector<std::string>& images,
                                std::int64_t limitMs = 15'000) const;
  [[nodiscard]] Outcome execute(const StepArguments& step, std::int64_t limitMs = 0) const;

  // These end by themselves or by `call`, whose deadline holds.
  [[nodiscard]] Outcome pull(DeadlineCall& call, const std::string& reference,
                             Progress& progress) const;
  [[nodiscard]] Outcome watch(DeadlineCall& call, Events& events) const;
  [[nodiscard]] Outcome logs(DeadlineCall& call, const LogArguments& request, Output& output) const;
  [[nodiscard]] Outcome exec(DeadlineCall& call, const std::string& containerId,
                             const std::vector<std::string>& argv, std::int64_t timeoutMs,
                             Output& output, sdk::ExecResult& result) const;
  // With `call`, for what is cancelled from outside.
  [[nodiscard]] Outcome observe(DeadlineCall& call, Seen& seen,
                                const std::vector<std::string>& images) const;
  [[nodiscard]] Outcome execute(DeadlineCall& call, const StepArguments& step) const;
  [[nodiscard]] Outcome info(DeadlineCall& call, Info& info) const;
  [[nodiscard]] Outcome health(DeadlineCall& call) const;

 private:
  sdk::RuntimePlugin& plugin_;
};

// A call on a thread of its own, cancelled and awaited by the destructor.
class Background {
 public:
  using Work = std::function<Outcome(DeadlineCall&)>;
  Background(std::string label, Work work, std::int64_t limitMs = INT64_MAX);
  ~Background();
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  [[nodiscard]] const std::string& label() const { return label_; }
  [[nodiscard]] bool ended(std::chrono::milliseconds limit);
  void cancel();
  // Waits for the end. Only once.
  [[nodiscard]] Outcome result();

 private:
  std::string label_;
  DeadlineCall call_;
  std::future<Outcome> result_;
};

}  // namespace holdfast::conformance

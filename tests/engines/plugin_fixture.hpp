// SPDX-License-Identifier: Apache-2.0
// The plugin under test in this process, against its engine in a lab, with a fake host and fake
// calls.
#pragma once

#include "engines/engine_under_test.hpp"
#include "fixtures/lab/lab.hpp"
#include "fixtures/lab/lab_environment.hpp"
#include "fixtures/lab/wait_until.hpp"
#include "holdfast/testing/fake_call.hpp"
#include "holdfast/testing/fake_host.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace holdfast::plugin_test {

namespace json = boost::json;
using namespace std::chrono_literals;
using fixtures::Lab;
using fixtures::waitUntil;
using sdk::ErrorClass;
using sdk::StepKind;
using testing::FakeCall;

inline constexpr auto kSoon = 20s;  // generous: only a failing test waits that long
inline constexpr const char* kOwner = "6f1c1c1e-7f0e-4b7e-a2f5-1f6a3f1f7c55";

// One for the whole program.
fixtures::Lab& lab();

// What a call came to.
struct Outcome {
  ErrorClass code = ErrorClass::Ok;
  std::string message;
  std::string raw;
  friend bool operator==(const Outcome& outcome, ErrorClass wanted) {
    return outcome.code == wanted;
  }
  friend std::ostream& operator<<(std::ostream& out, const Outcome& outcome) {
    return out << "class " << static_cast<int>(outcome.code) << ", \"" << outcome.message << "\"";
  }
};

struct SeenContainer {
  sdk::ContainerState state = sdk::ContainerState::Changing;
  int exitCode = 0;
  int pid = 0;
  bool oomKilled = false;
  std::int64_t createdAtMs = 0;
  std::int64_t startedAtMs = 0;
  std::int64_t finishedAtMs = 0;
  std::string id;
  std::string image;
  std::string imageId;
  std::string engineError;
  std::map<std::string, std::string> labels;
  std::vector<std::string> mounts;  // "volume or path -> destination"
  std::map<std::string, std::string> addresses;
};

struct SeenImage {
  std::string id;
  std::string digest;
  std::int64_t sizeBytes = 0;
};

class Seen final : public sdk::ObservationSink {
 public:
  void container(const sdk::ContainerRecord& record) noexcept override;
  void image(const sdk::ImageRecord& record) noexcept override;
  void network(const sdk::NetworkRecord& record) noexcept override;
  void volume(const sdk::VolumeRecord& record) noexcept override;

  std::map<std::string, SeenContainer> containers;  // by name
  std::map<std::string, SeenImage> images;          // by reference as asked for
  std::vector<std::string> networks;
  std::vector<std::string> volumes;
};

class Progress final : public sdk::ProgressSink {
 public:
  struct Line {
    std::uint32_t sequence;
    std::int64_t done;
    std::int64_t total;
    bool waiting;
    std::string phase;
  };
  void progress(const sdk::PullProgress& progress) noexcept override;
  [[nodiscard]] std::vector<Line> lines() const;
  [[nodiscard]] bool sawPhase(std::string_view phase) const;

 private:
  mutable std::mutex mutex_;
  std::vector<Line> lines_;
};

class Output final : public sdk::OutputSink {
 public:
  struct Line {
    sdk::OutputStream stream;
    std::int64_t timeMs;
    std::string text;
  };
  bool output(sdk::OutputStream stream, std::int64_t timeMs,
              std::string_view bytes) noexcept override;
  [[nodiscard]] std::vector<Line> lines() const;
  [[nodiscard]] std::vector<std::string> texts() const;

 private:
  mutable std::mutex mutex_;
  std::vector<Line> lines_;
};

// watch() on a thread of its own, as the host runs it.
class Watch final : public sdk::EventSink {
 public:
  struct Event {
    sdk::EventKind kind;
    std::string name;
    std::string action;
  };
  explicit Watch(sdk::RuntimePlugin& plugin);
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  void event(const sdk::EngineEvent& event) noexcept override;
  [[nodiscard]] std::vector<Event> events() const;
  [[nodiscard]] bool waitFor(sdk::EventKind kind, const std::string& name = {}) const;
  // Ends it, when it has not ended by itself, and says how.
  [[nodiscard]] ErrorClass end();
  [[nodiscard]] bool ended();

 private:
  mutable std::mutex mutex_;
  std::vector<Event> events_;
  FakeCall call_;
  std::future<sdk::Status> result_;
};

class EnginePlugin : public ::testing::Test {
 protected:
  EnginePlugin();
  ~EnginePlugin() override;
  void TearDown() override;

  // The specification of a container of the lab's image, with the agent's labels.
  [[nodiscard]] static json::object spec(const std::string& name, const std::string& image,
                                         json::object more = {});

  [[nodiscard]] Outcome step(StepKind kind, const std::string& name, const std::string& spec = {},
                             std::int64_t graceMs = 10'000, const std::string& id = {});
  [[nodiscard]] Outcome create(const json::object& spec);
  [[nodiscard]] Outcome start(const std::string& name) {
    return step(StepKind::StartContainer, name);
  }
  // Creates and starts; expects both to work.
  void run(const json::object& spec);
  [[nodiscard]] Outcome pull(const std::string& reference);
  [[nodiscard]] Seen observe(const std::vector<std::string>& images = {});
  [[nodiscard]] std::string idOf(const std::string& name) const;

  fixtures::Lab& lab_ = lab();
  const EngineUnderTest& engine_ = engineUnderTest();
  std::unique_ptr<fixtures::EngineClient> client_ = lab_.client(engine_.engine());
  const fixtures::EngineClient& view_ = *client_;  // the test's own
  fixtures::FaultControl faults_ = lab_.faults();
  testing::FakeHost host_;
  std::unique_ptr<sdk::RuntimePlugin> plugin_;
};

}  // namespace holdfast::plugin_test

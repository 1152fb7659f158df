// SPDX-License-Identifier: Apache-2.0
// The plugin and the engine that a program of plugin_*_test.cpp is about, and the little that is to
// be expected of this engine alone. Each program links one implementation.
#pragma once

#include "fixtures/lab/lab.hpp"
#include "fixtures/lab/lab_environment.hpp"
#include "holdfast/sdk/runtime.hpp"

#include <boost/json.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace holdfast::plugin_test {

enum class FailsAt { Create, Start };

struct StartFailure {
  std::string name;
  boost::json::object more;  // members of the specification
  FailsAt at = FailsAt::Start;
  sdk::ErrorClass errorClass = sdk::ErrorClass::Rejected;
  std::string message;
};

struct PullRefusal {
  std::string reference;
  sdk::ErrorClass errorClass = sdk::ErrorClass::Transient;
  std::string message;  // how it begins
};

class EngineUnderTest {
 public:
  [[nodiscard]] virtual fixtures::Engine engine() const = 0;
  [[nodiscard]] virtual fixtures::LabEngines inLab() const = 0;
  [[nodiscard]] virtual std::unique_ptr<sdk::RuntimePlugin> plugin(sdk::Host& host) const = 0;

  [[nodiscard]] virtual std::string name() const = 0;
  [[nodiscard]] virtual std::string apiVersion() const = 0;  // how it begins
  [[nodiscard]] virtual std::filesystem::path dataRoot(const fixtures::Lab& lab) const = 0;

  // Does the engine keep the error of a failed start, and the exit code 126 or 127?
  [[nodiscard]] virtual bool recordsFailedStarts() const = 0;
  // Does it tell an out-of-memory kill from another one?
  [[nodiscard]] virtual bool knowsOutOfMemory() const = 0;
  // Does an inspection (of Docker's API) show a health check that runs?
  [[nodiscard]] virtual bool checksHealth(const boost::json::object& container) const = 0;
  // The digest that an image has under a name by which it was only tagged.
  [[nodiscard]] virtual std::string taggedDigest(const std::string& pulledDigest) const = 0;
  [[nodiscard]] virtual std::string unreadableLog() const = 0;

  // Phases of a pull after "resolving", the last one last.
  [[nodiscard]] virtual std::vector<std::string> pullPhases() const = 0;
  // How much a pull of 50 MB tells at least: Podman is silent of a layer that takes under a second.
  [[nodiscard]] virtual std::int64_t bytesTold() const = 0;
  [[nodiscard]] virtual std::vector<PullRefusal> pullRefusals() const = 0;
  // How an answer without the tag begins.
  [[nodiscard]] virtual std::string absentTagAnswer() const = 0;
  [[nodiscard]] virtual std::vector<StartFailure> startFailures() const = 0;

  virtual ~EngineUnderTest() = default;
};

[[nodiscard]] const EngineUnderTest& engineUnderTest();

}  // namespace holdfast::plugin_test

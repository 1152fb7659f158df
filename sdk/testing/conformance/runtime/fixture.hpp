// SPDX-License-Identifier: Apache-2.0
// What the tests of a runtime plugin stand on: an instance, and containers that are gone
// afterwards.
#pragma once

#include "conformance/runtime/engine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace holdfast::conformance {

using sdk::ContainerState;
using sdk::StepKind;

class RuntimeTest : public ::testing::Test {
 protected:
  // Creates and starts an instance, and pulls the image where it is not there yet.
  void SetUp() override;
  // Removes what carries this run's owner label, and the instance.
  void TearDown() override;

  [[nodiscard]] Engine engine() const { return Engine(instance_->runtime()); }

  // A name of this run: two runs on one engine do not meet.
  [[nodiscard]] std::string named(const std::string& suffix) const;
  [[nodiscard]] const std::string& image() const { return image_; }

  // A specification with the image, the labels of this run, and `more` put over it.
  [[nodiscard]] json::object spec(const std::string& name, json::object more = {}) const;
  // The same with a command line for the image's shell.
  [[nodiscard]] json::object shellSpec(const std::string& name, const std::string& script) const;
  // The words that run a command line in the image.
  [[nodiscard]] static std::vector<std::string> shell(const std::string& script);

  [[nodiscard]] Outcome step(StepKind kind, const std::string& name,
                             const std::string& containerId = {}) const;
  [[nodiscard]] Outcome create(const json::object& spec) const;
  [[nodiscard]] Outcome stop(const std::string& name, std::int64_t graceMs = 10'000) const;
  // Creates and starts; a failure of either fails the test.
  void run(const json::object& spec) const;
  [[nodiscard]] Seen observe(const std::vector<std::string>& images = {}) const;
  // As the engine reports it now; a container that is absent fails the test and is empty.
  [[nodiscard]] SeenContainer look(const std::string& name) const;
  // Waits until the container has ended by itself.
  void awaitEnd(const std::string& name) const;
  [[nodiscard]] Outcome pull(const std::string& reference, Progress& progress) const;

  // The owner label of this run.
  static const std::string& owner();

  std::unique_ptr<Instance> instance_;

 private:
  void removeAll() const;

  std::string image_;
};

}  // namespace holdfast::conformance

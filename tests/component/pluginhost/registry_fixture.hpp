// SPDX-License-Identifier: Apache-2.0
// A registry over a plugin folder of the test's own, filled with fixtures under any name.
#pragma once

#include "fixtures/plugins/temporary_directory.hpp"
#include "pluginhost/registry.hpp"

#include <gmock/gmock.h>

#include <sys/stat.h>

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace holdfast::pluginhost {

class RegistryTest : public ::testing::Test {
 protected:
  RegistryTest() {
    for (const auto& folder : {plugins(), state()}) {
      std::filesystem::create_directory(folder);
      ::chmod(folder.c_str(), 0755);
    }
  }

  [[nodiscard]] std::filesystem::path plugins() const { return directory_.path() / "plugins"; }
  [[nodiscard]] std::filesystem::path state() const { return directory_.path() / "state"; }

  // Puts the fixture `name` there as the plugin `as`.
  std::filesystem::path put(const std::string& name, const std::string& as) {
    auto to = plugins() / (as + ".so");
    std::filesystem::copy_file(std::filesystem::path(HOLDFAST_FIXTURES) / (name + ".so"), to);
    ::chmod(to.c_str(), 0644);
    return to;
  }

  [[nodiscard]] RegistrySettings settings() {
    RegistrySettings settings;
    settings.directory = plugins();
    settings.stateDirectory = state();
    settings.host.version = "0.1.0";
    settings.probe.arguments = {HOLDFAST_PROBE_CHILD, "--probe-plugin"};
    settings.supervision.grace = model::Milliseconds(50);
    settings.incidents = [this](const Incident& incident) {
      const std::lock_guard lock(mutex_);
      incidents_.push_back(incident);
    };
    return settings;
  }

  [[nodiscard]] std::unique_ptr<Registry> load(const std::vector<PluginRequest>& requests) {
    return load(settings(), requests);
  }
  [[nodiscard]] std::unique_ptr<Registry> load(RegistrySettings with,
                                               const std::vector<PluginRequest>& requests) {
    auto registry = std::make_unique<Registry>(std::move(with), clock_);
    registry->load(requests);
    return registry;
  }

  test::TemporaryDirectory directory_;
  model::SystemClock clock_;
  std::mutex mutex_;
  std::vector<Incident> incidents_;
};

}  // namespace holdfast::pluginhost

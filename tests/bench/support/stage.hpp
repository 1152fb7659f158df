// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "fixtures/lab/lab.hpp"
#include "fixtures/lab/process.hpp"
#include "fixtures/lab/temp_dir.hpp"

#include <boost/json.hpp>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace holdfast::bench {

/// The image of the services that are measured; in the engine before anything is timed.
std::string sleeperImage();

/// "service-01" ... : `count` services of app 7 "bench" with sleeperImage(), as a target.
std::string targetOf(int count);
std::string serviceName(int number);

/// Copies the docker plugin there: the agent trusts only what its own user alone can change.
void installPlugin(const std::filesystem::path& directory);

/// Notices the containers that are started after it was made, whoever starts them: the one clock
/// that all contestants are timed by.
class StartCounter {
 public:
  explicit StartCounter(const fixtures::DockerClient& docker);

  /// Blocks until `count` containers have started; throws std::runtime_error when `limit` is over
  /// first.
  void wait(int count, std::chrono::seconds limit) const;

 private:
  std::unique_ptr<fixtures::JsonStream> events_;
};

/// Removes all containers and the networks of this program's apps from the engine, which then has
/// nothing left of a round, and lets it come to rest.
void clearEngine(const std::filesystem::path& dockerSocket);

/// holdfastd with a fresh state directory. Stopped, orderly, when this object goes; its containers
/// stay. The calls throw std::runtime_error with the agent's log when it does not do what it
/// should.
class Agent {
 public:
  /// Blocks until it is ready. `dockerSocket`: what it takes for Docker. `options`: "-Dkey=value".
  explicit Agent(const std::filesystem::path& dockerSocket, std::vector<std::string> options = {});
  ~Agent();

  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;

  pid_t pid() const { return process_->pid(); }

  void setTarget(const std::string& target);

  /// Blocks until all services of the target run and nothing is left to do.
  void waitUntilSettled(std::chrono::seconds limit);

  boost::json::value get(const std::string& path);
  void stop();

 private:
  std::runtime_error complaint(const std::string& what) const;

  fixtures::TempDir directory_;
  std::filesystem::path socket_;
  std::unique_ptr<fixtures::Process> process_;
};

}  // namespace holdfast::bench

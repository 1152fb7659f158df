// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "fixtures/lab/engine_client.hpp"
#include "fixtures/lab/lab.hpp"
#include "fixtures/lab/process.hpp"
#include "fixtures/lab/temp_dir.hpp"

#include <boost/json.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::engines {

/// A real `holdfastd` on the engines of a lab, with a state directory, configuration, plugins and
/// socket of its own below one temporary directory. What a test knows of it comes over its API, as
/// anybody's would. The calls throw std::runtime_error with the daemon's words when something is
/// not as the call says. Not thread-safe.
class Agent {
 public:
  /// Keys and values of the configuration file.
  using Settings = std::map<std::string, std::string>;

  /// Does not start it. It loads a runtime for each of `engines`, and the first is the default; the
  /// other plugins are there for whoever names them.
  /// `settings` come on top of defaults() and of what ties the daemon to the lab and to its
  /// directory.
  Agent(const fixtures::Lab& lab, fixtures::LabEngines engines, Settings settings = {});

  /// Kills the daemon; containers go on.
  ~Agent();

  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;

  /// Retry ladders and intervals that are short enough to wait for, without jitter.
  static Settings defaults();

  /// Waits until the API answers, and the engine was looked at unless `engineAnswers` is false.
  void start(bool engineAnswers = true);
  /// SIGKILL.
  void kill();
  /// SIGTERM: an orderly stop. Waits for the end, which has to be a success.
  void stop();
  bool running() { return process_ && process_->running(); }
  pid_t pid() const { return process_->pid(); }
  void signal(int number) { process_->signal(number); }

  /// From the next start on the daemon is in the lab's network: where the containers' addresses
  /// are, but not what a test program serves itself.
  void moveInto(const fixtures::Lab& lab) { way_ = lab.inside({}); }

  /// For the next start.
  void configure(const Settings& settings);

  const std::filesystem::path& directory() const { return directory_.path(); }
  std::filesystem::path stateDirectory() const { return directory() / "state"; }

  /// Any call of the API, any status.
  fixtures::EngineAnswer call(const std::string& method, const std::string& path,
                              const std::string& body = {}) const;
  /// The JSON of a call that is answered with 200.
  boost::json::value get(const std::string& path) const;

  /// PUT /v1/target, which has to be accepted. Returns its revision.
  std::int64_t apply(const boost::json::value& target);
  /// POST /v1/plan: the actions; without a target of the one in force.
  boost::json::array plan(const std::optional<boost::json::value>& target = {}) const;
  /// POST /v1/services/<service>/<verb>, with a service as in "lab/web".
  void command(const std::string& service, const std::string& verb) const;

  /// What GET /v1/services/<service> shows.
  boost::json::object show(const std::string& service) const;
  /// The history, oldest first; all of it, or of one service.
  boost::json::array events(const std::string& service = {}) const;
  /// Lines of a service's output, as the API has them.
  boost::json::array logs(const std::string& service, const std::string& query = {}) const;

  /// Revision of the target in force; 0 without one.
  std::int64_t revision() const;
  /// True when a target is in force, of at least the revision that apply() gave last, and each of
  /// its services is at its state or in error.
  bool settled() const;

  /// When the engine, the first of two, was last looked at; empty before the first time.
  std::string lookedAt() const;

  /// Everything that all runs of the daemon wrote to stderr.
  std::string log() const;

 private:
  void writeConfiguration() const;
  std::string why(const std::string& what);

  fixtures::TempDir directory_;
  Settings settings_;
  std::vector<std::string> way_;  // what goes before the daemon's command line
  std::unique_ptr<fixtures::Process> process_;
  std::string earlierLog_;
  std::int64_t applied_ = 0;
};

}  // namespace holdfast::engines

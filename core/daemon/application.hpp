// SPDX-License-Identifier: Apache-2.0
// holdfastd as a Poco ServerApplication: its options, and what they lead to.
//
// Of ServerApplication's own services three are replaced. Its wait for termination dies of SIGHUP;
// its --daemon lets the parent go before anything was checked, and sends stderr to nowhere; its
// --pidfile overwrites the file of an agent that is running.
#pragma once

#include "config/loader.hpp"
#include "daemon/command_line.hpp"
#include "daemon/detachment.hpp"
#include "daemon/successor.hpp"

#include <Poco/Util/ServerApplication.h>

#include <optional>
#include <string>
#include <vector>

namespace holdfast::daemon {

class Application final : public Poco::Util::ServerApplication {
 public:
  explicit Application(Successor& successor);  // which outlives this

  // Does what the command line says and returns the exit code: 0, 1, or 78 for a configuration that
  // cannot be used. Blocks until the agent is told to stop. Prints what is wrong.
  int execute(int argc, char** argv);

  // After execute(): `successor` is to begin.
  [[nodiscard]] bool restarts() const { return restarts_; }

 protected:
  void defineOptions(Poco::Util::OptionSet& options) override;
  int main(const std::vector<std::string>& arguments) override;

 private:
  void take(const std::string& name, const std::string& value);
  void takeDefine(const std::string& value);
  void takeFlag(const std::string& name);

  void printHelp() const;
  [[nodiscard]] config::Layers layers() const;
  int check() const;
  int serve();
  int live(const config::Settings& settings, std::optional<Detachment>& detachment);

  Successor& successor_;
  bool restarts_ = false;
  CommandLine line_;
  std::string startedIn_;  // working directory
};

}  // namespace holdfast::daemon

// SPDX-License-Identifier: Apache-2.0
// The program against the real daemon, without an engine.
#include "component/cli/cli_process.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <string>

namespace holdfast::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

class CliDaemon : public testing::Test {
 protected:
  CliDaemon() { std::filesystem::create_directories(folder_ / "plugins"); }
  CliDaemon(const CliDaemon&) = delete;
  CliDaemon& operator=(const CliDaemon&) = delete;
  ~CliDaemon() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::vector<std::string> daemonCommand() const {
    const std::string folder = folder_.string();
    return {HOLDFASTD_BINARY,
            "--config",
            "/dev/null",
            "-Dstate.dir=" + folder + "/state",
            "-Dapi.socket=" + socket_,
            "-Dplugins.dir=" + folder + "/plugins"};
  }

  // As somebody does who has just started it: asks until it answers.
  [[nodiscard]] Ended onceItAnswers(const std::vector<std::string>& words) const {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    Ended ended = runPiped(socket_, words);
    while (ended.code == 4 && std::chrono::steady_clock::now() < end) {
      ended = runPiped(socket_, words);
    }
    return ended;
  }

  const std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / ("holdfast-cli-d-" + std::to_string(::getpid()));
  const std::string socket_ = (folder_ / "s.sock").string();
};

TEST_F(CliDaemon, AnswersBeforeThereIsATarget) {
  const Background daemon(daemonCommand());
  const Ended version = onceItAnswers({"version"});
  EXPECT_EQ(version.code, 0) << version.errors;
  EXPECT_THAT(version.output, AllOf(HasSubstr("holdfastd:        "), HasSubstr("SDK:")));
  EXPECT_THAT(runPiped(socket_, {"status"}).errors, StartsWith("No services"));
  EXPECT_THAT(runPiped(socket_, {"plan"}).output, StartsWith("Nothing to do: no target"));
  EXPECT_THAT(runPiped(socket_, {"adopt"}).errors, HasSubstr("nothing to adopt"));
  EXPECT_THAT(runPiped(socket_, {"plugins"}).output, HasSubstr("refused   trust: "));
  EXPECT_THAT(runPiped(socket_, {"events"}).output, HasSubstr("PluginFailed"));
  EXPECT_EQ(runPiped(socket_, {"why", "a/b"}).code, 1);
  EXPECT_EQ(runPiped(socket_, {"plugins", "inspect", HOLDFAST_BINARY}).code, 1);
}

TEST_F(CliDaemon, RefusesATargetWithEveryProblemAndItsPlace) {
  const Background daemon(daemonCommand());
  ASSERT_EQ(onceItAnswers({"version"}).code, 0);
  const Ended ended = runPiped(socket_, {"apply", "-f", "-"}, R"({"apps": {"1": {"services": [
  {"serviceName": "a", "imageName": "x:1", "comand": ["y"]},
  {"serviceName": "b", "config": {}}]}}})");
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.errors,
              AllOf(HasSubstr("standard input:2:44: /apps/1/services/0/comand: "),
                    HasSubstr("standard input:3:3: /apps/1/services/1: "),
                    HasSubstr("the target is refused (2 problems); nothing was changed\n")));
}

}  // namespace
}  // namespace holdfast::cli

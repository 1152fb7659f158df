// SPDX-License-Identifier: Apache-2.0
// With a program of the test's own in place of podman; tests/engines has the real one.
#include "runtime/podman/service_process.hpp"

#include "holdfast/testing/fake_call.hpp"
#include "runtime/podman/tests/no_threads.hpp"

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <sys/wait.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <thread>

namespace holdfast::podman {
namespace {

using testing::FakeCall;

class ServiceProcessTest : public ::testing::Test {
 protected:
  ServiceProcessTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "hf-service-XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
  }
  ~ServiceProcessTest() override { std::filesystem::remove_all(directory_); }

  // A program that is called as podman is.
  std::string program(const std::string& script) const {
    const std::string path = directory_ + "/podman";
    std::ofstream(path) << "#!/bin/sh\n" << script;
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return path;
  }
  [[nodiscard]] std::string socket() const { return directory_ + "/run/podman.sock"; }

  std::string directory_;
};

TEST_F(ServiceProcessTest, SaysWhyTheServiceEnded) {
  ServiceProcess service(program("echo \"Error: $1 $2 $3 refused\" >&2\nexit 125\n"), socket());
  FakeCall call;
  std::string problem;
  EXPECT_FALSE(service.start(call, problem));
  EXPECT_NE(problem.find("Error: system service --time=0 refused"), std::string::npos) << problem;
  EXPECT_EQ(service.pid(), 0);
  EXPECT_TRUE(std::filesystem::is_directory(directory_ + "/run")) << "podman does not make it";
}

TEST_F(ServiceProcessTest, SaysThatThereIsNoProgram) {
  ServiceProcess service("no-such-podman", socket());
  FakeCall call;
  std::string problem;
  EXPECT_FALSE(service.start(call, problem));
  EXPECT_EQ(problem, "there is no program 'no-such-podman' in PATH to start the service with");
}

TEST_F(ServiceProcessTest, StartsLaterWhatCouldNotBeStartedForWantOfAThread) {
  ServiceProcess service(program("echo refused >&2\nexit 125\n"), socket());
  FakeCall call;
  std::string problem;
  {
    const NoThreads none;
    EXPECT_THROW(static_cast<void>(service.start(call, problem)), std::system_error);
  }
  EXPECT_FALSE(service.start(call, problem));
  EXPECT_NE(problem.find("ended: refused"), std::string::npos) << problem;
}

TEST_F(ServiceProcessTest, EndsWhatItStartedAndStartsNothingAfterwards) {
  ServiceProcess service(program("exec sleep 1000\n"), socket());
  FakeCall call;
  call.cancel();  // nobody will ever listen
  std::string problem;
  EXPECT_FALSE(service.start(call, problem));
  EXPECT_EQ(problem, "cancelled");
  pid_t pid = 0;
  while (pid == 0) {
    pid = service.pid();
    std::this_thread::yield();
  }
  EXPECT_EQ(::getpgid(pid), pid) << "a group of its own";
  service.end();
  EXPECT_EQ(::kill(pid, 0), -1);
  EXPECT_EQ(service.pid(), 0);
  EXPECT_FALSE(service.start(call, problem));
  EXPECT_EQ(problem, "the plugin is stopped");
}

TEST_F(ServiceProcessTest, KillsAServiceThatDoesNotHeed) {
  ServiceProcess service(program("trap '' TERM\nwhile :; do sleep 1000; done\n"), socket());
  FakeCall call;
  call.cancel();
  std::string problem;
  EXPECT_FALSE(service.start(call, problem));
  service.end();
  EXPECT_EQ(service.pid(), 0);
}

// The agent in a process of its own, which is killed as nothing can be prepared for.
TEST_F(ServiceProcessTest, TheServiceEndsWhenTheAgentIsKilled) {
  const std::string noted = directory_ + "/pid";
  const std::string path =
      program("echo $$ > " + noted + ".new; mv " + noted + ".new " + noted + "\nexec sleep 1000\n");
  const pid_t agent = ::fork();
  if (agent == 0) {
    ServiceProcess service(path, socket());
    FakeCall call;
    std::string problem;
    static_cast<void>(service.start(call, problem));
    ::pause();
    ::_exit(0);
  }
  pid_t pid = 0;
  while (pid == 0) {
    std::ifstream(noted) >> pid;
    std::this_thread::yield();
  }
  ASSERT_EQ(::kill(pid, 0), 0);
  ASSERT_EQ(::kill(agent, SIGKILL), 0);
  ASSERT_EQ(::waitpid(agent, nullptr, 0), agent);
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  bool gone = false;
  while (!gone && std::chrono::steady_clock::now() < limit) {
    std::ifstream status("/proc/" + std::to_string(pid) + "/stat");
    std::string id;
    std::string name;
    std::string state;
    status >> id >> name >> state;
    gone = state.empty() || state == "Z";
    std::this_thread::yield();
  }
  EXPECT_TRUE(gone);
}

}  // namespace
}  // namespace holdfast::podman

// SPDX-License-Identifier: Apache-2.0
// Each death happens in a child process, which has the handler; this one reads what it wrote.
#include "pluginhost/crash_handler.hpp"

#include "fixtures/fault.hpp"
#include "fixtures/plugins/temporary_directory.hpp"
#include "pluginhost/call_mark.hpp"
#include "pluginhost/crash_history.hpp"
#include "pluginhost/worker_pool.hpp"

#include <gtest/gtest.h>

#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <latch>
#include <stdexcept>
#include <thread>
#include <vector>

namespace holdfast::pluginhost {
namespace {

using fixtures::fault;

#ifndef __SANITIZE_THREAD__
// Uses up its stack in steps that no compiler makes a loop of.
int overflow(int depth) {
  volatile char step[4096];
  step[0] = static_cast<char>(depth);
  return depth > (1 << 24) ? 0 : overflow(depth + 1) + step[0];
}
#endif

class CrashHandlerTest : public ::testing::Test {
 protected:
  // Runs `crash` under the handler; it must not come back.
  template <class Crash>
  void die(Crash crash) const {
    const CrashHandler handler(file_);
    crash();
    std::_Exit(0);
  }

  [[nodiscard]] std::vector<Crash> written() const { return readCrashes(file_); }

  const test::TemporaryDirectory directory_;
  const std::filesystem::path file_ = directory_.path() / "crashes";
};

using CrashHandlerDeathTest = CrashHandlerTest;

TEST_F(CrashHandlerDeathTest, NamesThePluginWhoseCallFaults) {
  EXPECT_DEATH(die([] {
                 const CallMark mark("docker");
                 fault();
               }),
               "");
  ASSERT_EQ(written().size(), 1U);
  const auto crash = written()[0];
  EXPECT_EQ(crash.label, "docker");
  EXPECT_EQ(crash.signal, SIGSEGV);
  EXPECT_EQ(crash.bootId, model::bootId());
  EXPECT_LE(crash.at, model::BootClock::now());
  EXPECT_GT(crash.at, model::BootClock::now() - std::chrono::minutes(5));
}

TEST_F(CrashHandlerDeathTest, NamesThePluginWhoseCallAborts) {
  EXPECT_DEATH(die([] {
                 const CallMark mark("webhook.ops");
                 std::abort();
               }),
               "");
  ASSERT_EQ(written().size(), 1U);
  EXPECT_EQ(written()[0].label, "webhook.ops");
  EXPECT_EQ(written()[0].signal, SIGABRT);
}

// ThreadSanitizer ends a process whose stack overflows before any handler is called.
#ifndef __SANITIZE_THREAD__
TEST_F(CrashHandlerDeathTest, NamesThePluginWhoseCallOverflowsItsStack) {
  EXPECT_DEATH(die([] {
                 WorkerPool pool("crash", {});
                 static_cast<void>(pool.run([] {
                   const CallMark mark("docker");
                   overflow(0);
                 }));
                 pool.stop(std::chrono::minutes(1));
               }),
               "");
  ASSERT_EQ(written().size(), 1U);
  EXPECT_EQ(written()[0].label, "docker");
}
#endif

TEST_F(CrashHandlerDeathTest, WritesOneLineWhenSeveralThreadsCrashAtOnce) {
  for (std::size_t round = 1; round <= 20; ++round) {
    EXPECT_DEATH(die([] {
                   constexpr int kThreads = 8;
                   std::latch together(kThreads);
                   std::vector<std::thread> threads;
                   for (int i = 0; i < kThreads; ++i) {
                     threads.emplace_back([&together] {
                       const CallMark mark("docker");
                       together.arrive_and_wait();
                       fault();
                     });
                   }
                   for (auto& thread : threads) {
                     thread.join();
                   }
                 }),
                 "");
    ASSERT_EQ(written().size(), round);
  }
}

TEST_F(CrashHandlerDeathTest, ChargesNobodyForACrashOutsideOfCalls) {
  EXPECT_DEATH(die([] {
                 { const CallMark over("docker"); }
                 fault();
               }),
               "");
  EXPECT_TRUE(written().empty());
}

TEST_F(CrashHandlerDeathTest, ChargesNobodyForASignalThatWasSent) {
  for (const int signal : {SIGABRT, SIGSEGV, SIGKILL}) {
    EXPECT_DEATH(die([signal] {
                   const CallMark mark("docker");
                   ::kill(::getpid(), signal);
                   for (;;) {
                     ::pause();
                   }
                 }),
                 "");
    EXPECT_TRUE(written().empty()) << signal;
  }
}

TEST_F(CrashHandlerTest, WritesNothingWhileNothingCrashes) {
  const CrashHandler handler(file_);
  {
    const CallMark outer("docker");
    const CallMark inner("podman");
    EXPECT_STREQ(CallMark::current(), "podman");
  }
  EXPECT_EQ(CallMark::current(), nullptr);
  EXPECT_EQ(std::filesystem::file_size(file_), 0U);
}

TEST_F(CrashHandlerTest, GivesTheSignalsBack) {
  struct sigaction before {};
  struct sigaction after {};
  ::sigaction(SIGSEGV, nullptr, &before);
  { const CrashHandler handler(file_); }
  ::sigaction(SIGSEGV, nullptr, &after);
  EXPECT_EQ(before.sa_sigaction, after.sa_sigaction);
}

TEST_F(CrashHandlerTest, SaysThatItCannotWrite) {
  EXPECT_THROW(CrashHandler("/proc/nowhere/crashes"), std::filesystem::filesystem_error);
}

}  // namespace
}  // namespace holdfast::pluginhost

// SPDX-License-Identifier: Apache-2.0
// Without containers: what is no process of the container is not watched. The deaths of real ones
// are in tests/engines.
#include "runtime/podman/death_watch.hpp"

#include "runtime/podman/tests/no_threads.hpp"

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <string>
#include <system_error>

namespace holdfast::podman {
namespace {

const std::string kId(64, 'a');

TEST(DeathWatchTest, LeavesProcessesThatAreNotTheContainers) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::pause();
    ::_exit(0);
  }
  std::atomic<int> reported{0};
  DeathWatch watch;
  ASSERT_TRUE(watch.begin([&](const DeathWatch::Death&) { ++reported; }));
  watch.add(child, kId, "web");
  watch.add(0, kId, "web");
  watch.add(-1, kId, "web");
  ::kill(child, SIGKILL);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  watch.end();
  EXPECT_EQ(reported, 0);
}

TEST(DeathWatchTest, ReportsToOneAtATimeAndBeginsAgain) {
  DeathWatch watch;
  watch.add(::getpid(), kId, "before anybody listens");
  EXPECT_TRUE(watch.begin([](const DeathWatch::Death&) {}));
  EXPECT_FALSE(watch.begin([](const DeathWatch::Death&) {}));
  watch.end();
  watch.end();
  EXPECT_TRUE(watch.begin([](const DeathWatch::Death&) {}));
}

TEST(DeathWatchTest, HasNotBegunWithoutAThread) {
  DeathWatch watch;
  {
    const NoThreads none;
    EXPECT_THROW(static_cast<void>(watch.begin([](const DeathWatch::Death&) {})),
                 std::system_error);
  }
  watch.end();
  EXPECT_TRUE(watch.begin([](const DeathWatch::Death&) {}));
}

}  // namespace
}  // namespace holdfast::podman

// SPDX-License-Identifier: Apache-2.0
#include "daemon/signals.hpp"

#include <gtest/gtest.h>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace holdfast::daemon {
namespace {

using namespace std::chrono_literals;

// Each in a process of its own: signals belong to whole processes. The body's value is its exit
// code.
template <class Body>
int inChild(Body body) {
  const pid_t child = ::fork();
  if (child == 0) {
    blockSignals();
    ::_exit(body());
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

TEST(Signals, AreTakenByWaiting) {
  EXPECT_EQ(inChild([] {
              ::kill(::getpid(), SIGHUP);
              if (waitForSignal(std::nullopt) != Wake::Reload) {
                return 1;
              }
              ::kill(::getpid(), SIGINT);
              if (waitForSignal(20s) != Wake::Stop) {
                return 2;
              }
              askForRestart();
              if (waitForSignal(20s) != Wake::Restart) {
                return 3;
              }
              ::kill(::getpid(), SIGTERM);
              return waitForSignal(20s) == Wake::Stop ? 0 : 4;
            }),
            0);
}

TEST(Signals, RestartsAreTakenBackAndNothingElse) {
  EXPECT_EQ(inChild([] {
              askForRestart();
              ::kill(::getpid(), SIGHUP);
              dropRestarts();
              if (waitForSignal(20s) != Wake::Reload) {
                return 1;
              }
              return waitForSignal(1ms) == Wake::Patience ? 0 : 2;
            }),
            0);
}

TEST(Signals, WaitingEndsWithPatience) {
  EXPECT_EQ(inChild([] { return waitForSignal(1ms) == Wake::Patience ? 0 : 1; }), 0);
}

TEST(Signals, ABrokenPipeIsNoEnd) {
  EXPECT_EQ(inChild([] { return ::kill(::getpid(), SIGPIPE); }), 0);
}

TEST(ShutdownGuard, EndsTheProcessAtASecondSignal) {
  EXPECT_EQ(inChild([] {
              const ShutdownGuard guard(1h, [](const std::string&) {});
              ::kill(::getpid(), SIGTERM);
              for (;;) {
                ::pause();
              }
              return 0;
            }),
            1);
}

TEST(ShutdownGuard, LeavesAStopThatComesDuringARestart) {
  EXPECT_EQ(inChild([] {
              const ShutdownGuard guard(
                  1h, [](const std::string&) {}, [] { return std::string(); });
              const bool before = stopIsPending();
              ::kill(::getpid(), SIGTERM);
              return !before && stopIsPending() ? 7 : 8;
            }),
            7);
}

TEST(ShutdownGuard, EndsTheProcessWhenItsTimeIsOver) {
  EXPECT_EQ(inChild([] {
              const ShutdownGuard guard(1ms, [](const std::string&) {});
              for (;;) {
                ::pause();
              }
              return 0;
            }),
            1);
}

// The body of a process whose stop hangs; `beginAgain` is that of a guard whose time is over at
// once.
int hangUntil(const ShutdownGuard::BeginAgain& beginAgain) {
  const ShutdownGuard guard(
      1ms,
      [](const std::string& words) {
        if (words == "no such program") {
          ::_exit(9);
        }
      },
      beginAgain);
  for (;;) {
    ::pause();
  }
  return 0;
}

TEST(ShutdownGuard, BeginsAgainWhenTheTimeOfARestartIsOver) {
  EXPECT_EQ(inChild([] {
              return hangUntil([] {
                ::execl("/bin/sh", "sh", "-c", "exit 7", nullptr);
                return std::string("no sh");
              });
            }),
            7);
}

TEST(ShutdownGuard, SaysWhyItCannotBeginAgain) {
  EXPECT_EQ(inChild([] { return hangUntil([] { return std::string("no such program"); }); }), 9);
}

TEST(ShutdownGuard, DoesNotBeginAgainWhenAStopIsPending) {
  EXPECT_EQ(inChild([] {
              ::kill(::getpid(), SIGTERM);
              return hangUntil([]() -> std::string { ::_exit(7); });
            }),
            1);
}

TEST(ShutdownGuard, IsCalledOff) {
  EXPECT_EQ(inChild([] {
              {
                const ShutdownGuard guard(1h, [](const std::string&) {});
              }
              return 7;
            }),
            7);
}

}  // namespace
}  // namespace holdfast::daemon

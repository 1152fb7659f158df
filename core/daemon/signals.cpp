// SPDX-License-Identifier: Apache-2.0
#include "daemon/signals.hpp"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <ctime>
#include <system_error>

namespace holdfast::daemon {
namespace {

sigset_t setOf(std::initializer_list<int> signals) {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : signals) {
    sigaddset(&set, signal);
  }
  return set;
}

sigset_t handled() {
  return setOf({SIGTERM, SIGINT, SIGHUP, SIGUSR1});
}

int checked(int fd, const char* what) {
  if (fd < 0) {
    throw std::system_error(errno, std::generic_category(), what);
  }
  return fd;
}

}  // namespace

void blockSignals() {
  const sigset_t set = handled();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  // A peer that goes away is an error of its write, not the end of the process.
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &ignore, nullptr);
}

Wake waitForSignal(std::optional<std::chrono::milliseconds> patience) {
  const sigset_t set = handled();
  for (;;) {
    int signal = 0;
    if (patience) {
      const timespec wait{patience->count() / 1000, (patience->count() % 1000) * 1'000'000};
      signal = ::sigtimedwait(&set, nullptr, &wait);
    } else {
      signal = ::sigwaitinfo(&set, nullptr);
    }
    if (signal == SIGHUP) {
      return Wake::Reload;
    }
    if (signal == SIGUSR1) {
      return Wake::Restart;
    }
    if (signal == SIGTERM || signal == SIGINT) {
      return Wake::Stop;
    }
    if (errno == EAGAIN) {
      return Wake::Patience;
    }  // else EINTR: a debugger, or SIGCONT
  }
}

void askForRestart() {
  ::kill(::getpid(), SIGUSR1);
}

void dropRestarts() {
  const sigset_t set = setOf({SIGUSR1});
  const timespec atOnce{};
  while (::sigtimedwait(&set, nullptr, &atOnce) == SIGUSR1) {
  }
}

bool stopIsPending() {
  sigset_t pending;
  ::sigpending(&pending);
  return ::sigismember(&pending, SIGTERM) == 1 || ::sigismember(&pending, SIGINT) == 1;
}

ShutdownGuard::ShutdownGuard(std::chrono::milliseconds limit, LastWords lastWords,
                             BeginAgain beginAgain) {
  const sigset_t set = beginAgain ? setOf({}) : setOf({SIGTERM, SIGINT});
  signals_ = checked(::signalfd(-1, &set, SFD_CLOEXEC), "signalfd");
  done_ = checked(::eventfd(0, EFD_CLOEXEC), "eventfd");
  thread_ = std::thread(
      [this, limit, lastWords = std::move(lastWords), beginAgain = std::move(beginAgain)] {
        std::array<pollfd, 2> waits{{{signals_, POLLIN, 0}, {done_, POLLIN, 0}}};
        ::poll(waits.data(), waits.size(), static_cast<int>(limit.count()));
        if ((waits[1].revents & POLLIN) != 0) {
          return;
        }
        if (beginAgain && !stopIsPending()) {
          lastWords("the stop takes too long: restarting now");
          lastWords(beginAgain());
        } else {
          lastWords((waits[0].revents & POLLIN) != 0 ? "asked to stop a second time: ending at once"
                                                     : "the stop takes too long: ending now");
        }
        ::_exit(1);
      });
}

ShutdownGuard::~ShutdownGuard() {
  const std::uint64_t one = 1;
  static_cast<void>(!::write(done_, &one, sizeof one));  // cannot fail: counter of one
  thread_.join();
  ::close(done_);
  ::close(signals_);
}

}  // namespace holdfast::daemon

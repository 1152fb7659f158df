// SPDX-License-Identifier: Apache-2.0
#include "daemon/run.hpp"

#include "daemon/application.hpp"
#include "daemon/signals.hpp"
#include "daemon/successor.hpp"
#include "daemon/version.hpp"
#include "pluginhost/probe.hpp"

#include <malloc.h>
#include <signal.h>

#include <array>
#include <iostream>
#include <string_view>

namespace holdfast::daemon {
namespace {

// Of the signals by which a process crashes. Poco's Application takes them over and makes abort()
// of them: core dumps would show that, and a sanitizer's report would never be made.
class CrashHandlers {
 public:
  CrashHandlers() {
    for (std::size_t i = 0; i < kSignals.size(); ++i) {
      ::sigaction(kSignals.at(i), nullptr, &before_.at(i));
    }
  }
  void restore() const {
    for (std::size_t i = 0; i < kSignals.size(); ++i) {
      ::sigaction(kSignals.at(i), &before_.at(i), nullptr);
    }
  }

 private:
  static constexpr std::array<int, 4> kSignals{SIGILL, SIGBUS, SIGSEGV, SIGSYS};
  std::array<struct sigaction, 4> before_{};
};

}  // namespace

int run(int argc, char** argv) {
  // Hidden: the child that looks at a plugin before the daemon loads it (pluginhost/probe.hpp).
  if (argc == 3 && std::string_view(argv[1]) == "--probe-plugin") {
    pluginhost::HostIdentity host;
    host.version = kVersion;
    pluginhost::runProbe(argv[2], host);
  }
  blockSignals();
  // glibc gives each of the first threads an arena of its own, which keeps what was freed in it.
  // With few and mostly idle threads two serve as well, and the process stays small.
  constexpr int kArenas = 2;
  ::mallopt(M_ARENA_MAX, kArenas);
  const CrashHandlers crashes;
  Successor successor(argc, argv);
  bool restarts = false;
  int code = 0;
  {
    Application application(successor);
    crashes.restore();
    code = application.execute(argc, argv);
    restarts = application.restarts();
  }
  if (restarts) {
    std::cerr << "holdfastd: " << successor.begin() << '\n';
    return kExitFailure;
  }
  return code;
}

}  // namespace holdfast::daemon

// SPDX-License-Identifier: Apache-2.0
#include "daemon/successor.hpp"

#include "daemon/signals.hpp"

#include <linux/close_range.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <limits>
#include <system_error>

namespace holdfast::daemon {
namespace {

// Not of the names that configure. Its value is the process that goes on, so that it says nothing
// to another one which inherits it.
constexpr const char* kMark = "HOLDFASTD_SUCCESSOR_OF";

bool takeMark() {
  const char* value = std::getenv(kMark);
  const bool mine = value != nullptr && value == std::to_string(::getpid());
  ::unsetenv(kMark);
  return mine;
}

}  // namespace

Successor::Successor(int argc, char** argv) : isOne_(takeMark()), arguments_(argv, argv + argc) {
  std::error_code failed;
  program_ = std::filesystem::read_symlink("/proc/self/exe", failed).string();
  directory_ = std::filesystem::current_path(failed).string();
}

std::string Successor::begin() {
  services_.restore();
  constexpr int kReplace = 1;
  ::setenv(kMark, std::to_string(::getpid()).c_str(), kReplace);
  std::error_code failed;
  std::filesystem::current_path(directory_,
                                failed);  // relative paths of the command line count from
                                          // it; where it is gone they do not resolve
  constexpr unsigned kFirst =
      3;  // what a library opened without close-on-exec stays behind as well
  ::close_range(kFirst, std::numeric_limits<unsigned>::max(), CLOSE_RANGE_CLOEXEC);
  std::vector<char*> arguments;
  for (auto& argument : arguments_) {
    arguments.push_back(argument.data());
  }
  arguments.push_back(nullptr);
  dropRestarts();  // they would outlive this program, and restart the next one
  ::execv(program_.c_str(), arguments.data());
  return program_ + " cannot be started again: " + std::strerror(errno);
}

}  // namespace holdfast::daemon

// SPDX-License-Identifier: Apache-2.0
#include "runtime/common/credential_helper.hpp"

#include "holdfast/support/json.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <climits>
#include <csignal>
#include <cstring>

extern char** environ;

namespace holdfast::runtime {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMaxOutputBytes = 64u * 1024;

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return number_; }
  void close() {
    if (number_ >= 0) {
      ::close(number_);
      number_ = -1;
    }
  }

 private:
  int number_;
};

// Reaps the child, by force when it still runs.
class Child {
 public:
  explicit Child(pid_t pid)
      : pid_(pid), ending_(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))) {}
  ~Child() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      static_cast<void>(reap());
    }
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // Readable once the child has ended; -1 when there is no descriptor left.
  [[nodiscard]] int ending() const { return ending_.get(); }

  // Waits for the end of the child. Exit code, or -1 when a signal ended it.
  [[nodiscard]] int reap() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  pid_t pid_;
  const Descriptor ending_;
};

bool isHelperName(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
}

// The daemon blocks signals in all its threads; a child that inherited that could not be ended.
void resetSignals(posix_spawnattr_t& attributes) {
  sigset_t none;
  sigemptyset(&none);
  sigset_t all;
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

// 0 or an errno. The descriptors are close-on-exec; dup2 gives the child its own.
int spawn(const std::string& program, int input, int output, int errors, pid_t& pid) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  resetSignals(attributes);
  std::string programName = program;
  std::string verb = "get";
  const std::array<char*, 3> arguments = {programName.data(), verb.data(), nullptr};
  const int error =
      ::posix_spawnp(&pid, program.c_str(), &actions, &attributes, arguments.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

// Waits until there is something to be read; false when the time is over or the call is cancelled.
bool awaitReadable(int descriptor, Clock::time_point deadline, const sdk::Call& call) {
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) {
      return false;
    }
    std::array<pollfd, 2> polled = {pollfd{descriptor, POLLIN, 0}, {call.cancelFd(), POLLIN, 0}};
    const int ready = ::poll(polled.data(), polled.size(),
                             static_cast<int>(std::min<std::int64_t>(left, INT_MAX)));
    if ((ready < 0 && errno != EINTR) || polled[1].revents != 0) {
      return false;
    }
    if (ready > 0) {
      return true;
    }
  }
}

// Reads to the end; false when the time is over, the call is cancelled or the output too long.
bool readAll(int descriptor, Clock::time_point deadline, const sdk::Call& call,
             std::string& output) {
  std::array<char, 4096> buffer{};
  while (awaitReadable(descriptor, deadline, call)) {
    const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
    if (count == 0) {
      return true;
    }
    if (count < 0 || output.size() + static_cast<std::size_t>(count) > kMaxOutputBytes) {
      return false;
    }
    output.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return false;
}

HelperAnswer judge(const std::string& program, int exitCode, const std::string& output) {
  HelperAnswer answer;
  if (exitCode != 0) {
    // The protocol's own words for "no such registry"; everything else is a fault.
    if (output.find("credentials not found") == std::string::npos) {
      answer.problem = program + " failed with exit code " + std::to_string(exitCode);
    }
    return answer;
  }
  const auto json = support::parseJson(output);
  if (!json || support::jsonText(*json, {"Secret"}).empty()) {
    answer.problem = program + " answered something that is no credential";
    return answer;
  }
  answer.found = true;
  answer.user = support::jsonText(*json, {"Username"});
  answer.secret = support::jsonText(*json, {"Secret"});
  return answer;
}

}  // namespace

HelperAnswer askCredentialHelper(std::string_view name, std::string_view server,
                                 std::int64_t timeoutMs, const sdk::Call& call) {
  const std::string program = "docker-credential-" + std::string(name);
  HelperAnswer answer;
  if (!isHelperName(name)) {
    answer.problem = "the credential helper's name has characters that no program's name has";
    return answer;
  }
  std::array<int, 2> input{};
  std::array<int, 2> output{};
  if (::pipe2(input.data(), O_CLOEXEC) != 0) {
    answer.problem = program + ": " + std::strerror(errno);
    return answer;
  }
  Descriptor inputRead(input[0]);
  Descriptor inputWrite(input[1]);
  if (::pipe2(output.data(), O_CLOEXEC) != 0) {
    answer.problem = program + ": " + std::strerror(errno);
    return answer;
  }
  const Descriptor outputRead(output[0]);
  Descriptor outputWrite(output[1]);
  const Descriptor null(::open("/dev/null", O_RDWR | O_CLOEXEC));

  // Small enough for the pipe's buffer, and written while we hold the reading end: neither blocks
  // nor raises SIGPIPE, whatever the program does.
  if (server.size() > PIPE_BUF || ::write(inputWrite.get(), server.data(), server.size()) !=
                                      static_cast<ssize_t>(server.size())) {
    answer.problem = program + ": the registry's name is too long";
    return answer;
  }
  inputWrite.close();

  pid_t pid = -1;
  if (const int error = spawn(program, inputRead.get(), outputWrite.get(), null.get(), pid);
      error != 0) {
    answer.problem = program + " cannot be run: " + std::strerror(error);
    return answer;
  }
  Child child(pid);
  if (child.ending() < 0) {
    answer.problem = program + " cannot be run: its end could not be seen";
    return answer;
  }
  outputWrite.close();
  std::string text;
  const auto deadline = Clock::now() + std::chrono::milliseconds(timeoutMs);
  // One that has closed its output need not be at its end.
  if (!readAll(outputRead.get(), deadline, call, text) ||
      !awaitReadable(child.ending(), deadline, call)) {
    answer.problem = program + " gave no answer in time, or one that is too long";
    return answer;
  }
  return judge(program, child.reap(), text);
}

}  // namespace holdfast::runtime

// SPDX-License-Identifier: Apache-2.0
#include "console.hpp"
#include "files.hpp"
#include "result.hpp"
#include "spawn.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <climits>
#include <csignal>
#include <cstring>

namespace process {
namespace {

namespace sdk = holdfast::sdk;
using sdk::ErrorClass;
using Clock = std::chrono::steady_clock;

// A command that runs, with all that it started; ended and waited for with the object.
class Running {
 public:
  explicit Running(pid_t pid)
      : pid_(pid), ended_(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))) {}
  ~Running() { end(); }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  [[nodiscard]] const Fd& ended() const { return ended_; }

  // Kills what is left, and returns the status as of waitpid().
  int end() {
    if (pid_ > 0) {
      ::kill(-pid_, SIGKILL);  // not waited for yet: the number is still its own
      ::waitpid(std::exchange(pid_, 0), &status_, 0);
    }
    return status_;
  }

 private:
  pid_t pid_;
  Fd ended_;
  int status_ = 0;
};

enum class Ending { Itself, TimedOut, Cancelled, Unwanted };

// False at the end of the stream, and when the reader wants no more (`unwanted`).
bool handOn(int fd, sdk::OutputStream stream, sdk::OutputSink& sink, bool& unwanted) {
  std::array<char, 64 * 1024> part{};
  const ssize_t got = ::read(fd, part.data(), part.size());
  if (got > 0) {
    unwanted = !sink.output(stream, sdk::kNoTime, {part.data(), static_cast<std::size_t>(got)});
    return !unwanted;
  }
  return got < 0 && (errno == EINTR || errno == EAGAIN);
}

Ending attend(const Running& command, const Pipe& output, const Pipe& errors, sdk::Call& call,
              Clock::time_point deadline, sdk::OutputSink& sink) {
  std::array<pollfd, 4> sources = {{{output.read.get(), POLLIN, 0},
                                    {errors.read.get(), POLLIN, 0},
                                    {command.ended().get(), POLLIN, 0},
                                    {call.cancelFd(), POLLIN, 0}}};
  bool unwanted = false;
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) {
      return Ending::TimedOut;
    }
    ::poll(sources.data(), sources.size(), static_cast<int>(std::min<std::int64_t>(left, INT_MAX)));
    if (call.cancelled()) {
      return Ending::Cancelled;
    }
    const bool over = sources[2].revents != 0;
    bool came = false;
    for (std::size_t i = 0; i < 2; ++i) {
      if (sources[i].fd >= 0 && sources[i].revents != 0) {
        came = true;
        const auto stream = i == 0 ? sdk::OutputStream::Stdout : sdk::OutputStream::Stderr;
        if (!handOn(sources[i].fd, stream, sink, unwanted)) {
          sources[i].fd = -1;
        }
      }
    }
    if (unwanted) {
      return Ending::Unwanted;
    }
    if (over && !came) {
      return Ending::Itself;  // and everything that it wrote was read
    }
  }
}

sdk::Status refusedStart(int error, const sdk::ExecRequest& request, sdk::Call& call) {
  const bool busy = error == EAGAIN || error == ENOMEM || error == EMFILE;
  return fail(call, busy ? ErrorClass::Transient : ErrorClass::Rejected,
              std::string(request.argv.front()) + ": " + std::strerror(error));
}

}  // namespace

sdk::Status runCommand(const ContainerStore& containers, const sdk::ExecRequest& request,
                       sdk::Call& call, sdk::OutputSink& sink, sdk::ExecResult& result) {
  if (request.argv.empty() || request.argv.front().empty()) {
    return fail(call, ErrorClass::Invalid, "no command");
  }
  const auto container = containers.findById(request.containerId);
  if (!container) {
    return fail(call, ErrorClass::NotFound, "no container " + std::string(request.containerId));
  }
  if (containers.condition(container->spec.name).state != sdk::ContainerState::Running) {
    return fail(call, ErrorClass::Conflict, container->spec.name + " does not run");
  }
  Pipe output;
  Pipe errors;
  Command command;
  command.words.assign(request.argv.begin(), request.argv.end());
  command.environment = container->spec.environment;
  command.directory = container->spec.workingDirectory;
  command.descriptors = {{output.write.get(), STDOUT_FILENO}, {errors.write.get(), STDERR_FILENO}};
  const auto limit = std::chrono::milliseconds(
      std::clamp<std::int64_t>(std::min(request.timeoutMs, call.remainingMs()), 1, INT_MAX));
  const auto deadline = Clock::now() + limit;
  const pid_t pid = spawn(command);
  if (pid < 0) {
    return refusedStart(-pid, request, call);
  }
  output.write.close();
  errors.write.close();
  Running running(pid);
  const Ending ending = attend(running, output, errors, call, deadline, sink);
  const int status = running.end();
  if (ending == Ending::Cancelled) {
    return fail(call, ErrorClass::Cancelled, "cancelled");
  }
  result.timedOut = ending == Ending::TimedOut ? 1 : 0;
  result.exitCode = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  return {};
}

}  // namespace process

// SPDX-License-Identifier: Apache-2.0
//
//   process-supervisor FOLDER NAME RUN DIRECTORY PROGRAM [ARGUMENT...]
//
// Runs one program until it ends, whatever becomes of the agent: it leaves the agent's session and
// family at once, keeps the program's output in FOLDER/NAME.log, and writes FOLDER/NAME.run and
// FOLDER/NAME.exit for whoever asks later. The program gets the environment of this process.
//
// Descriptor 3 gets one line: "ok" once the program runs, or "<what failed> <errno>". When this
// process is killed, the kernel kills the program with it: nothing runs unsupervised.
#include "log_file.hpp"
#include "processes.hpp"
#include "run_record.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

namespace {

using namespace process;  // NOLINT: a program of one file

constexpr int kReport = 3;
constexpr std::array kIgnored = {SIGHUP, SIGINT, SIGTERM, SIGPIPE};

struct Job {
  std::filesystem::path folder;
  std::string name;
  std::string run;
  const char* directory;
  char** program;

  [[nodiscard]] std::filesystem::path file(const char* suffix) const {
    return folder / (name + suffix);
  }
};

// Answers the agent, which waits for it; once.
class Report {
 public:
  void send(const std::string& line) {
    if (fd_) {
      writeAll(fd_.get(), line + "\n");
      fd_.close();
    }
  }

 private:
  Fd fd_{kReport};
};

void maskChildSignal(int how) {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGCHLD);
  ::sigprocmask(how, &set, nullptr);
}

// In the child; returns only by failing, with the name of what failed. No memory is allocated.
const char* becomeProgram(const Job& job, const Pipe& output, const Pipe& errors, pid_t parent) {
  const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (nothing < 0 || ::dup2(nothing, 0) < 0 || ::dup2(output.write.get(), 1) < 0 ||
      ::dup2(errors.write.get(), 2) < 0) {
    return "output";
  }
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) {
    return "supervisor";  // it was gone before the line above
  }
  for (const int signal : kIgnored) {
    ::signal(signal, SIG_DFL);
  }
  maskChildSignal(SIG_UNBLOCK);
  if (::chdir(job.directory) != 0) {
    return "directory";
  }
  ::execvp(job.program[0], job.program);
  return "program";
}

struct Failure {
  std::array<char, 16> what{};
  int error = 0;
};

// Starts the program. Its number, or the failure.
pid_t startProgram(const Job& job, const Pipe& output, const Pipe& errors, Failure& failure) {
  Pipe doomed;  // closes unread when the program begins
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) {
    throwErrno("fork");
  }
  if (child == 0) {
    const char* what = becomeProgram(job, output, errors, parent);
    failure.error = errno;
    std::string_view(what).copy(failure.what.data(), failure.what.size() - 1);
    ::_exit(::write(doomed.write.get(), &failure, sizeof(failure)) > 0 ? 127 : 126);
  }
  doomed.write.close();
  const ssize_t got = ::read(doomed.read.get(), &failure, sizeof(failure));
  if (got != 0) {
    ::waitpid(child, nullptr, 0);
    return -1;
  }
  return child;
}

// What the program started and left behind became ours (PR_SET_CHILD_SUBREAPER): nothing of it
// outlives the container.
void killRemains() {
  for (;;) {
    for (const pid_t child : childrenOf(::getpid())) {
      ::kill(child, SIGKILL);
    }
    if (::waitpid(-1, nullptr, 0) < 0 && errno != EINTR) {
      return;
    }
  }
}

// Forgets the descriptor at the end of the stream.
void readSome(pollfd& source, char stream, LogWriter& log) {
  std::array<char, 64 * 1024> part{};
  const ssize_t got = ::read(source.fd, part.data(), part.size());
  if (got > 0) {
    log.push(stream, {part.data(), static_cast<std::size_t>(got)});
  } else if (got == 0 || errno != EINTR) {
    log.finish(stream);
    source.fd = -1;
  }
}

// Waits for whatever has ended: the program, and orphans that it left. True when it was the
// program, whose status as of waitpid() it was then.
bool reap(pid_t program, int& status) {
  bool ended = false;
  int other = 0;
  for (pid_t child = 0; (child = ::waitpid(-1, &other, WNOHANG)) > 0;) {
    if (child == program) {
      status = other;
      ended = true;
    }
  }
  return ended;
}

// Until the program has ended and all that it wrote is in the log; its status as of waitpid().
int attend(pid_t program, const Pipe& output, const Pipe& errors, const Fd& children,
           LogWriter& log) {
  std::array<pollfd, 3> sources = {{{output.read.get(), POLLIN, 0},
                                    {errors.read.get(), POLLIN, 0},
                                    {children.get(), POLLIN, 0}}};
  auto& [out, err, ended] = sources;
  int status = 0;
  while (out.fd >= 0 || err.fd >= 0 || ended.fd >= 0) {
    if (::poll(sources.data(), sources.size(), -1) < 0) {
      continue;
    }
    if (out.fd >= 0 && out.revents != 0) {
      readSome(out, 'O', log);
    }
    if (err.fd >= 0 && err.revents != 0) {
      readSome(err, 'E', log);
    }
    if (ended.fd >= 0 && ended.revents != 0) {
      signalfd_siginfo ignored{};
      if (::read(ended.fd, &ignored, sizeof(ignored)) > 0 && reap(program, status)) {
        killRemains();  // they may hold the pipes
        ended.fd = -1;
      }
    }
  }
  return status;
}

Fd childSignals() {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGCHLD);
  Fd fd(::signalfd(-1, &set, SFD_CLOEXEC));
  if (!fd) {
    throwErrno("signalfd");
  }
  return fd;
}

void supervise(const Job& job, Report& report) {
  maskChildSignal(SIG_BLOCK);
  const Fd children = childSignals();
  Pipe output;
  Pipe errors;
  LogWriter log(job.file(".log"));
  Failure failure;
  const pid_t program = startProgram(job, output, errors, failure);
  if (program < 0) {
    report.send(std::string(failure.what.data()) + " " + std::to_string(failure.error));
    return;
  }
  output.write.close();
  errors.write.close();
  const auto self = identify(::getpid());
  const auto child = identify(program);
  if (!self || !child) {
    throw std::runtime_error("/proc is not there");
  }
  replaceFile(job.file(".run"), textOf(Run{job.run, *self, *child, nowMs()}));
  report.send("ok");
  const int status = attend(program, output, errors, children, log);
  const int code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  replaceFile(job.file(".exit"), textOf(Exit{job.run, code, nowMs()}));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 6) {
    return 2;
  }
  if (::fork() != 0) {
    return 0;  // the agent waits for this process, and is nobody's parent any more
  }
  ::fcntl(kReport, F_SETFD, FD_CLOEXEC);
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  for (const int signal : kIgnored) {
    ::signal(signal, SIG_IGN);
  }
  Report report;
  try {
    supervise({argv[1], argv[2], argv[3], argv[4], argv + 5}, report);
  } catch (const std::system_error& error) {
    report.send("supervisor " + std::to_string(error.code().value()));
    return 1;
  } catch (const std::exception&) {
    report.send("supervisor 0");
    return 1;
  }
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include "component/cli/cli_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <stdexcept>
#include <utility>

namespace holdfast::cli {
namespace {

// Everything that execve needs, made before the fork: the test has other threads, and a child of
// such a process may only call what is async-signal-safe.
class Program {
 public:
  Program(std::vector<std::string> command, std::vector<std::string> variables)
      : command_(std::move(command)), environment_(std::move(variables)) {
    for (char** variable = environ; *variable != nullptr; ++variable) {
      environment_.emplace_back(*variable);  // the first of a name counts
    }
    argv_ = pointers(command_);
    envp_ = pointers(environment_);
  }

  [[noreturn]] void become() const {
    ::execve(argv_.front(), argv_.data(), envp_.data());
    ::_exit(127);
  }

 private:
  static std::vector<char*> pointers(std::vector<std::string>& words) {
    std::vector<char*> pointers;
    pointers.reserve(words.size() + 1);
    for (std::string& word : words) {
      pointers.push_back(word.data());
    }
    pointers.push_back(nullptr);
    return pointers;
  }

  std::vector<std::string> command_;
  std::vector<std::string> environment_;
  std::vector<char*> argv_;
  std::vector<char*> envp_;
};

Program holdfast(const std::string& socket, const std::vector<std::string>& words,
                 std::vector<std::string> variables = {}) {
  std::vector<std::string> command{HOLDFAST_BINARY};
  command.insert(command.end(), words.begin(), words.end());
  variables.push_back("HOLDFAST_SOCKET=" + socket);
  return {std::move(command), std::move(variables)};
}

int exitCode(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// False at the end. A terminal whose other side has gone answers with an error.
bool readMore(int descriptor, std::string& text) {
  std::array<char, 4096> buffer{};
  const ssize_t got = ::read(descriptor, buffer.data(), buffer.size());
  if (got > 0) {
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return got > 0;
}

void readBoth(int first, std::string& firstText, int second, std::string& secondText) {
  std::array<pollfd, 2> waits{{{first, POLLIN, 0}, {second, POLLIN, 0}}};
  while (waits[0].fd >= 0 || waits[1].fd >= 0) {
    if (::poll(waits.data(), waits.size(), -1) < 0 && errno != EINTR) {
      return;
    }
    for (std::size_t i = 0; i < waits.size(); ++i) {
      std::string& text = i == 0 ? firstText : secondText;
      if (waits[i].revents != 0 && !readMore(waits[i].fd, text)) {
        waits[i].fd = -1;  // poll passes over it
      }
    }
  }
}

void writeAll(int descriptor, const std::string& text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t written = ::write(descriptor, text.data() + done, text.size() - done);
    if (written <= 0) {
      return;  // it ended without reading all of it
    }
    done += static_cast<std::size_t>(written);
  }
}

}  // namespace

Ended runPiped(const std::string& socket, const std::vector<std::string>& words,
               const std::string& input) {
  std::array<int, 2> in{};
  std::array<int, 2> out{};
  std::array<int, 2> err{};
  if (::pipe2(in.data(), O_CLOEXEC) != 0 || ::pipe2(out.data(), O_CLOEXEC) != 0 ||
      ::pipe2(err.data(), O_CLOEXEC) != 0) {
    throw std::runtime_error("no pipes");
  }
  const Program program = holdfast(socket, words);
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::dup2(in[0], STDIN_FILENO);
    ::dup2(out[1], STDOUT_FILENO);
    ::dup2(err[1], STDERR_FILENO);
    program.become();
  }
  ::close(in[0]);
  ::close(out[1]);
  ::close(err[1]);
  writeAll(in[1], input);
  ::close(in[1]);
  Ended ended;
  readBoth(out[0], ended.output, err[0], ended.errors);
  ::close(out[0]);
  ::close(err[0]);
  ended.code = exitCode(pid);
  return ended;
}

Ended runOnTerminal(const std::string& socket, const std::vector<std::string>& words,
                    const std::string& input, unsigned short columns, bool colour) {
  Terminal terminal(socket, words, columns, colour);
  terminal.type(input);
  return terminal.end();
}

Terminal::Terminal(const std::string& socket, const std::vector<std::string>& words,
                   unsigned short columns, bool colour) {
  winsize size{};
  size.ws_col = columns;
  size.ws_row = 24;
  const Program program =
      holdfast(socket, words, {"TERM=xterm", std::string("NO_COLOR=") + (colour ? "" : "1")});
  pid_ = ::forkpty(&terminal_, nullptr, nullptr, &size);
  if (pid_ < 0) {
    throw std::runtime_error("no pseudo-terminal");
  }
  if (pid_ == 0) {
    program.become();
  }
}

Terminal::~Terminal() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    static_cast<void>(exitCode(pid_));
  }
  ::close(terminal_);
}

bool Terminal::shows(const std::string& text) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  for (;;) {
    if (const auto at = output_.find(text, seen_); at != std::string::npos) {
      seen_ = at + text.size();
      return true;
    }
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    pollfd wait{terminal_, POLLIN, 0};
    if (left.count() <= 0 || ::poll(&wait, 1, static_cast<int>(left.count())) <= 0 ||
        !readMore(terminal_, output_)) {
      return false;
    }
  }
}

void Terminal::type(const std::string& keys) {
  writeAll(terminal_, keys);
}

void Terminal::resize(unsigned short columns) {
  winsize size{};
  size.ws_col = columns;
  size.ws_row = 24;
  ::ioctl(terminal_, TIOCSWINSZ, &size);
}

Ended Terminal::end() {
  while (readMore(terminal_, output_)) {
  }
  Ended ended;
  ended.output = output_;
  ended.code = exitCode(std::exchange(pid_, -1));
  return ended;
}

Background::Background(const std::vector<std::string>& command) {
  const Program program(command, {});
  pid_ = ::fork();
  if (pid_ == 0) {
    program.become();
  }
}

Background::~Background() {
  ::kill(pid_, SIGTERM);
  static_cast<void>(exitCode(pid_));
}

}  // namespace holdfast::cli

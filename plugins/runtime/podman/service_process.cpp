// SPDX-License-Identifier: Apache-2.0
#include "runtime/podman/service_process.hpp"

#include "runtime/common/waiting.hpp"
#include "runtime/podman/error_table.hpp"
#include "runtime/podman/words.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>

namespace holdfast::podman {
namespace {

using namespace std::chrono_literals;

constexpr auto kStartTime = 5s;
constexpr auto kLook = 20ms;
constexpr auto kEndTime = 3s;
constexpr std::size_t kKeptOutput = 2048;

std::string findProgram(const std::string& name) {
  if (name.find('/') != std::string::npos) {
    return name;
  }
  const char* path = std::getenv("PATH");
  for (const std::string& directory : splitAt(path == nullptr ? "/usr/bin" : path, ':')) {
    const std::string program = directory + "/" + name;
    if (::access(program.c_str(), X_OK) == 0) {
      return program;
    }
  }
  return {};
}

bool accepts(const std::string& socketPath) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  socketPath.copy(static_cast<char*>(address.sun_path), sizeof(address.sun_path) - 1);
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0) {
    return false;
  }
  const auto* any = static_cast<const sockaddr*>(static_cast<const void*>(&address));
  const bool accepted = ::connect(descriptor, any, sizeof(address)) == 0 || errno == EAGAIN;
  ::close(descriptor);
  return accepted;
}

// Podman makes neither the directory nor, in some versions, place where an old socket lies.
void prepareSocket(const std::string& socketPath) {
  struct stat status {};
  const bool stale = ::lstat(socketPath.c_str(), &status) == 0 && S_ISSOCK(status.st_mode);
  if (stale && !accepts(socketPath)) {
    ::unlink(socketPath.c_str());
  }
  const std::string directory = socketPath.substr(0, socketPath.rfind('/'));
  ::mkdir(directory.c_str(), 0700);
}

// In the child, between fork and exec: only what is safe there.
[[noreturn]] void become(const char* program, char* const* arguments, int output, pid_t parent) {
  constexpr int kCannotExecute = 126;
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) {  // it died before the line above
    ::_exit(kCannotExecute);
  }
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  for (int number = 1; number < NSIG; ++number) {
    ::signal(number, SIG_DFL);
  }
  const int input = ::open("/dev/null", O_RDONLY);
  ::dup2(input, STDIN_FILENO);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  ::execv(program, arguments);
  ::_exit(kCannotExecute);
}

}  // namespace

ServiceProcess::ServiceProcess(std::string program, std::string socketPath)
    : program_(std::move(program)), socketPath_(std::move(socketPath)) {}

ServiceProcess::~ServiceProcess() {
  end();
}

pid_t ServiceProcess::pid() const {
  const std::lock_guard lock(mutex_);
  return pid_;
}

bool ServiceProcess::runs() const {
  const std::lock_guard lock(mutex_);
  return keeping_;
}

std::string ServiceProcess::lastWords() const {
  const std::lock_guard lock(mutex_);
  return rootLineOf(output_);
}

bool ServiceProcess::start(const sdk::Call& call, std::string& problem) {
  if (!launch(problem)) {
    return false;
  }
  for (auto waited = 0ms; waited < kStartTime; waited += kLook) {
    if (accepts(socketPath_)) {
      return true;
    }
    if (!runs()) {
      problem = "'" + program_ + " system service' ended: " + lastWords();
      return false;
    }
    if (!runtime::wait(call, kLook)) {
      problem = "cancelled";
      return false;
    }
  }
  problem = "'" + program_ + " system service' does not listen at " + socketPath_;
  return false;
}

bool ServiceProcess::launch(std::string& problem) {
  const std::lock_guard lock(mutex_);
  if (ended_ || keeping_) {
    problem = "the plugin is stopped";
    return !ended_;
  }
  const std::string program = findProgram(program_);
  if (program.empty()) {
    problem = "there is no program '" + program_ + "' in PATH to start the service with";
    return false;
  }
  if (keeper_.joinable()) {
    keeper_.join();  // it has nothing more to do
  }
  prepareSocket(socketPath_);
  output_.clear();
  keeper_ = std::thread([this, program] { keep(program); });
  keeping_ = true;  // not before there is a thread; what it says of the end waits for the lock
  return true;
}

// Reads what the process writes until it ends: a full pipe would stop it.
void ServiceProcess::keep(const std::string& program) {
  const std::string url = "unix://" + socketPath_;
  std::array<std::string, 5> words = {program, "system", "service", "--time=0", url};
  std::array<char*, 6> arguments{};
  for (std::size_t at = 0; at < words.size(); ++at) {
    arguments[at] = words[at].data();
  }
  std::array<int, 2> output{-1, -1};
  const pid_t parent = ::getpid();
  const bool piped = ::pipe2(output.data(), O_CLOEXEC) == 0;
  const pid_t child = piped ? ::fork() : -1;
  if (child == 0) {
    become(program.c_str(), arguments.data(), output[1], parent);
  }
  if (child > 0) {
    ::setpgid(child, child);  // here as well: whoever is first
  }
  ::close(output[1]);
  const int ending = child > 0 ? static_cast<int>(::syscall(SYS_pidfd_open, child, 0)) : -1;
  {
    const std::lock_guard lock(mutex_);
    pid_ = child > 0 ? child : 0;
  }
  std::array<pollfd, 2> polled = {pollfd{ending, POLLIN, 0}, pollfd{output[0], POLLIN, 0}};
  while (ending >= 0 && polled[0].revents == 0) {
    if (::poll(polled.data(), polled.size(), -1) < 0 && errno != EINTR) {
      break;
    }
    std::array<char, 512> buffer{};
    if (polled[1].revents != 0) {
      const ssize_t size = ::read(output[0], buffer.data(), buffer.size());
      if (size <= 0) {
        polled[1].fd = -1;
      } else {
        const std::lock_guard lock(mutex_);
        output_.append(buffer.data(), static_cast<std::size_t>(size));
        if (output_.size() > kKeptOutput) {
          output_.erase(0, output_.size() - kKeptOutput);
        }
      }
    }
  }
  const std::lock_guard lock(mutex_);
  if (child > 0) {
    if (polled[0].revents == 0) {
      ::kill(child, SIGKILL);  // its end cannot be seen, so it is not left to come by itself
    }
    ::waitpid(child, nullptr, 0);  // under the lock: end() never signals an id that is used again
  }
  ::close(output[0]);
  ::close(ending);
  pid_ = 0;
  keeping_ = false;
  changed_.notify_all();
}

void ServiceProcess::end() noexcept {
  std::unique_lock lock(mutex_);
  ended_ = true;
  for (const int signal : {SIGTERM, SIGKILL}) {
    // A keeper that has just begun has no process yet: it is asked again.
    for (auto waited = 0ms; keeping_ && waited < kEndTime; waited += kLook) {
      if (pid_ > 0) {
        ::kill(pid_, signal);
      }
      changed_.wait_for(lock, kLook);
    }
  }
  lock.unlock();
  if (keeper_.joinable()) {
    keeper_.join();
  }
}

}  // namespace holdfast::podman

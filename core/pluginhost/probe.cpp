// SPDX-License-Identifier: Apache-2.0
#include "pluginhost/probe.hpp"

#include "model/text.hpp"
#include "pluginhost/handshake.hpp"
#include "pluginhost/probe_report.hpp"
#include "pluginhost/signal_name.hpp"
#include "pluginhost/unique_fd.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <optional>
#include <system_error>

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX has no header for it

namespace holdfast::pluginhost {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMaxStderr = 4'096;
constexpr std::size_t kMaxReason = 1'024;
constexpr std::chrono::milliseconds kTick{10};

struct Pipe {
  UniqueFd reader;
  UniqueFd writer;
};

Pipe makePipe() {
  std::array<int, 2> fds{};
  if (::pipe2(fds.data(), O_CLOEXEC) != 0) {
    throw std::system_error(errno, std::generic_category(), "pipe2");
  }
  ::fcntl(fds[0], F_SETFL, O_NONBLOCK);
  return {UniqueFd(fds[0]), UniqueFd(fds[1])};
}

void check(int error, const char* what) {
  if (error != 0) {
    throw std::system_error(error, std::generic_category(), what);
  }
}

// Its descriptors: null, the report, the errors, and no other.
class FileActions {
 public:
  FileActions(int output, int errors) {
    check(::posix_spawn_file_actions_init(&actions_), "posix_spawn_file_actions_init");
    check(::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0),
          "addopen");
    check(::posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO), "adddup2");
    check(::posix_spawn_file_actions_adddup2(&actions_, errors, STDERR_FILENO), "adddup2");
    check(::posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1), "addclosefrom");
  }
  ~FileActions() { ::posix_spawn_file_actions_destroy(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;

  [[nodiscard]] const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

// Its signals: none blocked, all at their defaults, in a process group of its own, so that whatever
// the plugin starts can be ended with it.
class Attributes {
 public:
  Attributes() {
    check(::posix_spawnattr_init(&attributes_), "posix_spawnattr_init");
    sigset_t none;
    sigset_t all;
    ::sigemptyset(&none);
    ::sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    check(::posix_spawnattr_setflags(
              &attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP),
          "posix_spawnattr_setflags");
  }
  ~Attributes() { ::posix_spawnattr_destroy(&attributes_); }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;

  [[nodiscard]] const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_{};
};

// How the child ended and what it left.
struct Ending {
  std::string output;
  std::string errors;
  std::optional<int> status;  // of waitpid; nothing when it had to be killed
};

// Takes what is there, never blocks. Beyond `cap` it is read and forgotten.
void drainInto(const UniqueFd& reader, std::string& text, std::size_t cap) {
  std::array<char, 4'096> buffer{};
  ssize_t count = 0;
  while ((count = ::read(reader.get(), buffer.data(), buffer.size())) > 0) {
    const std::size_t room = cap - std::min(cap, text.size());
    text.append(buffer.data(), std::min(static_cast<std::size_t>(count), room));
  }
}

class Child {
 public:
  Child(const ProbeCommand& command, const std::filesystem::path& file)
      : output_(makePipe()), errors_(makePipe()) {
    std::vector<std::string> arguments = command.arguments;
    arguments.push_back(file.string());
    std::vector<char*> argv;
    argv.reserve(arguments.size() + 1);
    for (auto& argument : arguments) {
      argv.push_back(argument.data());
    }
    argv.push_back(nullptr);
    const FileActions actions(output_.writer.get(), errors_.writer.get());
    const Attributes attributes;
    check(::posix_spawn(&pid_, argv[0], actions.get(), attributes.get(), argv.data(), environ),
          argv[0]);
    output_.writer.reset();
    errors_.writer.reset();
  }
  ~Child() = default;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  Ending await(std::chrono::milliseconds limit) {
    Ending ending;
    const auto deadline = Clock::now() + limit;
    int status = 0;
    while (::waitpid(pid_, &status, WNOHANG) == 0) {
      if (Clock::now() >= deadline) {
        end();
        ::waitpid(pid_, &status, 0);
        collect(ending);
        return ending;
      }
      // Its end is no event of the pipes (a process that it started may hold them), hence the tick.
      waitForOutput();
      collect(ending);
    }
    collect(ending);
    end();  // whatever it started
    ending.status = status;
    return ending;
  }

 private:
  void waitForOutput() const {
    std::array<struct pollfd, 2> fds{
        {{output_.reader.get(), POLLIN, 0}, {errors_.reader.get(), POLLIN, 0}}};
    ::poll(fds.data(), fds.size(), static_cast<int>(kTick.count()));
    if (((fds[0].revents | fds[1].revents) & POLLHUP) != 0) {
      ::poll(nullptr, 0, 1);  // about to end; a closed pipe would make this a busy loop
    }
  }

  void collect(Ending& ending) const {
    drainInto(output_.reader, ending.output, kMaxProbeReport);
    drainInto(errors_.reader, ending.errors, kMaxStderr);
  }

  void end() const { ::kill(-pid_, SIGKILL); }

  Pipe output_;
  Pipe errors_;
  pid_t pid_ = -1;
};

std::string lastWords(const Ending& ending) {
  const std::string text = model::oneLine(ending.errors, kMaxReason);
  return text.empty() ? "" : "; it said: " + text;
}

std::string hangs(std::chrono::milliseconds limit) {
  return "did not finish loading within " + std::to_string(limit.count()) +
         " ms: a static initialiser hangs";
}

// What the child's end says when it wrote no report.
std::string silentEnd(const Ending& ending, std::chrono::milliseconds limit) {
  if (!ending.status) {
    return hangs(limit);
  }
  const int status = *ending.status;
  if (WIFEXITED(status)) {
    return "ended the process (exit status " + std::to_string(WEXITSTATUS(status)) +
           ") while it was loaded: a static initialiser called exit" + lastWords(ending);
  }
  const int signal = WTERMSIG(status);
  if (signal == SIGXCPU) {
    return hangs(limit);
  }
  if (signal == SIGABRT && ending.errors.find("terminate called") != std::string::npos) {
    return "threw while it was loaded: a static initialiser let an exception escape" +
           lastWords(ending);
  }
  return "crashed while it was loaded (" + signalName(signal) + ")" + lastWords(ending);
}

Refusal refused(Stage stage, const std::filesystem::path& file, const std::string& what) {
  return {stage, file.string() + ": " + what};
}

std::string failureText(const ProbeReport& report, const std::filesystem::path& file) {
  // The loader's own words name what is missing; ldd shows all of it at once.
  const bool missing = report.failure.find("cannot open shared object") != std::string::npos;
  return missing ? report.failure + "; run: ldd " + file.string() : report.failure;
}

}  // namespace

Outcome<PluginIdentity> probePlugin(const ProbeCommand& command, const std::filesystem::path& file,
                                    const HostIdentity& host, std::chrono::milliseconds limit) {
  Ending ending;
  try {
    ending = Child(command, file).await(limit);
  } catch (const std::system_error& error) {
    return refused(Stage::Probe, file, std::string("cannot be probed: ") + error.what());
  }
  const auto report = readProbeReport(ending.output);
  if (!report) {
    return refused(Stage::Probe, file, silentEnd(ending, limit));
  }
  if (!report->failure.empty()) {
    return refused(Stage::Probe, file, failureText(*report, file));
  }
  if (const auto problem = handshakeProblem(report->identity, host)) {
    return refused(Stage::Handshake, file, *problem);
  }
  if (!report->refusal.empty()) {
    return refused(
        Stage::Handshake, file,
        "refuses agent " + host.version + ": " + model::oneLine(report->refusal, kMaxReason));
  }
  return report->identity;
}

}  // namespace holdfast::pluginhost

// SPDX-License-Identifier: Apache-2.0
#include "pluginhost/crash_handler.hpp"

#include "model/time.hpp"
#include "pluginhost/call_mark.hpp"
#include "pluginhost/crash_history.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <ctime>
#include <system_error>

namespace holdfast::pluginhost {
namespace {

constexpr std::array<int, 5> kSignals{SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
constexpr std::size_t kMaxBootId = 64;
constexpr int kLongestEnd = 1'000;  // milliseconds; an end takes one

// All that the handler uses; written before it is installed.
struct {
  int file = -1;
  std::array<char, kMaxBootId + 1> bootId{};
  std::array<struct sigaction, kSignals.size()> before{};
  std::atomic<pid_t> crashing{0};  // the thread whose crash ends the process
} handlerState;
static_assert(std::atomic<pid_t>::is_always_lock_free, "a handler must not take a lock");

// A line of text without the heap or stdio, which a crash may have caught in the middle.
class Line {
 public:
  void add(const char* text) noexcept {
    for (; *text != '\0' && used_ < text_.size() - 1; ++text) {
      text_[used_++] = *text;
    }
  }
  void add(std::int64_t number) noexcept {
    std::array<char, 24> digits{};
    std::size_t at = digits.size() - 1;
    std::int64_t rest = number < 0 ? 0 : number;
    do {
      digits[--at] = static_cast<char>('0' + rest % 10);
      rest /= 10;
    } while (rest != 0);
    add(&digits[at]);
  }
  void write(int file) noexcept {
    text_[used_++] = '\n';
    static_cast<void>(!::write(file, text_.data(), used_));  // nobody is left to be told
  }

 private:
  std::array<char, 256> text_{};
  std::size_t used_ = 0;
};

std::int64_t millisecondsOf(clockid_t clock) noexcept {
  timespec now{};
  ::clock_gettime(clock, &now);
  return std::int64_t{now.tv_sec} * 1'000 + now.tv_nsec / 1'000'000;
}

// By the thread itself: a fault, or abort(). Not kill() from anywhere.
bool madeByItself(const siginfo_t& info) noexcept {
  return info.si_code > 0 || (info.si_code == SI_TKILL && info.si_pid == ::getpid());
}

// Threads that crash beside the first wait here for the end: they must neither bring it about
// before the first has written its line, nor make two crashes of one, also where whoever was asked
// before takes long to end the process. True for the first.
bool isFirstOrWaits() noexcept {
  const pid_t self = ::gettid();
  pid_t first = 0;
  if (handlerState.crashing.compare_exchange_strong(first, self) || first == self) {
    return true;
  }
  ::poll(nullptr, 0, kLongestEnd);
  return false;
}

void writeDown(int signal, const siginfo_t& info) noexcept {
  if (const char* label = CallMark::current(); label != nullptr && madeByItself(info)) {
    Line line;
    line.add(handlerState.bootId.data());
    line.add(" ");
    line.add(millisecondsOf(CLOCK_BOOTTIME));
    line.add(" ");
    line.add(millisecondsOf(CLOCK_REALTIME));
    line.add(" ");
    line.add(std::int64_t{signal});
    line.add(" ");
    line.add(label);
    line.write(handlerState.file);
  }
}

void onCrash(int signal, siginfo_t* info, void*) {
  if (isFirstOrWaits()) {
    writeDown(signal, *info);
  }
  // Only now: with the default action in place any thread's next signal is the end.
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    if (kSignals[i] == signal) {
      ::sigaction(signal, &handlerState.before[i], nullptr);
    }
  }
  // A fault happens again on return, and meets what was there before. What was sent does not.
  if (info->si_code <= 0) {
    ::raise(signal);
  }
}

}  // namespace

CrashHandler::CrashHandler(const std::filesystem::path& file) {
  trimCrashes(file);
  handlerState.file = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW,
                             S_IRUSR | S_IWUSR);
  if (handlerState.file < 0) {
    throw std::filesystem::filesystem_error("cannot write down crashes of plugins", file,
                                            {errno, std::generic_category()});
  }
  const std::string bootId = model::bootId();
  handlerState.crashing = 0;
  handlerState.bootId = {};
  (bootId.empty() ? std::string("-") : bootId).copy(handlerState.bootId.data(), kMaxBootId);
  struct sigaction action {};
  action.sa_sigaction = onCrash;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    ::sigaction(kSignals[i], &action, &handlerState.before[i]);
  }
}

CrashHandler::~CrashHandler() {
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    ::sigaction(kSignals[i], &handlerState.before[i], nullptr);
  }
  ::close(handlerState.file);
  handlerState.file = -1;
}

}  // namespace holdfast::pluginhost

// SPDX-License-Identifier: Apache-2.0
#include "cli/console.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <thread>

namespace holdfast::cli {
namespace {

// False when not all of it could be written.
bool writeAll(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno != EINTR) {
      return false;
    }
    text.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
  }
  return true;
}

// Without a terminal's own size, and for programs that tell theirs by the environment.
std::size_t sizeFromEnvironment(const char* name, std::size_t otherwise) {
  const char* const text = std::getenv(name);
  const long value = text == nullptr ? 0 : std::strtol(text, nullptr, 10);
  return value > 0 && value < 10'000 ? static_cast<std::size_t>(value) : otherwise;
}

bool wantsColour() {
  const char* const off = std::getenv("NO_COLOR");
  const char* const terminal = std::getenv("TERM");
  return (off == nullptr || *off == '\0') &&
         (terminal == nullptr || std::string_view(terminal) != "dumb");
}

}  // namespace

StandardConsole::StandardConsole()
    : outIsTerminal_(::isatty(STDOUT_FILENO) == 1),
      inIsTerminal_(::isatty(STDIN_FILENO) == 1),
      colour_(outIsTerminal_ && wantsColour()) {}

void StandardConsole::out(std::string_view text) {
  failed_ = !writeAll(STDOUT_FILENO, text) || failed_;
}

// A message that cannot be delivered has nowhere else to go.
void StandardConsole::err(std::string_view text) {
  static_cast<void>(writeAll(STDERR_FILENO, text));
}

ScreenSize StandardConsole::screen() const {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
    return {size.ws_col, size.ws_row};
  }
  const ScreenSize usual;
  return {sizeFromEnvironment("COLUMNS", usual.columns), sizeFromEnvironment("LINES", usual.rows)};
}

std::optional<std::string> StandardConsole::readLine() {
  std::string line;
  char byte = 0;
  ssize_t got = 0;
  // Byte by byte: what follows the line belongs to whoever reads next.
  while ((got = ::read(STDIN_FILENO, &byte, 1)) == 1 || (got < 0 && errno == EINTR)) {
    if (got == 1 && byte == '\n') {
      return line;
    }
    if (got == 1) {
      line += byte;
    }
  }
  return line.empty() ? std::nullopt : std::optional(line);
}

std::string StandardConsole::readAll(std::size_t limit) {
  std::string all;
  std::array<char, 65536> buffer{};
  while (all.size() <= limit) {
    const ssize_t got = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got <= 0) {
      break;
    }
    all.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return all;
}

std::chrono::milliseconds StandardConsole::uptime() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now().time_since_epoch());
}

void StandardConsole::pause(std::chrono::milliseconds duration) {
  std::this_thread::sleep_for(duration);
}

}  // namespace holdfast::cli

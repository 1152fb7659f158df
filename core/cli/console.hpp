// SPDX-License-Identifier: Apache-2.0
// Everything between the command and the person or script that runs it. Replaced in tests.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace holdfast::cli {

struct ScreenSize {
  std::size_t columns = 80;
  std::size_t rows = 24;
};

class Console {
 public:
  virtual ~Console() = default;

  // Written as one piece: what a terminal gets in one write it shows without flicker. Output that
  // cannot be written is remembered (see outFailed); a reader that went away ends the process, as
  // it does with every filter.
  virtual void out(std::string_view text) = 0;
  virtual void err(std::string_view text) = 0;
  [[nodiscard]] virtual bool outFailed() const = 0;

  [[nodiscard]] virtual bool outIsTerminal() const = 0;
  [[nodiscard]] virtual bool inIsTerminal() const = 0;
  // Asked anew for each frame, since people resize their windows.
  [[nodiscard]] virtual ScreenSize screen() const = 0;
  // Colour on standard output: a terminal, and NO_COLOR is not set (no-color.org).
  [[nodiscard]] virtual bool colour() const = 0;

  // One line from standard input without its newline; nothing at its end. Blocks.
  [[nodiscard]] virtual std::optional<std::string> readLine() = 0;
  // Standard input up to its end, at most `limit` bytes and one more. Blocks.
  [[nodiscard]] virtual std::string readAll(std::size_t limit) = 0;

  // Monotonic time, and letting it pass.
  [[nodiscard]] virtual std::chrono::milliseconds uptime() const = 0;
  virtual void pause(std::chrono::milliseconds duration) = 0;
};

// The process's own standard streams.
class StandardConsole final : public Console {
 public:
  StandardConsole();

  void out(std::string_view text) override;
  void err(std::string_view text) override;
  [[nodiscard]] bool outFailed() const override { return failed_; }
  [[nodiscard]] bool outIsTerminal() const override { return outIsTerminal_; }
  [[nodiscard]] bool inIsTerminal() const override { return inIsTerminal_; }
  [[nodiscard]] ScreenSize screen() const override;
  [[nodiscard]] bool colour() const override { return colour_; }
  [[nodiscard]] std::optional<std::string> readLine() override;
  [[nodiscard]] std::string readAll(std::size_t limit) override;
  [[nodiscard]] std::chrono::milliseconds uptime() const override;
  void pause(std::chrono::milliseconds duration) override;

 private:
  bool outIsTerminal_;
  bool inIsTerminal_;
  bool colour_;
  bool failed_ = false;
};

}  // namespace holdfast::cli

// SPDX-License-Identifier: Apache-2.0
// The output of a container: lines of "<milliseconds since the epoch> <O or E> <text>" in
// <name>.log, and what was there before in <name>.log.1.
#pragma once

#include "files.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace process {

inline constexpr std::size_t kMaxLogBytes = 4u * 1024 * 1024;  // of one file; there are two
inline constexpr std::size_t kMaxLineBytes = 16u * 1024;       // longer ones come in parts

struct LogLine {
  std::int64_t timeMs = 0;
  char stream = 'O';
  std::string text;
};

// Nothing when the text is no line of a log.
[[nodiscard]] std::optional<LogLine> parseLogLine(std::string_view text);

// The supervisor's side. A full disk loses lines, and never stops the program.
class LogWriter {
 public:
  explicit LogWriter(std::filesystem::path file);

  // Bytes of one stream as they come; complete lines are written.
  void push(char stream, std::string_view bytes);
  // What came after the last newline, if anything.
  void finish(char stream);

 private:
  void write(char stream, std::string_view line);
  void open();
  std::string& rest(char stream) { return stream == 'E' ? errors_ : output_; }

  const std::filesystem::path file_;
  Fd fd_;
  std::size_t size_ = 0;
  std::string output_;
  std::string errors_;
};

// The plugin's side: the lines from the oldest on, across the change of files.
class LogReader {
 public:
  explicit LogReader(std::filesystem::path file);

  // The next line that is there; nothing at the end, to be asked again when there may be more.
  [[nodiscard]] std::optional<LogLine> next();

 private:
  [[nodiscard]] bool fill();
  [[nodiscard]] bool replaced() const;

  const std::filesystem::path file_;
  Fd fd_;
  std::string buffer_;
  std::size_t at_ = 0;  // of buffer_: what is before it was handed out
};

}  // namespace process

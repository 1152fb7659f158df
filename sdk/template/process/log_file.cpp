// SPDX-License-Identifier: Apache-2.0
#include "log_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <charconv>
#include <exception>
#include <utility>

namespace process {

std::optional<LogLine> parseLogLine(std::string_view text) {
  LogLine line;
  const char* const end = text.data() + text.size();
  const auto [rest, problem] = std::from_chars(text.data(), end, line.timeMs);
  if (problem != std::errc() || end - rest < 3 || rest[0] != ' ' || rest[2] != ' ' ||
      (rest[1] != 'O' && rest[1] != 'E')) {
    return std::nullopt;
  }
  line.stream = rest[1];
  line.text.assign(rest + 3, end);
  return line;
}

LogWriter::LogWriter(std::filesystem::path file) : file_(std::move(file)) {
  open();
}

void LogWriter::open() {
  fd_ = Fd(::open(file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  struct stat status {};
  size_ = fd_ && ::fstat(fd_.get(), &status) == 0 ? static_cast<std::size_t>(status.st_size) : 0;
}

void LogWriter::write(char stream, std::string_view line) {
  std::string text = std::to_string(nowMs());
  text.append({' ', stream, ' '}).append(line).append("\n");
  try {
    writeAll(fd_.get(), text);
  } catch (const std::exception&) {
    return;
  }
  size_ += text.size();
  if (size_ >= kMaxLogBytes) {
    ::rename(file_.c_str(), (file_.string() + ".1").c_str());
    open();
  }
}

void LogWriter::push(char stream, std::string_view bytes) {
  std::string& line = rest(stream);
  for (const char byte : bytes) {
    if (byte != '\n') {
      line += byte;
    }
    if (byte == '\n' || line.size() == kMaxLineBytes) {
      write(stream, line);
      line.clear();
    }
  }
}

void LogWriter::finish(char stream) {
  if (!rest(stream).empty()) {
    write(stream, std::exchange(rest(stream), {}));
  }
}

LogReader::LogReader(std::filesystem::path file) : file_(std::move(file)) {
  fd_ = Fd(::open((file_.string() + ".1").c_str(), O_RDONLY | O_CLOEXEC));
}

bool LogReader::fill() {
  std::array<char, 64 * 1024> part{};
  const ssize_t got = fd_ ? ::read(fd_.get(), part.data(), part.size()) : 0;
  if (got <= 0) {
    return false;
  }
  buffer_.erase(0, std::exchange(at_, 0));
  buffer_.append(part.data(), static_cast<std::size_t>(got));
  return true;
}

// Is another file the current one?
bool LogReader::replaced() const {
  struct stat current {};
  struct stat ours {};
  return ::stat(file_.c_str(), &current) == 0 &&
         (!fd_ || ::fstat(fd_.get(), &ours) != 0 || ours.st_ino != current.st_ino);
}

std::optional<LogLine> LogReader::next() {
  for (;;) {
    const std::size_t end = buffer_.find('\n', at_);
    if (end != std::string::npos) {
      auto line = parseLogLine(std::string_view(buffer_).substr(at_, end - at_));
      at_ = end + 1;
      if (line) {
        return line;
      }
      continue;  // the rest of a line that a full disk cut off
    }
    // A file is complete before another one takes its place: asked first, read to the end second.
    const bool last = !replaced();
    if (fill()) {
      continue;
    }
    if (last) {
      return std::nullopt;
    }
    fd_ = Fd(::open(file_.c_str(), O_RDONLY | O_CLOEXEC));
  }
}

}  // namespace process

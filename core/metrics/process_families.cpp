// SPDX-License-Identifier: Apache-2.0
#include "metrics/process_families.hpp"

#include <unistd.h>

#include <charconv>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <system_error>
#include <utility>

namespace holdfast::metrics {
namespace {

namespace fs = std::filesystem;

std::optional<double> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  return read.ec == std::errc() && read.ptr == text.data() + text.size()
             ? std::optional(static_cast<double>(value))
             : std::nullopt;
}

std::vector<std::string> words(const std::string& text) {
  std::istringstream in(text);
  return {std::istream_iterator<std::string>(in), {}};
}

// Fields of /proc/PID/stat by the numbers of proc(5). The name, field 2, has parentheses around it
// and any character in it.
class Stat {
 public:
  explicit Stat(const std::string& text) {
    const auto nameEnd = text.rfind(')');
    if (nameEnd != std::string::npos) {
      behindName_ = words(text.substr(nameEnd + 1));
    }
  }
  [[nodiscard]] std::optional<double> field(std::size_t index) const {
    constexpr std::size_t kFirst = 3;
    return index - kFirst < behindName_.size() ? number(behindName_[index - kFirst]) : std::nullopt;
  }

 private:
  std::vector<std::string> behindName_;
};

Stat statOf(const fs::path& file) {
  std::ifstream in(file);
  return Stat({std::istreambuf_iterator<char>(in), {}});
}

// The word at `index` of the line that begins so.
std::optional<double> numberInLine(const fs::path& file, std::string_view beginning,
                                   std::size_t index) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(beginning)) {
      const auto all = words(line);
      return index < all.size() ? number(all[index]) : std::nullopt;
    }
  }
  return std::nullopt;
}

std::optional<double> entriesIn(const fs::path& directory) {
  std::error_code error;
  double count = 0;
  for (fs::directory_iterator at(directory, error), end; !error && at != end; at.increment(error)) {
    ++count;
  }
  return error ? std::nullopt : std::optional(count);
}

std::optional<double> sum(std::optional<double> a, std::optional<double> b) {
  return a && b ? std::optional(*a + *b) : std::nullopt;
}

std::optional<double> times(std::optional<double> value, double factor) {
  return value ? std::optional(*value * factor) : std::nullopt;
}

void put(Families& families, const char* name, const char* help, std::optional<double> value) {
  Family family(name, help);
  if (value) {
    family.add({}, *value);
  }
  family.moveTo(families);
}

}  // namespace

Families processFamilies(const fs::path& proc) {
  constexpr std::size_t kUserTime = 14;
  constexpr std::size_t kSystemTime = 15;
  constexpr std::size_t kThreads = 20;
  constexpr std::size_t kStartTime = 22;
  constexpr std::size_t kVirtualBytes = 23;
  constexpr std::size_t kResidentPages = 24;
  const double tick = 1.0 / static_cast<double>(::sysconf(_SC_CLK_TCK));
  const auto page = static_cast<double>(::sysconf(_SC_PAGESIZE));
  const fs::path self = proc / "self";
  const Stat stat = statOf(self / "stat");

  Families families;
  put(families, "process_cpu_seconds_total", "Processor time used, in user and system mode.",
      times(sum(stat.field(kUserTime), stat.field(kSystemTime)), tick));
  put(families, "process_resident_memory_bytes", "Memory in use.",
      times(stat.field(kResidentPages), page));
  put(families, "process_virtual_memory_bytes", "Address space in use.", stat.field(kVirtualBytes));
  put(families, "process_open_fds", "Open file descriptors.", entriesIn(self / "fd"));
  // "Max open files            1024                 524288               files"
  put(families, "process_max_fds", "How many file descriptors may be open.",
      numberInLine(self / "limits", "Max open files ", 3));
  put(families, "process_start_time_seconds", "When the process started, since 1970.",
      sum(numberInLine(proc / "stat", "btime ", 1), times(stat.field(kStartTime), tick)));
  put(families, "process_threads", "Threads.", stat.field(kThreads));
  return families;
}

}  // namespace holdfast::metrics

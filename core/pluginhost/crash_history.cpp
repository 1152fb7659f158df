// SPDX-License-Identifier: Apache-2.0
#include "pluginhost/crash_history.hpp"

#include "pluginhost/signal_name.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <fstream>
#include <system_error>
#include <utility>

namespace holdfast::pluginhost {
namespace {

// About a thousand lines, of which the last sixty decide everything.
constexpr std::uintmax_t kMaxFile = 64u * 1024;
constexpr std::streamoff kKept = 4 * 1024;

// Takes the next word off `line`.
std::string_view nextWord(std::string_view& line) {
  const auto space = line.find(' ');
  const auto word = line.substr(0, space);
  line = space == std::string_view::npos ? std::string_view{} : line.substr(space + 1);
  return word;
}

template <class Number>
bool readNumber(std::string_view word, Number& number) {
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  return error == std::errc{} && end == word.data() + word.size() && number >= 0;
}

std::optional<Crash> parseLine(std::string_view line) {
  constexpr std::size_t kMaxWord = 128;
  Crash crash;
  crash.bootId = nextWord(line);
  model::Milliseconds::rep at = 0;
  model::Milliseconds::rep wall = 0;
  if (!readNumber(nextWord(line), at) || !readNumber(nextWord(line), wall) ||
      !readNumber(nextWord(line), crash.signal) || crash.bootId.size() > kMaxWord || line.empty() ||
      line.size() > kMaxWord || line.find(' ') != std::string_view::npos) {
    return std::nullopt;
  }
  crash.at = model::BootTime(model::Milliseconds(at));
  crash.wall = model::WallTime(model::Milliseconds(wall));
  crash.label = line;
  return crash;
}

std::string_view pluginOf(std::string_view label) {
  return label.substr(0, label.find('.'));
}

struct Part {
  std::string text;
  bool whole = false;  // nothing up to the file's end could not be read
};

// The last kKept bytes, whole lines only. Read line by line, since getline() throws nothing when a
// disk fails under it: what was read before counts.
Part latestPart(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary | std::ios::ate);
  const auto size = static_cast<std::streamoff>(stream.tellg());
  const auto from = std::max(size - kKept, std::streamoff{0});
  stream.seekg(from);
  std::string line;
  if (from > 0) {
    std::getline(stream, line);
  }
  Part part;
  while (std::getline(stream, line)) {
    part.text += line + '\n';
  }
  part.whole = stream.eof() && !stream.bad();
  return part;
}

// A new file of the user's own that holds the text, on the disk; false when it could not be
// written.
bool writeNew(const std::filesystem::path& file, std::string_view text) {
  const int fd =
      ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
  if (fd < 0) {
    return false;
  }
  bool good = true;
  while (good && !text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    good = written > 0;
    text.remove_prefix(good ? static_cast<std::size_t>(written) : 0);
  }
  good = ::fsync(fd) == 0 && good;
  return ::close(fd) == 0 && good;
}

// All or nothing: where it fails, as on a full disk, the file is cut at the next start.
void replaceBy(const std::filesystem::path& file, const std::string& text) {
  auto next = file;
  next += ".new";
  std::error_code failed;
  std::filesystem::remove(next, failed);  // of a start that was cut off
  if (writeNew(next, text)) {
    std::filesystem::rename(next, file, failed);
  } else {
    std::filesystem::remove(next, failed);
  }
}

}  // namespace

std::vector<Crash> parseCrashes(std::string_view text) {
  std::vector<Crash> crashes;
  while (!text.empty()) {
    const auto end = text.find('\n');
    if (auto crash = parseLine(text.substr(0, end))) {
      crashes.push_back(std::move(*crash));
    }
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  }
  return crashes;
}

std::vector<Crash> readCrashes(const std::filesystem::path& file) {
  return parseCrashes(latestPart(file).text);
}

void trimCrashes(const std::filesystem::path& file) {
  std::error_code failed;
  if (const auto size = std::filesystem::file_size(file, failed); failed || size <= kMaxFile) {
    return;
  }
  if (const auto part = latestPart(file); part.whole) {
    replaceBy(file, part.text);
  }
}

std::optional<Quarantine> quarantineOf(std::string_view plugin, const std::vector<Crash>& crashes,
                                       std::string_view bootId, model::BootTime now) {
  int round = 0;
  model::BootTime until;
  const Crash* before = nullptr;
  for (const auto& crash : crashes) {
    if (pluginOf(crash.label) != plugin) {
      continue;
    }
    const bool sameBoot = before != nullptr && before->bootId == crash.bootId;
    if (round > 0) {
      // When it was tried: at the end of its quarantine, or by the boot.
      const auto tried = sameBoot ? until : model::BootTime{};
      round = crash.at - tried <= kProbation ? round + 1 : 0;
    }
    if (round == 0 && sameBoot && crash.at - before->at <= kCrashWindow) {
      round = 1;
    }
    if (round > 0) {
      until = crash.at + retry::delayBefore(kQuarantinePolicy, round, 0);
    }
    before = &crash;
  }
  if (round == 0 || before->bootId != bootId || now >= until) {
    return std::nullopt;
  }
  return Quarantine{round, until, *before};
}

std::string describeQuarantine(const Quarantine& quarantine, const model::Now& now) {
  return "its call crashed the agent " +
         std::string(quarantine.round == 1 ? "twice within 10m" : "again after a quarantine") +
         " (" + quarantine.latest.label + ", " + signalName(quarantine.latest.signal) +
         ", last at " + model::toRfc3339(quarantine.latest.wall) + "); it is tried again at " +
         model::toRfc3339(model::wallOf(quarantine.until, now));
}

}  // namespace holdfast::pluginhost

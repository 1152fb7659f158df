// SPDX-License-Identifier: Apache-2.0
#include "runtime/podman/words.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <csignal>
#include <cstring>
#include <limits>

namespace holdfast::podman {
namespace {

template <typename Number>
std::optional<Number> wholeNumber(std::string_view text) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole ? std::optional<Number>(number) : std::nullopt;
}

std::string upperCase(std::string_view text) {
  std::string upper(text);
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return upper;
}

std::optional<int> realTimeSignal(std::string_view name) {
  constexpr std::string_view kFirst = "RTMIN";
  constexpr std::string_view kLast = "RTMAX";
  const bool fromFirst = name.starts_with(kFirst);
  if (!fromFirst && !name.starts_with(kLast)) {
    return std::nullopt;
  }
  const int base = fromFirst ? SIGRTMIN : SIGRTMAX;
  name.remove_prefix(kFirst.size());
  if (name.empty()) {
    return base;
  }
  const std::optional<int> offset = wholeNumber<int>(name.substr(1));
  if (!offset || name.front() != (fromFirst ? '+' : '-') || *offset > SIGRTMAX - SIGRTMIN) {
    return std::nullopt;
  }
  return fromFirst ? base + *offset : base - *offset;
}

}  // namespace

std::optional<int> signalNumber(std::string_view word) {
  constexpr int kLastSignal = 64;
  if (const std::optional<int> number = wholeNumber<int>(word)) {
    return *number > 0 && *number <= kLastSignal ? number : std::nullopt;
  }
  constexpr std::string_view kPrefix = "SIG";
  const std::string upper = upperCase(word);
  std::string_view name = upper;
  if (name.starts_with(kPrefix)) {
    name.remove_prefix(kPrefix.size());
  }
  for (int number = 1; number < NSIG; ++number) {
    const char* known = ::sigabbrev_np(number);
    if (known != nullptr && name == known) {
      return number;
    }
  }
  return realTimeSignal(name);
}

std::optional<std::int64_t> byteSize(std::string_view text) {
  constexpr std::string_view kUnits = "bkmgt";
  std::int64_t unit = 1;
  if (!text.empty()) {
    const char last = static_cast<char>(std::tolower(static_cast<unsigned char>(text.back())));
    if (const std::size_t power = kUnits.find(last); power != std::string_view::npos) {
      unit = std::int64_t{1} << (10 * power);
      text.remove_suffix(1);
    }
  }
  const std::optional<std::int64_t> number = wholeNumber<std::int64_t>(text);
  if (!number || *number <= 0 || *number > std::numeric_limits<std::int64_t>::max() / unit) {
    return std::nullopt;
  }
  return *number * unit;
}

bool isUlimit(std::string_view name) {
  constexpr std::array<std::string_view, 16> kNames = {
      "as",   "core",   "cpu",   "data", "fsize",  "locks",  "memlock",    "msgqueue",
      "nice", "nofile", "nproc", "rss",  "rtprio", "rttime", "sigpending", "stack"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

NetworkMode networkModeOf(std::string_view word) {
  const std::size_t colon = word.find(':');
  const std::string_view head = word.substr(0, colon);
  const std::string_view rest =
      colon == std::string_view::npos ? std::string_view{} : word.substr(colon + 1);
  NetworkMode mode;
  if (word.empty() || word == "default") {
    return mode;
  }
  if (word == "host" || word == "none" || word == "private" || word == "bridge") {
    mode.mode = word;
  } else if (head == "container") {
    mode.mode = head;
    mode.value = rest;
  } else if (head == "ns") {
    mode.mode = "path";
    mode.value = rest;
  } else if (head == "slirp4netns" || head == "pasta") {
    mode.mode = head;
    mode.options = splitAt(rest, ',');
  } else {
    mode.network = word;
  }
  return mode;
}

SecurityOption securityOptionOf(std::string_view text) {
  const std::size_t end = text.find_first_of("=:");
  if (end == std::string_view::npos) {
    return {std::string(text), {}};
  }
  return {std::string(text.substr(0, end)), std::string(text.substr(end + 1))};
}

std::vector<std::string> splitAt(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t end = text.find(separator);
    if (end != 0) {
      parts.emplace_back(text.substr(0, end));
    }
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  }
  return parts;
}

}  // namespace holdfast::podman

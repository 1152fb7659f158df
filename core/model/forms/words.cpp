// SPDX-License-Identifier: Apache-2.0
#include "model/forms/words.hpp"

#include "model/nearest.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace holdfast::model {

namespace {

constexpr int kMaxRestarts = 1'000'000;
constexpr int kMaxSignal = 64;

// Numbered from 1; of all Linux architectures that engines run on (signal(7), x86/ARM column).
constexpr std::array<std::string_view, 31> kSignals{
    "SIGHUP",  "SIGINT",    "SIGQUIT", "SIGILL",   "SIGTRAP", "SIGABRT", "SIGBUS",  "SIGFPE",
    "SIGKILL", "SIGUSR1",   "SIGSEGV", "SIGUSR2",  "SIGPIPE", "SIGALRM", "SIGTERM", "SIGSTKFLT",
    "SIGCHLD", "SIGCONT",   "SIGSTOP", "SIGTSTP",  "SIGTTIN", "SIGTTOU", "SIGURG",  "SIGXCPU",
    "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO",   "SIGPWR",  "SIGSYS"};

constexpr std::array<std::string_view, 7> kRestartWords{
    "always", "unless-stopped", "on-failure", "no", "Always", "OnFailure", "Never"};

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'a' && c <= 'z')
      c = static_cast<char>(c - 'a' + 'A');
  }
  return result;
}

std::optional<int> readNumber(std::string_view text, int least, int most) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < least || number > most)
    return std::nullopt;
  return number;
}

}  // namespace

Form<RestartPolicy> parseRestartPolicy(std::string_view text) {
  using Kind = RestartPolicy::Kind;
  if (text == "always" || text == "unless-stopped" || text == "Always")
    return RestartPolicy{Kind::Always, 0};
  if (text == "no" || text == "Never")
    return RestartPolicy{Kind::Never, 0};
  if (text == "on-failure" || text == "OnFailure")
    return RestartPolicy{Kind::OnFailure, 0};
  constexpr std::string_view kCounted = "on-failure:";
  if (text.starts_with(kCounted)) {
    if (const auto count = readNumber(text.substr(kCounted.size()), 0, kMaxRestarts))
      return RestartPolicy{Kind::OnFailure, *count};
    return formError(inQuotes(text) +
                     ": expected a number of restarts from 0 (no limit) to 1000000" +
                     " after on-failure:");
  }
  const std::string near = nearest(text, kRestartWords);
  return formError(inQuotes(text) + " is no restart policy; expected always, unless-stopped, " +
                   "on-failure[:n], no, Always, OnFailure or Never" +
                   (near.empty() ? "" : "; did you mean " + near + "?"));
}

Form<std::string> parseSignal(std::string_view text) {
  if (const auto number = readNumber(text, 1, kMaxSignal)) {
    const auto index = static_cast<std::size_t>(*number) - 1;
    return index < kSignals.size() ? std::string(kSignals.at(index)) : std::to_string(*number);
  }
  std::string name = upper(text);
  if (!name.starts_with("SIG"))
    name.insert(0, "SIG");
  if (std::find(kSignals.begin(), kSignals.end(), name) != kSignals.end())
    return name;
  const std::string near = nearest(name, kSignals);
  return formError(inQuotes(text) + " is no signal; expected a name such as SIGTERM or a number " +
                   "from 1 to 64" + (near.empty() ? "" : "; did you mean " + near + "?"));
}

Form<std::string> parseCapability(std::string_view text) {
  std::string name = upper(text);
  if (name.starts_with("CAP_"))
    name.erase(0, 4);
  const bool wellFormed = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
  if (!wellFormed)
    return formError(inQuotes(text) +
                     " is no capability; expected a name such as NET_ADMIN, or ALL");
  return name;
}

}  // namespace holdfast::model

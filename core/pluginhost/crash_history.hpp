// SPDX-License-Identifier: Apache-2.0
// Crashes that plugins brought about (crash_handler.hpp writes them down), and what follows from
// them: quarantine.
//
// A second crash within ten minutes quarantines a plugin. When its time is over it is tried again,
// on probation: crashes within an hour of that quarantine it again at once, for longer. Another
// boot tries it at once, on probation too.
#pragma once

#include "model/time.hpp"
#include "retry/policy.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::pluginhost {

inline constexpr model::Milliseconds kCrashWindow{600'000};
inline constexpr model::Milliseconds kProbation{3'600'000};

// How long each further quarantine in a row lasts.
inline constexpr retry::Policy kQuarantinePolicy{
    .initial = model::Milliseconds{300'000}, .factor = 2.0, .max = model::Milliseconds{3'600'000}};

// The name of the file in the state directory.
inline constexpr const char* kCrashFile = "plugin-crashes";

struct Crash {
  std::string bootId;
  model::BootTime at;
  model::WallTime wall;
  int signal = 0;
  std::string label;  // of the instance: "webhook.ops"

  friend bool operator==(const Crash&, const Crash&) = default;
};

// The lines that are well-formed, oldest first. Pure.
[[nodiscard]] std::vector<Crash> parseCrashes(std::string_view text);

// The latest crashes of the file, as far as it can be read; none where there is no file.
[[nodiscard]] std::vector<Crash> readCrashes(const std::filesystem::path& file);

// Cuts a file that has grown beyond what decides anything any more to its latest part; not one
// whose latest part cannot be read. Puts another file in its place, so nobody may have it open for
// writing.
void trimCrashes(const std::filesystem::path& file);

struct Quarantine {
  int round = 1;  // how many in a row
  model::BootTime until;
  Crash latest;
};

// Whether `plugin` (all of its instances together) may not be brought in at `now`. Pure.
[[nodiscard]] std::optional<Quarantine> quarantineOf(std::string_view plugin,
                                                     const std::vector<Crash>& crashes,
                                                     std::string_view bootId, model::BootTime now);

// One sentence for people: what happened, when the next try is.
[[nodiscard]] std::string describeQuarantine(const Quarantine& quarantine, const model::Now& now);

}  // namespace holdfast::pluginhost

// SPDX-License-Identifier: Apache-2.0
// One function per verb: its place in the table. Each lives in a file of its own, verb_<name>.cpp.
#pragma once

#include "cli/verb.hpp"

namespace holdfast::cli {

[[nodiscard]] VerbSpec statusVerb();
[[nodiscard]] VerbSpec describeVerb();
[[nodiscard]] VerbSpec whyVerb();
[[nodiscard]] VerbSpec eventsVerb();
[[nodiscard]] VerbSpec planVerb();
[[nodiscard]] VerbSpec applyVerb();
[[nodiscard]] VerbSpec retryVerb();
[[nodiscard]] VerbSpec restartVerb();
[[nodiscard]] VerbSpec stopVerb();
[[nodiscard]] VerbSpec startVerb();
[[nodiscard]] VerbSpec purgeVerb();
[[nodiscard]] VerbSpec logsVerb();
[[nodiscard]] VerbSpec pluginsVerb();
[[nodiscard]] VerbSpec alertsVerb();
[[nodiscard]] VerbSpec adoptVerb();
[[nodiscard]] VerbSpec checkVerb();
[[nodiscard]] VerbSpec versionVerb();
[[nodiscard]] VerbSpec completionVerb();
[[nodiscard]] VerbSpec helpVerb();

}  // namespace holdfast::cli

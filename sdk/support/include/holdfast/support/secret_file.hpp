// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::support {

struct SecretText {
  std::optional<std::string> text;
  std::string problem;  // why there is none: names the file, never what is in it
};

// A file that holds a secret: regular, closed to others, at most 64 KiB. Read anew for each
// delivery, so that a secret can be changed without a restart. Does not block on pipes and devices.
[[nodiscard]] SecretText readSecretFile(const std::string& path);

// The lines that say something: without empty ones, those that begin with #, and white space around
// them.
[[nodiscard]] std::vector<std::string> meaningfulLines(std::string_view text);

struct SecretLine {
  std::string text;
  std::string problem;  // empty when there is one
};

// The one line of a file that holds one secret.
[[nodiscard]] SecretLine readSecretLine(const std::string& path);

}  // namespace holdfast::support

// SPDX-License-Identifier: Apache-2.0
// What is wrong with the configuration: where, what was found, what was expected.
#pragma once

#include <string>

namespace holdfast::config {

struct Diagnostic {
  enum class Severity { Warning, Error };
  Severity severity = Severity::Error;
  std::string origin;    // "/etc/holdfast/holdfast.properties:12", "environment", "-D"
  std::string key;       // as it was written there; empty when it is about the file itself
  std::string found;     // the value, never that of a secret; empty when there is nothing to show
  std::string expected;  // what would have been right, or what to do

  // One line for people.
  [[nodiscard]] std::string text() const;

  friend bool operator==(const Diagnostic&, const Diagnostic&) = default;
};

}  // namespace holdfast::config

// SPDX-License-Identifier: Apache-2.0
// The identity of a state directory: the value of the label io.holdfast.owner on everything that
// the agent makes. Kept in a file of its own beside the database, so that a damaged database does
// not make the agent a stranger to its own containers.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace holdfast::state {

struct Owner {
  std::string uuid;
  std::vector<std::string> adopted;  // further uuids whose objects count as ours

  friend bool operator==(const Owner&, const Owner&) = default;
};

// A random (version 4) UUID in lower case.
[[nodiscard]] std::string newUuid();

[[nodiscard]] bool isUuid(const std::string& text);

// Reads <directory>/owner: a uuid per line, ours first. Nothing when it is missing or the first
// line is no uuid; further lines that are none are left out.
[[nodiscard]] std::optional<Owner> readOwner(const std::string& directory);

// On disk when it returns. Throws StateError.
void writeOwner(const std::string& directory, const Owner& owner);

}  // namespace holdfast::state

// SPDX-License-Identifier: Apache-2.0
// The database's tables and how older ones become today's.
#pragma once

#include "state/sqlite.hpp"

#include <cstdint>
#include <span>

namespace holdfast::state {

// PRAGMA application_id: tells our files from other programs' ("Hold").
inline constexpr std::int64_t kApplicationId = 0x486F6C64;

// One step from schema `version - 1` to `version` (PRAGMA user_version). Published steps are never
// edited: a change is a new one.
struct Migration {
  int version;
  const char* sql;
};

// In order, without gaps, from 1.
[[nodiscard]] std::span<const Migration> migrations();

// Is the file new, or did this program make it?
[[nodiscard]] bool isOurs(Database& database);

// Schema version of the file; 0 for a new one.
[[nodiscard]] int schemaVersion(Database& database);

// The newest version that `steps` lead to.
[[nodiscard]] int newestVersion(std::span<const Migration> steps);

// Runs the steps that the file has not seen, each in a transaction of its own: a stop in between
// leaves a whole older version. A file at or beyond the newest version is not touched. Throws
// DatabaseError; the failed step has no effect.
void migrate(Database& database, std::span<const Migration> steps);

}  // namespace holdfast::state

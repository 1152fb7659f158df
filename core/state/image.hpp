// SPDX-License-Identifier: Apache-2.0
// The durable state in memory, without the histories: what the database should say. Kept so that a
// write that failed can be made up for, and a database that broke while running be written anew.
#pragma once

#include "engine/ports.hpp"
#include "state/owner_file.hpp"
#include "state/sqlite.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace holdfast::state {

struct Image {
  Owner owner;
  std::map<engine::TargetSource, engine::StoredTarget> targets;  // the latest of each source
  std::map<std::string, retry::Entry> ledger;
  std::map<std::string, retry::HostPause> hostPauses;
  std::map<std::string, engine::ServiceMemory> memories;
};

// Which parts of an Image the database does not have yet.
struct Unwritten {
  bool owner = false;
  std::set<engine::TargetSource> targets;
  std::set<std::string> ledger;  // keys, also of entries that are gone
  bool hostPauses = false;
  std::set<std::string> memories;  // service keys, likewise

  [[nodiscard]] bool empty() const {
    return !owner && targets.empty() && ledger.empty() && !hostPauses && memories.empty();
  }
};

// Everything in `image`, for a database that has nothing of it.
[[nodiscard]] Unwritten allOf(const Image& image);

// Takes a change into the image and notes what has to be written for it.
void apply(const engine::StateChange& change, Image& image, Unwritten& unwritten);

// What a database says, as far as it can be used; what cannot is told in `problems`.
struct Read {
  Image image;
  std::optional<engine::StoredTarget> inForce;
  std::optional<std::string> boot;  // the one that the rows' instants belong to
  bool orderly = false;             // the last writer stopped in order
  std::vector<std::string> problems;
};

// Throws DatabaseError. A ledger row of a boot other than that of the rest (which takes a hand from
// outside) is due since its boot began: at once.
[[nodiscard]] Read readImage(Database& database);

// Within the caller's transaction. Throws DatabaseError.
void writeImage(Database& database, const Image& image, const Unwritten& unwritten,
                const std::string& boot);

// The table meta.
[[nodiscard]] std::optional<std::string> metaValue(Database& database, std::string_view key);
void setMeta(Database& database, std::string_view key, const std::string& value);

// The latest target of a source, checked; nothing when there is none or its text is damaged.
[[nodiscard]] std::optional<engine::StoredTarget> readTarget(Database& database,
                                                             engine::TargetSource source);

}  // namespace holdfast::state

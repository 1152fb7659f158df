// SPDX-License-Identifier: Apache-2.0
// What the link to a cloud keeps: texts by key, of which only the link knows the meaning.
#pragma once

#include "state/sqlite.hpp"
#include "uplink/ports.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace holdfast::state {

// Holds all of them in memory as well, so that a damaged file can be written anew.
class UplinkRecords {
 public:
  // Throws DatabaseError.
  void load(Database& database);

  [[nodiscard]] std::vector<uplink::Record> all() const;
  void apply(const std::vector<uplink::Record>& records);

  // Everything counts as not written yet: the file is a new one.
  void rewrite();

  [[nodiscard]] bool pending() const { return !pending_.empty(); }
  // Within the caller's transaction; `written` afterwards, once that is committed. Throws
  // DatabaseError.
  void write(Database& database) const;
  void written() { pending_.clear(); }

 private:
  std::map<std::string, std::string> records_;
  std::set<std::string> pending_;
};

}  // namespace holdfast::state

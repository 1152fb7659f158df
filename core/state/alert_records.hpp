// SPDX-License-Identifier: Apache-2.0
// What alerting keeps: texts by kind and key, of which only alerting knows the meaning.
#pragma once

#include "alerts/ports.hpp"
#include "state/sqlite.hpp"

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace holdfast::state {

// Holds all of them in memory as well, so that a damaged file can be written anew.
class AlertRecords {
 public:
  // Throws DatabaseError.
  void load(Database& database);

  [[nodiscard]] std::vector<alerts::Record> all() const;
  void apply(const std::vector<alerts::Record>& records);

  // Everything counts as not written yet: the file is a new one.
  void rewrite();

  [[nodiscard]] bool pending() const { return !pending_.empty(); }
  // Within the caller's transaction; `written` afterwards, once that is committed. Throws
  // DatabaseError.
  void write(Database& database) const;
  void written() { pending_.clear(); }

 private:
  using Key = std::pair<alerts::Record::Kind, std::string>;

  std::map<Key, std::string> records_;
  std::set<Key> pending_;
};

}  // namespace holdfast::state

// SPDX-License-Identifier: Apache-2.0
#include "state/alert_records.hpp"

#include <array>

namespace holdfast::state {
namespace {

using alerts::Record;
using Kind = Record::Kind;

struct Table {
  Kind kind;
  const char* select;
  const char* put;
  const char* remove;
};

// Literals, since statements are prepared once by their text.
constexpr std::array<Table, 7> kTables{{
    {Kind::Alert, "SELECT key, body FROM alerts", "INSERT OR REPLACE INTO alerts VALUES(?1, ?2)",
     "DELETE FROM alerts WHERE key = ?1"},
    {Kind::Group, "SELECT key, body FROM alert_groups",
     "INSERT OR REPLACE INTO alert_groups VALUES(?1, ?2)",
     "DELETE FROM alert_groups WHERE key = ?1"},
    {Kind::Silence, "SELECT key, body FROM silences",
     "INSERT OR REPLACE INTO silences VALUES(?1, ?2)", "DELETE FROM silences WHERE key = ?1"},
    {Kind::Outbox, "SELECT key, body FROM outbox", "INSERT OR REPLACE INTO outbox VALUES(?1, ?2)",
     "DELETE FROM outbox WHERE key = ?1"},
    {Kind::DeadLetter, "SELECT key, body FROM dead_letters",
     "INSERT OR REPLACE INTO dead_letters VALUES(?1, ?2)",
     "DELETE FROM dead_letters WHERE key = ?1"},
    {Kind::Dropped, "SELECT key, body FROM outbox_dropped",
     "INSERT OR REPLACE INTO outbox_dropped VALUES(?1, ?2)",
     "DELETE FROM outbox_dropped WHERE key = ?1"},
    {Kind::Summary, "SELECT key, body FROM summary",
     "INSERT OR REPLACE INTO summary VALUES(?1, ?2)", "DELETE FROM summary WHERE key = ?1"},
}};

const Table& tableOf(Kind kind) {
  return kTables.at(static_cast<std::size_t>(kind));
}

}  // namespace

void AlertRecords::load(Database& database) {
  records_.clear();
  for (const Table& table : kTables) {
    Query rows = database.query(table.select);
    while (rows.next())
      records_.insert_or_assign({table.kind, rows.text(0)}, rows.text(1));
  }
}

std::vector<Record> AlertRecords::all() const {
  std::vector<Record> all;
  for (const auto& [key, body] : records_)
    all.push_back({key.first, key.second, body});
  return all;
}

void AlertRecords::apply(const std::vector<Record>& records) {
  for (const Record& record : records) {
    const Key key{record.kind, record.key};
    if (record.body) {
      records_.insert_or_assign(key, *record.body);
    } else {
      records_.erase(key);
    }
    pending_.insert(key);
  }
}

void AlertRecords::rewrite() {
  for (const auto& [key, body] : records_)
    pending_.insert(key);
}

void AlertRecords::write(Database& database) const {
  for (const Key& key : pending_) {
    const auto found = records_.find(key);
    if (found != records_.end()) {
      database.run(tableOf(key.first).put, key.second, found->second);
    } else {
      database.run(tableOf(key.first).remove, key.second);
    }
  }
}

}  // namespace holdfast::state

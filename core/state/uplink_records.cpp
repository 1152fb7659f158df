// SPDX-License-Identifier: Apache-2.0
#include "state/uplink_records.hpp"

namespace holdfast::state {

void UplinkRecords::load(Database& database) {
  records_.clear();
  Query rows = database.query("SELECT key, body FROM uplink");
  while (rows.next())
    records_.insert_or_assign(rows.text(0), rows.text(1));
}

std::vector<uplink::Record> UplinkRecords::all() const {
  std::vector<uplink::Record> all;
  for (const auto& [key, body] : records_)
    all.push_back({key, body});
  return all;
}

void UplinkRecords::apply(const std::vector<uplink::Record>& records) {
  for (const uplink::Record& record : records) {
    if (record.body) {
      records_.insert_or_assign(record.key, *record.body);
    } else if (records_.erase(record.key) == 0) {
      continue;  // it was never written
    }
    pending_.insert(record.key);
  }
}

void UplinkRecords::rewrite() {
  for (const auto& [key, body] : records_)
    pending_.insert(key);
}

void UplinkRecords::write(Database& database) const {
  for (const std::string& key : pending_) {
    const auto found = records_.find(key);
    if (found != records_.end()) {
      database.run("INSERT OR REPLACE INTO uplink VALUES(?1, ?2)", key, found->second);
    } else {
      database.run("DELETE FROM uplink WHERE key = ?1", key);
    }
  }
}

}  // namespace holdfast::state

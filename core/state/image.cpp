// SPDX-License-Identifier: Apache-2.0
#include "state/image.hpp"

#include "state/enumerator.hpp"
#include "state/memory_json.hpp"

#include <boost/crc.hpp>

#include <algorithm>
#include <utility>

namespace holdfast::state {
namespace {

using engine::StoredTarget;
using engine::TargetSource;
using model::BootTime;
using model::Milliseconds;
using model::WallTime;
using retry::Entry;

// SQLite keeps no checksums: a page that lost its content still reads as a target with holes.
std::int64_t checksum(const std::string& text) {
  boost::crc_32_type crc;
  crc.process_bytes(text.data(), text.size());
  return crc.checksum();
}

WallTime wallTime(std::int64_t milliseconds) {
  return WallTime{Milliseconds{milliseconds}};
}

BootTime bootTime(std::int64_t milliseconds) {
  return BootTime{Milliseconds{milliseconds}};
}

std::optional<BootTime> bootTime(std::optional<std::int64_t> milliseconds) {
  if (!milliseconds) {
    return std::nullopt;
  }
  return bootTime(*milliseconds);
}

std::int64_t number(TargetSource source) {
  return static_cast<std::int64_t>(source);
}

// Nothing but a problem when the text is not what was written.
std::optional<StoredTarget> targetOf(const Query& row) {
  StoredTarget target;
  const auto source = enumerator(row.integer(0), TargetSource::Cloud);
  target.text = row.text(1);
  if (!source || checksum(target.text) != row.integer(2)) {
    return std::nullopt;
  }
  target.source = *source;
  target.strict = row.integer(3) != 0;
  target.sourceDetail = row.text(4);
  target.revision = row.integer(5);
  target.acceptedAt = wallTime(row.integer(6));
  target.etag = row.text(7);
  return target;
}

void readTargets(Database& database, Read& read) {
  Query rows = database.query(
      "SELECT source, text, checksum, strict, detail, revision, accepted_at, etag FROM targets"
      " ORDER BY revision DESC");
  for (bool first = true; rows.next(); first = false) {
    auto target = targetOf(rows);
    if (!target) {
      // An older one must not come back in its place: no target is the safe answer.
      read.problems.emplace_back(first ? "the stored target is damaged"
                                       : "a former target is damaged");
      continue;
    }
    if (first) {
      read.inForce = *target;
    }
    read.image.targets.emplace(target->source, std::move(*target));
  }
}

std::optional<Entry> entryOf(const Query& row) {
  const auto errorClass = enumerator(row.integer(9), sdk::ErrorClass::Cancelled);
  if (!errorClass) {
    return std::nullopt;
  }
  Entry entry;
  entry.key = row.text(0);
  entry.retryCount = static_cast<int>(row.integer(2));
  entry.maxRetries = static_cast<int>(row.integer(3));
  entry.delay = Milliseconds{row.integer(4)};
  entry.due = bootTime(row.optionalInteger(5));
  entry.exhausted = row.integer(6) != 0;
  entry.rearmed = row.integer(7) != 0;
  entry.exhaustedAt = bootTime(row.optionalInteger(8));
  entry.latest = {.errorClass = *errorClass,
                  .reason = row.text(10),
                  .message = row.text(11),
                  .raw = row.text(12),
                  .retryAfter = Milliseconds{row.integer(13)},
                  .host = row.text(14)};
  entry.firstError = row.text(15);
  entry.since = wallTime(row.integer(16));
  entry.timestamp = wallTime(row.integer(17));
  return entry;
}

void readLedger(Database& database, Read& read) {
  Query rows = database.query(
      "SELECT key, boot, retry_count, max_retries, delay_ms, due_ms, exhausted, rearmed,"
      " exhausted_ms, class, reason, message, raw, retry_after_ms, host, first_error, since_at,"
      " failed_at FROM ledger");
  while (rows.next()) {
    auto entry = entryOf(rows);
    if (!entry) {
      read.problems.push_back("the retry state of " + rows.text(0) + " cannot be read");
      continue;
    }
    if (rows.text(1) != read.boot) {
      entry->due = entry->due ? std::optional(BootTime{}) : std::nullopt;
      entry->exhaustedAt = entry->exhaustedAt ? std::optional(BootTime{}) : std::nullopt;
    }
    read.image.ledger.insert_or_assign(entry->key, std::move(*entry));
  }
}

void readHostPauses(Database& database, Read& read) {
  Query rows = database.query("SELECT host, boot, until_ms, length_ms FROM host_pauses");
  while (rows.next()) {
    if (rows.text(1) == read.boot) {
      read.image.hostPauses[rows.text(0)] = {.until = bootTime(rows.integer(2)),
                                             .length = Milliseconds{rows.integer(3)}};
    }
  }
}

void readMemories(Database& database, Read& read) {
  Query rows = database.query("SELECT service, memory FROM memories");
  while (rows.next()) {
    const std::string key = rows.text(0);
    if (auto memory = memoryFromJson(key, rows.text(1))) {
      read.image.memories.emplace(key, std::move(*memory));
    } else {
      read.problems.push_back("what was remembered of " + key + " cannot be read");
    }
  }
}

void writeTarget(Database& database, const StoredTarget& target) {
  database.run("INSERT OR REPLACE INTO targets VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
               number(target.source), target.text, checksum(target.text), target.strict,
               target.sourceDetail, target.revision, target.acceptedAt, target.etag);
}

void writeEntry(Database& database, const Entry& entry, const std::string& boot) {
  database.run(
      "INSERT OR REPLACE INTO ledger VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12,"
      " ?13, ?14, ?15, ?16, ?17, ?18)",
      entry.key, boot, entry.retryCount, entry.maxRetries, entry.delay, entry.due, entry.exhausted,
      entry.rearmed, entry.exhaustedAt, static_cast<std::int64_t>(entry.latest.errorClass),
      entry.latest.reason, entry.latest.message, entry.latest.raw, entry.latest.retryAfter,
      entry.latest.host, entry.firstError, entry.since, entry.timestamp);
}

}  // namespace

Unwritten allOf(const Image& image) {
  Unwritten all;
  all.owner = true;
  all.hostPauses = true;
  for (const auto& [source, target] : image.targets) {
    all.targets.insert(source);
  }
  for (const auto& [key, entry] : image.ledger) {
    all.ledger.insert(key);
  }
  for (const auto& [key, memory] : image.memories) {
    all.memories.insert(key);
  }
  return all;
}

void apply(const engine::StateChange& change, Image& image, Unwritten& unwritten) {
  if (change.target) {
    image.targets.insert_or_assign(change.target->source, *change.target);
    unwritten.targets.insert(change.target->source);
  }
  for (const Entry& entry : change.ledger.changed) {
    image.ledger.insert_or_assign(entry.key, entry);
    unwritten.ledger.insert(entry.key);
  }
  for (const std::string& key : change.ledger.removed) {
    // One that failed and recovered between two commits was never written.
    if (image.ledger.erase(key) > 0) {
      unwritten.ledger.insert(key);
    }
  }
  if (change.ledger.hostPausesChanged) {
    image.hostPauses = change.ledger.hostPauses;
    unwritten.hostPauses = true;
  }
  for (const engine::ServiceMemory& memory : change.memories) {
    const auto known = image.memories.find(memory.key);
    if (known == image.memories.end() || known->second != memory) {
      image.memories.insert_or_assign(memory.key, memory);
      unwritten.memories.insert(memory.key);
    }
  }
  for (const std::string& key : change.forgottenMemories) {
    if (image.memories.erase(key) > 0) {
      unwritten.memories.insert(key);
    }
  }
}

Read readImage(Database& database) {
  Read read;
  read.image.owner.uuid = metaValue(database, "owner").value_or("");
  read.boot = metaValue(database, "boot");
  read.orderly = metaValue(database, "orderly") == "1";
  Query adopted = database.query("SELECT owner FROM adopted ORDER BY owner");
  while (adopted.next()) {
    read.image.owner.adopted.push_back(adopted.text(0));
  }
  readTargets(database, read);
  readLedger(database, read);
  readHostPauses(database, read);
  readMemories(database, read);
  return read;
}

void writeImage(Database& database, const Image& image, const Unwritten& unwritten,
                const std::string& boot) {
  if (unwritten.owner) {
    setMeta(database, "owner", image.owner.uuid);
    database.run("DELETE FROM adopted");
    for (const std::string& uuid : image.owner.adopted) {
      database.run("INSERT OR IGNORE INTO adopted VALUES(?1)", uuid);
    }
  }
  for (const TargetSource source : unwritten.targets) {
    writeTarget(database, image.targets.at(source));
  }
  for (const std::string& key : unwritten.ledger) {
    const auto found = image.ledger.find(key);
    if (found != image.ledger.end()) {
      writeEntry(database, found->second, boot);
    } else {
      database.run("DELETE FROM ledger WHERE key = ?1", key);
    }
  }
  if (unwritten.hostPauses) {
    database.run("DELETE FROM host_pauses");
    for (const auto& [host, pause] : image.hostPauses) {
      database.run("INSERT INTO host_pauses VALUES(?1, ?2, ?3, ?4)", host, boot, pause.until,
                   pause.length);
    }
  }
  for (const std::string& key : unwritten.memories) {
    const auto found = image.memories.find(key);
    if (found != image.memories.end()) {
      database.run("INSERT OR REPLACE INTO memories VALUES(?1, ?2)", key, toJson(found->second));
    } else {
      database.run("DELETE FROM memories WHERE service = ?1", key);
    }
  }
}

std::optional<std::string> metaValue(Database& database, std::string_view key) {
  Query row = database.query("SELECT value FROM meta WHERE key = ?1", key);
  if (!row.next()) {
    return std::nullopt;
  }
  return row.text(0);
}

void setMeta(Database& database, std::string_view key, const std::string& value) {
  database.run("INSERT OR REPLACE INTO meta VALUES(?1, ?2)", key, value);
}

std::optional<StoredTarget> readTarget(Database& database, TargetSource source) {
  Query row = database.query(
      "SELECT source, text, checksum, strict, detail, revision, accepted_at, etag FROM targets"
      " WHERE source = ?1",
      number(source));
  if (!row.next()) {
    return std::nullopt;
  }
  return targetOf(row);
}

}  // namespace holdfast::state

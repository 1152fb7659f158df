// SPDX-License-Identifier: Apache-2.0
#include "state/schema.hpp"

#include <array>
#include <string>

namespace holdfast::state {
namespace {

// Times: `_ms` is milliseconds of CLOCK_BOOTTIME of the row's `boot`, or a length; `_at` is
// milliseconds since 1970 by the wall clock. Numbers of classes, sources and kinds are those of the
// enumerations of that name.
constexpr const char* kFirst = R"sql(
  CREATE TABLE meta(              -- owner, boot, orderly, last_event_id, dropped_event_id, ran_ms
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) WITHOUT ROWID;

  CREATE TABLE adopted(owner TEXT PRIMARY KEY) WITHOUT ROWID;

  CREATE TABLE targets(           -- the latest of each source; the highest revision is in force
    source INTEGER PRIMARY KEY,
    text TEXT NOT NULL,
    checksum INTEGER NOT NULL,    -- CRC-32 of text
    strict INTEGER NOT NULL,
    detail TEXT NOT NULL,
    revision INTEGER NOT NULL,
    accepted_at INTEGER NOT NULL
  );

  CREATE TABLE ledger(
    key TEXT PRIMARY KEY,
    boot TEXT NOT NULL,
    retry_count INTEGER NOT NULL,
    max_retries INTEGER NOT NULL,
    delay_ms INTEGER NOT NULL,
    due_ms INTEGER,
    exhausted INTEGER NOT NULL,
    rearmed INTEGER NOT NULL,
    exhausted_ms INTEGER,
    class INTEGER NOT NULL,
    reason TEXT NOT NULL,
    message TEXT NOT NULL,
    raw TEXT NOT NULL,
    retry_after_ms INTEGER NOT NULL,
    host TEXT NOT NULL,
    first_error TEXT NOT NULL,
    since_at INTEGER NOT NULL,
    failed_at INTEGER NOT NULL
  ) WITHOUT ROWID;

  CREATE TABLE host_pauses(
    host TEXT PRIMARY KEY,
    boot TEXT NOT NULL,
    until_ms INTEGER NOT NULL,
    length_ms INTEGER NOT NULL
  ) WITHOUT ROWID;

  CREATE TABLE memories(          -- what is remembered of a service, as JSON
    service TEXT PRIMARY KEY,
    memory TEXT NOT NULL
  );

  CREATE TABLE events(
    id INTEGER PRIMARY KEY,       -- of the latest repeat
    first_id INTEGER NOT NULL UNIQUE,
    warning INTEGER NOT NULL,
    reason TEXT NOT NULL,
    app TEXT NOT NULL,
    service TEXT NOT NULL,
    message TEXT NOT NULL,
    count INTEGER NOT NULL,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    UNIQUE(app, service, warning, reason, message)
  );

  CREATE TABLE statuses(          -- changes of what a service shows
    id INTEGER PRIMARY KEY,
    service TEXT NOT NULL,
    at INTEGER NOT NULL,
    status TEXT NOT NULL,
    reason TEXT NOT NULL
  );
  CREATE INDEX statuses_by_service ON statuses(service, id);
)sql";

// What alerting keeps; `body` is JSON (core/alerts/records.cpp), of outbox_dropped a number.
constexpr const char* kAlerting = R"sql(
  CREATE TABLE alerts(            -- firing ones
    key TEXT PRIMARY KEY,         -- fingerprint
    body TEXT NOT NULL
  ) WITHOUT ROWID;

  CREATE TABLE alert_groups(      -- what each receiver was told
    key TEXT PRIMARY KEY,         -- notifier/group
    body TEXT NOT NULL
  ) WITHOUT ROWID;

  CREATE TABLE silences(
    key TEXT PRIMARY KEY,
    body TEXT NOT NULL
  ) WITHOUT ROWID;

  CREATE TABLE outbox(            -- notifications that are not delivered yet
    key TEXT PRIMARY KEY,         -- number
    body TEXT NOT NULL
  );

  CREATE TABLE dead_letters(      -- notifications that were given up
    key TEXT PRIMARY KEY,         -- number
    body TEXT NOT NULL
  );

  CREATE TABLE outbox_dropped(    -- how many were dropped since the last delivery
    key TEXT PRIMARY KEY,         -- notifier
    body TEXT NOT NULL
  ) WITHOUT ROWID;
)sql";

// What the link to a cloud keeps; `body` is JSON (core/uplink/records.cpp).
constexpr const char* kUplink = R"sql(
  ALTER TABLE targets ADD COLUMN etag TEXT NOT NULL DEFAULT '';  -- of the cloud's documents

  CREATE TABLE uplink(
    key TEXT PRIMARY KEY,
    body TEXT NOT NULL
  ) WITHOUT ROWID;
)sql";

// What the daily summary counts; `body` is JSON as above.
constexpr const char* kSummary = R"sql(
  CREATE TABLE summary(
    key TEXT PRIMARY KEY,         -- "period", a service's key, alert/fingerprint
    body TEXT NOT NULL
  ) WITHOUT ROWID;
)sql";

// How long the agent had run when the row was written (run_time.hpp).
constexpr const char* kAges = R"sql(
  ALTER TABLE events ADD COLUMN ran_ms INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE statuses ADD COLUMN ran_ms INTEGER NOT NULL DEFAULT 0;
)sql";

constexpr std::array kMigrations{Migration{1, kFirst}, Migration{2, kAlerting},
                                 Migration{3, kUplink}, Migration{4, kSummary},
                                 Migration{5, kAges}};

}  // namespace

std::span<const Migration> migrations() {
  return kMigrations;
}

bool isOurs(Database& database) {
  return database.integer("PRAGMA application_id") == kApplicationId ||
         database.integer("SELECT count(*) FROM sqlite_schema") == 0;
}

int schemaVersion(Database& database) {
  return static_cast<int>(database.integer("PRAGMA user_version"));
}

int newestVersion(std::span<const Migration> steps) {
  return steps.empty() ? 0 : steps.back().version;
}

void migrate(Database& database, std::span<const Migration> steps) {
  for (const Migration& step : steps) {
    if (step.version <= schemaVersion(database)) {
      continue;
    }
    Transaction transaction(database);
    database.execute(step.sql);
    database.execute("PRAGMA user_version = " + std::to_string(step.version));
    database.execute("PRAGMA application_id = " + std::to_string(kApplicationId));
    transaction.commit();
  }
}

}  // namespace holdfast::state

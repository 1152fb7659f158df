// SPDX-License-Identifier: Apache-2.0
// What happened (events) and how services fared (statuses), bounded and kept across restarts.
// docs/behaviour.md "Events and history".
#pragma once

#include "model/event.hpp"
#include "model/status.hpp"
#include "model/time.hpp"
#include "state/sqlite.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace holdfast::state {

// Which records to read; empty texts mean all.
struct EventQuery {
  std::optional<std::int64_t> after;   // only ids greater than this one
  std::optional<std::int64_t> before;  // only ids less than this one
  int limit = 1'000;
  std::string app;
  std::string service;
  std::optional<model::WallTime> since;  // last seen at or after
};

struct StatusQuery {
  std::string service;                   // key "<app id>/<service name>"
  std::optional<model::WallTime> since;  // and the one before
};

// From `at` on the service showed this.
struct StatusRecord {
  std::int64_t id = 0;  // grows
  std::string service;
  model::WallTime at;
  std::string status;  // model::word of ServiceStatusWord
  std::string reason;

  friend bool operator==(const StatusRecord&, const StatusRecord&) = default;
};

// One service as it is shown now.
struct StatusNow {
  std::string service;
  std::string status;
  std::string reason;

  friend bool operator==(const StatusNow&, const StatusNow&) = default;
};

// Ages are in time that the agent ran.
struct HistoryLimits {
  int maxEvents = 5'000;
  model::Milliseconds maxEventAge = std::chrono::days{30};
  int maxStatusesPerService = 500;
  model::Milliseconds maxStatusAge = std::chrono::days{1};
};

// Events on their way into the table. A repeat (same app, service, type, reason and message) is
// counted into the record that there is, however old, and gives it a new id.
class EventLog {
 public:
  explicit EventLog(const HistoryLimits& limits) : limits_(limits) {}

  // Reads where ids go on. Throws DatabaseError.
  void load(Database& database);

  // Gives the event its id and its place among the repeats. Ids are given also while nothing can be
  // written, and stay. `database` is asked for earlier repeats; nullptr when it cannot answer,
  // which `write` makes up for in the record. At most 1,000 records wait to be written;
  // beyond that the oldest is lost, which readEventBounds tells. Throws DatabaseError before
  // anything has changed.
  model::Event add(model::EventDraft draft, Database* database, model::WallTime now);

  // All that was written so far is lost with its database.
  void lose() { lost_ = lastId_; }

  [[nodiscard]] bool pending() const { return !pending_.empty(); }
  [[nodiscard]] std::int64_t lastId() const { return lastId_; }

  // Within the caller's transaction; `written` afterwards, once that is committed. `ran`: see
  // run_time.hpp, as below. Throws DatabaseError.
  void write(Database& database, model::Milliseconds ran) const;
  void written() {
    pending_.clear();
    lost_ = 0;
  }

  // Deletes what is older than the limit.
  void dropOld(Database& database, model::Milliseconds ran) const;

 private:
  using What = std::tuple<std::string, std::string, bool, std::string, std::string>;

  void loseOldestPending();

  HistoryLimits limits_;
  std::int64_t lastId_ = 0;
  std::int64_t lost_ = 0;  // events up to this id, which is not noted in the database yet
  std::map<What, model::Event> pending_;
};

// Changes of what services show, on their way into the table. They wait there for whatever else is
// to be written.
class StatusLog {
 public:
  explicit StatusLog(const HistoryLimits& limits) : limits_(limits) {}

  // Throws DatabaseError.
  void load(Database& database);

  // `all` services as they are now; what changed since the last call is kept.
  void add(const std::vector<StatusNow>& all, model::WallTime now);

  // The file is a new one: each service gets the record of what it shows.
  void rewrite();

  [[nodiscard]] bool pending() const { return !pending_.empty(); }
  // What waits of one service, oldest first.
  [[nodiscard]] std::vector<StatusRecord> waitingOf(const std::string& service) const;
  void write(Database& database, model::Milliseconds ran) const;
  void written() { pending_.clear(); }

  // Deletes what is older than the limit, but for the last record of each service that is still
  // there: it tells how the window began.
  void dropOld(Database& database, model::Milliseconds ran) const;

 private:
  void keep(const StatusNow& service, model::WallTime at);

  struct Shown {
    StatusNow what;
    model::WallTime since;
  };

  HistoryLimits limits_;
  std::int64_t lastId_ = 0;
  std::map<std::string, Shown> shown_;
  std::deque<StatusRecord> pending_;
};

// Newest last. With `after` the oldest `limit` of those after it, so that who reads on misses
// none; without, the newest `limit`. Throws DatabaseError.
[[nodiscard]] std::vector<model::Event> readEvents(Database& database, const EventQuery& query);

// Of the events that can be read, or could once; 0 when there are none.
struct EventBounds {
  std::int64_t last = 0;     // the greatest id
  std::int64_t dropped = 0;  // the greatest id of what was dropped for its age or number, or lost
};

// Throws DatabaseError.
[[nodiscard]] EventBounds readEventBounds(Database& database);

// Oldest first. `waiting` is what waited (StatusLog::waitingOf) before this call, and may be
// written by now. Throws DatabaseError.
[[nodiscard]] std::vector<StatusRecord> readStatuses(Database& database, const StatusQuery& query,
                                                     std::vector<StatusRecord> waiting);

}  // namespace holdfast::state

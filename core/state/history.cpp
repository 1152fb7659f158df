// SPDX-License-Identifier: Apache-2.0
#include "state/history.hpp"

#include "retry/bounded_text.hpp"
#include "state/image.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <set>
#include <utility>

namespace holdfast::state {
namespace {

using model::Event;
using model::EventDraft;
using model::EventType;
using model::Milliseconds;
using model::WallTime;

constexpr std::size_t kMaxMessage = 4'096;
constexpr std::size_t kMaxWord = 256;

// What waits for a disk that takes it.
constexpr std::size_t kMaxPending = 1'000;

constexpr std::string_view kEventColumns =
    "SELECT id, first_id, warning, reason, app, service, message, count, first_at, last_at"
    " FROM events WHERE ";

constexpr std::string_view kLastId =
    "(SELECT ifnull(max(id), 0) FROM events),"
    " (SELECT ifnull(max(CAST(value AS INTEGER)), 0) FROM meta WHERE key = 'last_event_id')";
constexpr std::string_view kDroppedId =
    "(SELECT ifnull(max(CAST(value AS INTEGER)), 0) FROM meta WHERE key = 'dropped_event_id')";

WallTime wallTime(std::int64_t milliseconds) {
  return WallTime{Milliseconds{milliseconds}};
}

Event eventOf(const Query& row) {
  Event event;
  event.id = row.integer(0);
  event.firstId = row.integer(1);
  event.what = {.type = row.integer(2) != 0 ? EventType::Warning : EventType::Normal,
                .reason = row.text(3),
                .app = row.text(4),
                .service = row.text(5),
                .message = row.text(6)};
  event.count = static_cast<int>(row.integer(7));
  event.firstTimestamp = wallTime(row.integer(8));
  event.lastTimestamp = wallTime(row.integer(9));
  return event;
}

void cutTexts(EventDraft& draft) {
  retry::cutText(draft.reason, kMaxWord);
  retry::cutText(draft.app, kMaxWord);
  retry::cutText(draft.service, kMaxWord);
  retry::cutText(draft.message, kMaxMessage);
}

std::optional<Event> findRecord(Database& database, const EventDraft& what) {
  static const std::string kSql =
      std::string(kEventColumns) +
      "app = ?1 AND service = ?2 AND warning = ?3 AND reason = ?4 AND message = ?5";
  Query row = database.query(kSql, what.app, what.service, what.type == EventType::Warning,
                             what.reason, what.message);
  if (!row.next()) {
    return std::nullopt;
  }
  return eventOf(row);
}

// The event with the repeats in its record's row, if those could not be read when it came: it then
// has a first id of its own.
Event withEarlier(Event event, Database& database) {
  const std::optional<Event> earlier = findRecord(database, event.what);
  if (earlier && earlier->firstId != event.firstId) {
    event.firstId = earlier->firstId;
    event.firstTimestamp = earlier->firstTimestamp;
    event.count += earlier->count;
  }
  return event;
}

struct Share {
  std::string app;
  std::string service;
  std::int64_t records = 0;
};

std::vector<Share> sharesOf(Database& database) {
  Query rows = database.query(
      "SELECT app, service, count(*) AS records FROM events GROUP BY app, service"
      " ORDER BY records");
  std::vector<Share> shares;
  while (rows.next()) {
    shares.push_back({.app = rows.text(0), .service = rows.text(1), .records = rows.integer(2)});
  }
  return shares;
}

// How many records each may keep so that all together keep `limit`: who has fewer leaves the rest
// to the others. `shares` from the smallest to the largest.
std::int64_t fairShare(const std::vector<Share>& shares, std::int64_t limit) {
  auto others = static_cast<std::int64_t>(shares.size());
  for (const Share& share : shares) {
    if (share.records * others > limit) {
      break;
    }
    limit -= share.records;
    --others;
  }
  return others > 0 ? std::max<std::int64_t>(limit / others, 1) : limit;
}

// Notes that events up to `id` are not all there any more.
void noteDropped(Database& database, std::int64_t id) {
  if (id > readEventBounds(database).dropped) {
    setMeta(database, "dropped_event_id", std::to_string(id));
  }
}

// Runs a DELETE that returns the ids of what it deletes.
template <typename... Values>
void drop(Database& database, std::string_view sql, const Values&... values) {
  std::int64_t newest = 0;
  Query gone = database.query(sql, values...);
  while (gone.next()) {
    newest = std::max(newest, gone.integer(0));
  }
  noteDropped(database, newest);
}

// Takes the excess from whoever has most: one service's noise does not push out another's news.
void dropExcess(Database& database, std::int64_t limit) {
  const auto count = [&database] { return database.integer("SELECT count(*) FROM events"); };
  if (count() <= limit) {
    return;
  }
  const std::vector<Share> shares = sharesOf(database);
  const std::int64_t fair = fairShare(shares, limit);
  for (const Share& share : shares) {
    if (share.records > fair) {
      drop(database,
           "DELETE FROM events WHERE id IN (SELECT id FROM events WHERE app = ?1 AND service = ?2"
           " ORDER BY id LIMIT ?3) RETURNING id",
           share.app, share.service, share.records - fair);
    }
  }
  // More services than records: the oldest go.
  if (const std::int64_t excess = count() - limit; excess > 0) {
    drop(database,
         "DELETE FROM events WHERE id IN (SELECT id FROM events ORDER BY id LIMIT ?1)"
         " RETURNING id",
         excess);
  }
}

}  // namespace

void EventLog::load(Database& database) {
  lastId_ = std::max(lastId_, readEventBounds(database).last);
}

Event EventLog::add(EventDraft draft, Database* database, WallTime now) {
  cutTexts(draft);
  What key{draft.app, draft.service, draft.type == EventType::Warning, draft.reason, draft.message};
  auto found = pending_.find(key);
  if (found == pending_.end()) {
    std::optional<Event> earlier;
    if (database != nullptr) {
      earlier = findRecord(*database, draft);
    }
    if (!earlier) {
      earlier = Event{
          .firstId = lastId_ + 1, .what = std::move(draft), .count = 0, .firstTimestamp = now};
    }
    if (pending_.size() >= kMaxPending) {
      loseOldestPending();
    }
    found = pending_.emplace(std::move(key), std::move(*earlier)).first;
  }
  Event& event = found->second;
  event.id = ++lastId_;
  ++event.count;
  event.lastTimestamp = now;
  return event;
}

void EventLog::loseOldestPending() {
  const auto oldest = std::min_element(
      pending_.begin(), pending_.end(),
      [](const auto& left, const auto& right) { return left.second.id < right.second.id; });
  lost_ = std::max(lost_, oldest->second.id);
  pending_.erase(oldest);
}

void EventLog::write(Database& database, Milliseconds ran) const {
  for (const auto& [key, pending] : pending_) {
    const Event event = withEarlier(pending, database);
    // Replaces the record's earlier row: first_id is unique.
    database.run(
        "INSERT OR REPLACE INTO events VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        event.id, event.firstId, event.what.type == EventType::Warning, event.what.reason,
        event.what.app, event.what.service, event.what.message, event.count, event.firstTimestamp,
        event.lastTimestamp, ran);
  }
  setMeta(database, "last_event_id", std::to_string(lastId_));
  noteDropped(database, lost_);
  dropExcess(database, limits_.maxEvents);
}

void EventLog::dropOld(Database& database, Milliseconds ran) const {
  drop(database, "DELETE FROM events WHERE ran_ms < ?1 RETURNING id", ran - limits_.maxEventAge);
}

void StatusLog::load(Database& database) {
  shown_.clear();
  lastId_ = database.integer("SELECT ifnull(max(id), 0) FROM statuses");
  Query rows = database.query(
      "SELECT service, status, reason, at FROM statuses"
      " WHERE id IN (SELECT max(id) FROM statuses GROUP BY service)");
  while (rows.next()) {
    shown_[rows.text(0)] = {
        .what = {.service = rows.text(0), .status = rows.text(1), .reason = rows.text(2)},
        .since = wallTime(rows.integer(3))};
  }
}

void StatusLog::add(const std::vector<StatusNow>& all, WallTime now) {
  std::map<std::string, Shown> shown;
  for (const StatusNow& service : all) {
    const auto before = shown_.find(service.service);
    const bool same = before != shown_.end() && before->second.what == service;
    if (!same) {
      keep(service, now);
    }
    shown.insert_or_assign(service.service,
                           Shown{.what = service, .since = same ? before->second.since : now});
  }
  shown_ = std::move(shown);
}

void StatusLog::rewrite() {
  std::set<std::string> waiting;
  for (const StatusRecord& record : pending_) {
    waiting.insert(record.service);
  }
  for (const auto& [key, shown] : shown_) {
    if (!waiting.contains(key)) {
      keep(shown.what, shown.since);
    }
  }
}

void StatusLog::keep(const StatusNow& service, WallTime at) {
  pending_.push_back({.id = ++lastId_,
                      .service = service.service,
                      .at = at,
                      .status = service.status,
                      .reason = service.reason});
  if (pending_.size() > kMaxPending) {
    pending_.pop_front();
  }
}

std::vector<StatusRecord> StatusLog::waitingOf(const std::string& service) const {
  std::vector<StatusRecord> waiting;
  std::copy_if(pending_.begin(), pending_.end(), std::back_inserter(waiting),
               [&service](const StatusRecord& record) { return record.service == service; });
  return waiting;
}

void StatusLog::write(Database& database, Milliseconds ran) const {
  std::set<std::string> services;
  for (const StatusRecord& record : pending_) {
    database.run("INSERT OR REPLACE INTO statuses VALUES(?1, ?2, ?3, ?4, ?5, ?6)", record.id,
                 record.service, record.at, record.status, record.reason, ran);
    services.insert(record.service);
  }
  for (const std::string& service : services) {
    database.run(
        "DELETE FROM statuses WHERE service = ?1 AND id <= (SELECT id FROM statuses"
        " WHERE service = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
        service, limits_.maxStatusesPerService);
  }
}

void StatusLog::dropOld(Database& database, Milliseconds ran) const {
  const Milliseconds begin = ran - limits_.maxStatusAge;
  database.run(
      "DELETE FROM statuses WHERE ran_ms < ?1 AND EXISTS(SELECT 1 FROM statuses AS later"
      " WHERE later.service = statuses.service AND later.id > statuses.id AND later.ran_ms < ?1)",
      begin);
  std::vector<std::string> gone;
  Query services = database.query("SELECT DISTINCT service FROM statuses");
  while (services.next()) {
    std::string service = services.text(0);
    if (!shown_.contains(service)) {
      gone.push_back(std::move(service));
    }
  }
  for (const std::string& service : gone) {
    database.run("DELETE FROM statuses WHERE service = ?1 AND ran_ms < ?2", service, begin);
  }
}

std::vector<Event> readEvents(Database& database, const EventQuery& query) {
  static const std::string kWanted =
      std::string(kEventColumns) +
      "id > ?1 AND id < ?2 AND (?3 = '' OR app = ?3) AND (?4 = '' OR service = ?4)"
      " AND last_at >= ?5";
  static const std::string kOldest = kWanted + " ORDER BY id LIMIT ?6";
  static const std::string kNewest = kWanted + " ORDER BY id DESC LIMIT ?6";

  const WallTime since = query.since.value_or(WallTime::min());
  const std::string& sql = query.after ? kOldest : kNewest;
  constexpr auto kNoBound = std::numeric_limits<std::int64_t>::max();
  Query rows = database.query(sql, query.after.value_or(0), query.before.value_or(kNoBound),
                              query.app, query.service, since, std::max(query.limit, 0));
  std::vector<Event> events;
  while (rows.next()) {
    events.push_back(eventOf(rows));
  }
  if (!query.after) {
    std::reverse(events.begin(), events.end());
  }
  return events;
}

EventBounds readEventBounds(Database& database) {
  static const std::string kSql =
      "SELECT max(" + std::string(kLastId) + "), " + std::string(kDroppedId);
  Query row = database.query(kSql);
  EventBounds bounds;
  if (row.next()) {
    bounds = {.last = row.integer(0), .dropped = row.integer(1)};
  }
  return bounds;
}

std::vector<StatusRecord> readStatuses(Database& database, const StatusQuery& query,
                                       std::vector<StatusRecord> waiting) {
  Query rows = database.query(
      "SELECT id, service, at, status, reason FROM statuses WHERE service = ?1 ORDER BY id",
      query.service);
  std::vector<StatusRecord> records;
  while (rows.next()) {
    records.push_back({.id = rows.integer(0),
                       .service = rows.text(1),
                       .at = wallTime(rows.integer(2)),
                       .status = rows.text(3),
                       .reason = rows.text(4)});
  }
  const std::int64_t lastWritten = records.empty() ? 0 : records.back().id;
  for (StatusRecord& record : waiting) {
    if (record.id > lastWritten) {
      records.push_back(std::move(record));
    }
  }
  const WallTime since = query.since.value_or(WallTime::min());
  const auto before = [since](const StatusRecord& record) { return record.at < since; };
  const auto latest = std::find_if(records.rbegin(), records.rend(), before);
  const std::int64_t began = latest == records.rend() ? 0 : latest->id;
  std::erase_if(records, [&](const auto& one) { return before(one) && one.id != began; });
  return records;
}

}  // namespace holdfast::state

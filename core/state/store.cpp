// SPDX-License-Identifier: Apache-2.0
#include "state/store.hpp"

#include "state/files.hpp"
#include "state/owner_file.hpp"
#include "state/schema.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace holdfast::state {
namespace {

using engine::Severity;
using model::Event;
using model::Milliseconds;
using model::Now;
using model::WallTime;

// The engine thread waits this long for the lock of another program, which only a writer holds.
constexpr Milliseconds kBusyTimeout{250};

constexpr Milliseconds kDropOldEvery = std::chrono::hours{1};

std::string prepared(const std::string& directory) {
  makePrivateDirectory(directory);
  return directory;
}

// Labels what has no Now at hand.
WallTime wallNow() {
  return std::chrono::floor<Milliseconds>(std::chrono::system_clock::now());
}

void configure(Database& database) {
  // Pages are few and small: a large cache would only hold memory.
  database.execute(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -256;"
      "PRAGMA wal_autocheckpoint = 256; PRAGMA journal_size_limit = 1048576;"
      "PRAGMA temp_store = MEMORY");
}

std::string join(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) {
    text += (text.empty() ? "" : "; ") + part;
  }
  return text;
}

retry::Resume resumeOf(const Read& read, const std::string& bootId) {
  if (!read.boot) {
    return retry::Resume::Crash;
  }
  if (bootId.empty() || *read.boot != bootId) {
    return retry::Resume::Reboot;
  }
  return read.orderly ? retry::Resume::OrderlyStop : retry::Resume::Crash;
}

}  // namespace

Store::Store(StoreOptions options)
    : options_(std::move(options)),
      path_(options_.directory + "/holdfast.db"),
      lock_(prepared(options_.directory)),
      events_(options_.limits),
      statuses_(options_.limits) {
  try {
    openOrReplace();
    read_ = readOrReplace();
  } catch (const DatabaseError& error) {
    throw StateError("cannot open " + path_ + ": " + error.what() +
                     "; the state directory must be writable and have room (key state.dir)");
  }
}

Store::~Store() = default;

void Store::open() {
  auto database = std::make_unique<Database>(path_, Database::Mode::ReadWrite, kBusyTimeout);
  database->execute("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON");
  database->checkIntegrity();
  const int newest = newestVersion(migrations());
  const int version = schemaVersion(*database);
  if (isOurs(*database) && version > newest) {
    throw StateError(path_ + " was written by a newer version of Holdfast (schema " +
                     std::to_string(version) + ", this one knows up to " + std::to_string(newest) +
                     "); install that version again, or move the file away to start without what "
                     "it remembers");
  }
  if (!isOurs(*database)) {
    throw DatabaseError::damage("it is another program's database");
  }
  configure(*database);
  if (version == 0) {
    begunAnew_ = true;
    rewriteAll();
  }
  migrate(*database, migrations());
  if (version == 0 && damage_.empty() && readOwner(options_.directory)) {
    damage_ = path_ + " is missing or empty, though this directory was in use before: the target " +
              "and the history are lost";
  }
  database_ = std::move(database);
}

// Nothing of what is remembered is in the file. Noted before anything is written to a new one:
// whatever fails from then on, the next write knows.
void Store::rewriteAll() {
  unwritten_ = allOf(image_);
  alerting_.rewrite();
  uplink_.rewrite();
  stampBoot_ = true;
  events_.lose();
  const std::lock_guard<std::mutex> guard(statusesMutex_);
  statuses_.rewrite();
}

void Store::openOrReplace() {
  try {
    open();
  } catch (const DatabaseError& error) {
    if (!error.damaged()) {
      throw;
    }
    setAsideDamaged(error.what());
    open();
  }
}

void Store::setAsideDamaged(const std::string& why) {
  database_.reset();
  // Readers wait: one that opened the file now would go on reading it under its new name.
  const std::lock_guard<std::mutex> guard(readerMutex_);
  reader_.reset();
  damage_ = path_ + " is damaged (" + why + ")";
  damage_ += "; it was set aside as " + setAside(path_, wallNow());
  log(Severity::Error, damage_);
}

// While running. The file may be another than before, also since an earlier attempt at this failed
// half-way.
void Store::openAgain() {
  openOrReplace();
  if (std::exchange(begunAnew_, false)) {
    model::EventDraft event{.type = model::EventType::Warning,
                            .reason = "StateDamaged",
                            .message = damage_ + " and written anew, without the history"};
    extraEvents_.push_back(events_.add(std::move(event), nullptr, wallNow()));
  }
}

Read Store::readOrReplace() {
  const auto readAll = [this] {
    Read read = readImage(*database_);
    runTime_.load(*database_);
    events_.load(*database_);
    statuses_.load(*database_);
    alerting_.load(*database_);
    uplink_.load(*database_);
    return read;
  };
  try {
    return readAll();
  } catch (const DatabaseError& error) {
    if (!error.damaged()) {
      throw;
    }
    setAsideDamaged(error.what());
    open();
    return readAll();
  }
}

engine::LoadedState Store::load(const Now& now) {
  runTime_.look(now.boot);
  Read read = std::exchange(read_, {});
  if (!read.problems.empty()) {
    damage_ += (damage_.empty() ? path_ + ": " : "; ") + join(read.problems);
    log(Severity::Error, damage_);
  }
  image_ = std::move(read.image);
  begunAnew_ = false;
  settleOwner();
  stampBoot_ = read.orderly || read.boot != options_.bootId;
  lastEventId_ = events_.lastId();

  engine::LoadedState loaded;
  loaded.ownerUuid = image_.owner.uuid;
  loaded.adoptedOwners = image_.owner.adopted;
  loaded.target = std::move(read.inForce);
  for (const auto& [key, entry] : image_.ledger) {
    loaded.ledger.entries.push_back(entry);
  }
  loaded.ledger.hostPauses = image_.hostPauses;
  loaded.resume = resumeOf(read, options_.bootId);
  loaded.memories = image_.memories;
  loaded.damage = damage_;
  return loaded;
}

// The file and the database say the same, or are made to: the database's word goes before the
// file's, and either goes before a new identity.
void Store::settleOwner() {
  const auto file = readOwner(options_.directory);
  if (!isUuid(image_.owner.uuid)) {
    image_.owner = file.value_or(Owner{.uuid = newUuid(), .adopted = {}});
    unwritten_.owner = true;
  }
  if (file == image_.owner) {
    return;
  }
  if (file && file->uuid != image_.owner.uuid) {
    log(Severity::Warning, options_.directory + "/owner names " + file->uuid + ", the database " +
                               image_.owner.uuid + ": the latter counts");
  }
  try {
    writeOwner(options_.directory, image_.owner);
  } catch (const StateError& error) {
    log(Severity::Error, error.what());
  }
}

std::vector<Event> Store::commit(const engine::StateChange& change, const Now& now) {
  resumed_ = true;
  runTime_.look(now.boot);
  apply(change, image_, unwritten_);
  std::vector<Event> events;
  events.reserve(change.events.size());
  for (const model::EventDraft& draft : change.events) {
    events.push_back(addEvent(draft, now.wall));
  }
  write(&now);
  std::move(extraEvents_.begin(), extraEvents_.end(), std::back_inserter(events));
  extraEvents_.clear();
  return events;
}

Event Store::addEvent(model::EventDraft draft, WallTime now) {
  try {
    return events_.add(draft, database_.get(), now);
  } catch (const DatabaseError&) {
    // Whatever it is, the write that follows meets it, too, and deals with it.
    return events_.add(std::move(draft), nullptr, now);
  }
}

void Store::recordStatuses(const std::vector<StatusNow>& all, const Now& now) {
  runTime_.look(now.boot);
  const std::lock_guard<std::mutex> guard(statusesMutex_);
  statuses_.add(all, now.wall);
}

std::vector<alerts::Record> Store::loadAlerting() {
  return alerting_.all();
}

void Store::commitAlerting(const std::vector<alerts::Record>& records) {
  alerting_.apply(records);
  write(nullptr);
}

std::vector<uplink::Record> Store::loadUplink() {
  return uplink_.all();
}

void Store::commitUplink(const std::vector<uplink::Record>& records) {
  uplink_.apply(records);
  write(nullptr);
}

std::optional<engine::StoredTarget> Store::targetOfCloud() const {
  const auto found = image_.targets.find(engine::TargetSource::Cloud);
  return found == image_.targets.end() ? std::nullopt : std::optional(found->second);
}

void Store::adoptOwner(const std::string& uuid) {
  if (!isUuid(uuid)) {
    log(Severity::Error, "cannot adopt an owner that is no uuid");
    return;
  }
  auto& adopted = image_.owner.adopted;
  if (uuid == image_.owner.uuid ||
      std::find(adopted.begin(), adopted.end(), uuid) != adopted.end()) {
    return;
  }
  adopted.push_back(uuid);
  std::sort(adopted.begin(), adopted.end());
  unwritten_.owner = true;
  try {
    writeOwner(options_.directory, image_.owner);
  } catch (const StateError& error) {
    log(Severity::Error, error.what());
  }
  write(nullptr);
}

void Store::closeOrderly() {
  orderly_ = true;
  stampBoot_ = true;
  write(nullptr);
  try {
    if (database_) {
      database_->execute("PRAGMA wal_checkpoint(TRUNCATE)");
    }
  } catch (const DatabaseError& error) {
    log(Severity::Warning, path_ + ": " + error.what());
  }
}

// Anything that is worth a write of its own.
bool Store::hasUnwritten() const {
  return !unwritten_.empty() || events_.pending() || alerting_.pending() || uplink_.pending() ||
         orderly_;
}

void Store::write(const Now* now) {
  if (now != nullptr && orderly_) {
    // A change after the orderly end: the agent goes on after all.
    orderly_ = false;
    stampBoot_ = true;
  }
  if (!hasUnwritten()) {
    return;
  }
  try {
    try {
      if (!database_) {
        openAgain();
      }
      writeAll(now);
    } catch (const DatabaseError& error) {
      if (!error.damaged()) {
        throw;
      }
      setAsideDamaged(error.what());
      openAgain();
      writeAll(now);
    }
    markWritten();
  } catch (const std::runtime_error& error) {  // DatabaseError, StateError
    reportFailure(error.what());
  }
  lastEventId_ = events_.lastId();
}

void Store::writeAll(const Now* now) {
  Transaction transaction(*database_);
  if (stampBoot_ && mayStamp()) {
    setMeta(*database_, "boot", options_.bootId);
    setMeta(*database_, "orderly", orderly_ ? "1" : "0");
  }
  runTime_.write(*database_);
  writeImage(*database_, image_, unwritten_, options_.bootId);
  if (alerting_.pending()) {
    alerting_.write(*database_);
  }
  if (uplink_.pending()) {
    uplink_.write(*database_);
  }
  if (events_.pending()) {
    events_.write(*database_, runTime_.total());
  }
  if (statuses_.pending()) {
    statuses_.write(*database_, runTime_.total());
  }
  if (now != nullptr && (!droppedOldAt_ || now->boot - *droppedOldAt_ >= kDropOldEvery)) {
    events_.dropOld(*database_, runTime_.total());
    statuses_.dropOld(*database_, runTime_.total());
    droppedOldAt_ = now->boot;
  }
  transaction.commit();
}

void Store::markWritten() {
  unwritten_ = {};
  alerting_.written();
  uplink_.written();
  events_.written();
  {
    const std::lock_guard<std::mutex> guard(statusesMutex_);
    statuses_.written();
  }
  stampBoot_ = stampBoot_ && !mayStamp();
  if (std::exchange(failing_, false)) {
    log(Severity::Information, path_ + " is written again");
  }
}

void Store::reportFailure(const std::string& why) {
  if (std::exchange(failing_, true)) {
    return;
  }
  log(Severity::Error, "cannot write " + path_ + ": " + why +
                           "; the agent goes on and tries again with each change, but until then a "
                           "restart would not know of them");
}

void Store::log(Severity severity, const std::string& message) const {
  if (options_.log) {
    options_.log(severity, message);
  }
}

template <typename Function>
auto Store::reading(const Function& function) const {
  const std::lock_guard<std::mutex> guard(readerMutex_);
  if (!reader_) {
    reader_ = std::make_unique<Database>(path_, Database::Mode::ReadOnly, kBusyTimeout);
    reader_->execute("PRAGMA trusted_schema = OFF; PRAGMA cache_size = -256");
  }
  return function(*reader_);
}

std::vector<Event> Store::events(const EventQuery& query) const {
  return reading([&query](Database& database) { return readEvents(database, query); });
}

EventBounds Store::eventBounds() const {
  return reading([](Database& database) { return readEventBounds(database); });
}

std::vector<StatusRecord> Store::statuses(const StatusQuery& query) const {
  std::vector<StatusRecord> waiting;
  {
    const std::lock_guard<std::mutex> guard(statusesMutex_);
    waiting = statuses_.waitingOf(query.service);
  }
  auto records = reading(
      [&](Database& database) { return readStatuses(database, query, std::move(waiting)); });
  const auto most = static_cast<std::size_t>(options_.limits.maxStatusesPerService);
  if (records.size() > most) {
    records.erase(records.begin(), records.end() - static_cast<std::ptrdiff_t>(most));
  }
  return records;
}

std::optional<engine::StoredTarget> Store::latestTarget(engine::TargetSource source) const {
  return reading([source](Database& database) { return readTarget(database, source); });
}

}  // namespace holdfast::state

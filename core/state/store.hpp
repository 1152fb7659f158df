// SPDX-License-Identifier: Apache-2.0
// Everything that survives a restart, in one SQLite file (WAL, synchronous FULL): the targets, the
// retry ledger, what is remembered of services, what alerting and the link to a cloud keep, events
// and statuses. Nothing is written while nothing changes.
//
// Files, all 0600 in a directory of 0700: holdfast.db with its -wal and -shm, `owner` (see
// owner_file.hpp), `lock` (see instance_lock.hpp), and up to three holdfast.db.damaged-<time>.
// Other programs may read the database while the agent runs; schema.cpp describes its tables.
//
// Threads: the members of engine::StorePort, alerts::AlertStorePort and uplink::UplinkStorePort and
// recordStatuses belong to one thread (the engine's). events, statuses, latestTarget,
// lastEventId and eventBounds may be called from any thread: they read through a connection of
// their own under a mutex and wait neither for writes nor hold them up; only while a damaged file
// is being set aside they wait for that.
#pragma once

#include "alerts/ports.hpp"
#include "engine/engine.hpp"
#include "engine/ports.hpp"
#include "state/alert_records.hpp"
#include "state/history.hpp"
#include "state/image.hpp"
#include "state/instance_lock.hpp"
#include "state/run_time.hpp"
#include "state/sqlite.hpp"
#include "state/state_error.hpp"
#include "state/uplink_records.hpp"
#include "uplink/ports.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace holdfast::state {

using Log = std::function<void(engine::Severity, const std::string&)>;

struct StoreOptions {
  std::string directory;
  std::string bootId;  // model::bootId(); with an empty one every start counts as after a reboot
  HistoryLimits limits{};
  Log log{};  // called on the thread that calls the store, and by the constructor; may be empty
};

class Store final : public engine::StorePort,
                    public alerts::AlertStorePort,
                    public uplink::UplinkStorePort {
 public:
  // Takes the directory's lock and opens the database, making both where there are none; reads the
  // whole file once to find damage. A damaged file is set aside and a new one begun (load tells).
  // Throws StateError when the directory cannot be used, another agent uses it, or the file is of a
  // newer version: that one is left as it is.
  explicit Store(StoreOptions options);
  ~Store() override;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // Called once, first. Writes nothing to the database: how the last run ended stays there until
  // the first commit carries what the ledger made of it, so that a kill in between loses nothing.
  // The instants of `ledger` are of this boot unless `resume` says Reboot.
  [[nodiscard]] engine::LoadedState load(const model::Now& now) override;

  // Never throws for want of a disk: what cannot be written is kept, told to the log once, and
  // written with the next change that can be. The returned events have their ids in any case; ids
  // of events that were never written are given again after a restart. A database found damaged is
  // set aside and written anew from memory, without the histories; a StateDamaged event, added to
  // those returned, says so.
  std::vector<model::Event> commit(const engine::StateChange& change,
                                   const model::Now& now) override;

  // Ignored (with a log line) when it is no uuid.
  void adoptOwner(const std::string& uuid) override;

  // Also brings the file up to date, so that it alone is a complete copy.
  void closeOrderly() override;

  // What the last run of alerting left.
  [[nodiscard]] std::vector<alerts::Record> loadAlerting() override;

  // As commit(): what cannot be written is kept and written with the next change that can be.
  void commitAlerting(const std::vector<alerts::Record>& records) override;

  // The same for the link to a cloud.
  [[nodiscard]] std::vector<uplink::Record> loadUplink() override;
  void commitUplink(const std::vector<uplink::Record>& records) override;
  [[nodiscard]] std::optional<engine::StoredTarget> targetOfCloud() const override;

  // Every service as it is shown now. What differs from the last call is written with the next
  // change of something else, and read by statuses() at once.
  void recordStatuses(const std::vector<StatusNow>& all, const model::Now& now);

  // What commits have written, newest last; see readEvents for the limit. Throws DatabaseError when
  // the database cannot be read.
  [[nodiscard]] std::vector<model::Event> events(const EventQuery& query) const;
  // Of one service, oldest first: what it showed at `since`, and each change after it, also what is
  // not written yet; at most HistoryLimits::maxStatusesPerService. Throws DatabaseError likewise.
  [[nodiscard]] std::vector<StatusRecord> statuses(const StatusQuery& query) const;

  // The latest target accepted from a source, in force or not. A file that says the same as this at
  // start has not changed since it was last read.
  [[nodiscard]] std::optional<engine::StoredTarget> latestTarget(engine::TargetSource source) const;

  // Id of the newest event, 0 before the first.
  [[nodiscard]] std::int64_t lastEventId() const { return lastEventId_; }
  // What a reader of events() can know of. Throws DatabaseError.
  [[nodiscard]] EventBounds eventBounds() const;

 private:
  void open();
  void openOrReplace();
  void setAsideDamaged(const std::string& why);
  void openAgain();
  void rewriteAll();
  [[nodiscard]] Read readOrReplace();
  void settleOwner();
  model::Event addEvent(model::EventDraft draft, model::WallTime now);
  [[nodiscard]] bool hasUnwritten() const;
  [[nodiscard]] bool mayStamp() const { return resumed_ || orderly_; }
  void write(const model::Now* now);
  void writeAll(const model::Now* now);
  void markWritten();
  void reportFailure(const std::string& why);
  void log(engine::Severity severity, const std::string& message) const;
  template <typename Function>
  auto reading(const Function& function) const;

  StoreOptions options_;
  std::string path_;
  InstanceLock lock_;
  std::unique_ptr<Database> database_;  // nullptr while it cannot be opened

  Read read_;  // until load
  Image image_;
  Unwritten unwritten_;
  AlertRecords alerting_;
  UplinkRecords uplink_;
  RunTime runTime_;
  EventLog events_;
  mutable std::mutex statusesMutex_;  // readers see what waits; only the store's thread changes it
  StatusLog statuses_;
  std::string damage_;
  std::vector<model::Event> extraEvents_;  // of the store itself, for the next commit to return
  bool begunAnew_ = false;                 // the file is a new one, which was not told yet
  bool stampBoot_ = false;  // meta says another boot, or another end, than is true now
  bool resumed_ = false;    // a commit came: how the last run ended has had its effect
  bool orderly_ = false;
  bool failing_ = false;
  std::optional<model::BootTime> droppedOldAt_;
  std::atomic<std::int64_t> lastEventId_{0};

  mutable std::mutex readerMutex_;
  mutable std::unique_ptr<Database> reader_;
};

}  // namespace holdfast::state

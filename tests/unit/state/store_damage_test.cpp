// SPDX-License-Identifier: Apache-2.0
// A damaged store ends in "no target", never in an empty one, and never in a stop of the agent.
#include "unit/state/store_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <functional>
#include <ios>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace {

std::atomic<bool> directorySyncFails = false;

}  // namespace

// In place of the C library's, for this program and the libraries that it uses.
extern "C" int fsync(int fd) {
  struct stat status {};
  if (directorySyncFails && ::fstat(fd, &status) == 0 && S_ISDIR(status.st_mode)) {
    errno = EIO;
    return -1;
  }
  return static_cast<int>(::syscall(SYS_fsync, fd));
}

namespace holdfast::state {
namespace {

using testing::HasSubstr;

constexpr std::size_t kPage = 4'096;

void overwrite(const std::string& path, std::size_t from, const std::string& bytes) {
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(static_cast<std::streamoff>(from));
  file << bytes;
}

std::string garbage(std::size_t size) {
  std::mt19937 random(7);
  std::string bytes(size, '\0');
  std::generate(bytes.begin(), bytes.end(),
                [&random] { return static_cast<char>(random() & 0xff); });
  return bytes;
}

struct Damage {
  const char* name;
  std::function<void(const std::string& path)> doIt;
};

std::ostream& operator<<(std::ostream& out, const Damage& damage) {
  return out << damage.name;
}

std::size_t sizeOf(const std::string& path) {
  return std::filesystem::file_size(path);
}

// The root page of a table or index, from 0.
std::size_t rootOf(const std::string& path, const std::string& name) {
  Database database(path, Database::Mode::ReadOnly, 1s);
  Query row = database.query("SELECT rootpage FROM sqlite_schema WHERE name = ?1", name);
  return row.next() ? static_cast<std::size_t>(row.integer(0) - 1) : 0;
}

std::vector<Damage> damages() {
  return {
      {"Halved", [](const auto& path) { std::filesystem::resize_file(path, sizeOf(path) / 2); }},
      {"CutInThePage",
       [](const auto& path) { std::filesystem::resize_file(path, 3 * kPage + 77); }},
      {"CutToTheHeader", [](const auto& path) { std::filesystem::resize_file(path, 100); }},
      {"CutToOneByte", [](const auto& path) { std::filesystem::resize_file(path, 1); }},
      {"Emptied", [](const auto& path) { std::filesystem::resize_file(path, 0); }},
      {"Removed", [](const auto& path) { std::filesystem::remove(path); }},
      {"Garbage", [](const auto& path) { overwrite(path, 0, garbage(sizeOf(path))); }},
      {"GarbageAfterTheHeader",
       [](const auto& path) { overwrite(path, kPage, garbage(sizeOf(path) - kPage)); }},
      {"FirstPageZeroed", [](const auto& path) { overwrite(path, 0, std::string(kPage, '\0')); }},
      {"TargetsZeroed",
       [](const auto& path) {
         overwrite(path, rootOf(path, "targets") * kPage, std::string(kPage, '\0'));
       }},
      {"LedgerZeroed",
       [](const auto& path) {
         overwrite(path, rootOf(path, "ledger") * kPage, std::string(kPage, '\0'));
       }},
      {"UnreadIndexZeroed",
       [](const auto& path) {
         overwrite(path, rootOf(path, "sqlite_autoindex_events_2") * kPage,
                   std::string(kPage, '\0'));
       }},
      {"AllZeroed", [](const auto& path) { overwrite(path, 0, std::string(sizeOf(path), '\0')); }},
      {"AnotherProgramsDatabase",
       [](const auto& path) {
         std::filesystem::remove(path);
         openFile(path)->execute("CREATE TABLE theirs(x); INSERT INTO theirs VALUES(1)");
       }},
      {"NoDatabaseAtAll", [](const auto& path) { writeFile(path, "{\"apps\": {}}\n"); }},
  };
}

class DamagedFile : public testing::TestWithParam<Damage>, protected StoreFixture {};

TEST_P(DamagedFile, IsSetAsideAndTheAgentGoesOn) {
  const std::string owner = load().ownerUuid;
  const std::string adopted = newUuid();
  store->adoptOwner(adopted);
  commit(fullChange());
  store->closeOrderly();
  close();
  GetParam().doIt(directory.database());
  const bool gone = !std::filesystem::exists(directory.database()) ||
                    sizeOf(directory.database()) <= 1;  // SQLite calls that empty, too

  open();
  const auto loaded = load();
  EXPECT_FALSE(loaded.target);
  EXPECT_TRUE(loaded.ledger.entries.empty());
  EXPECT_TRUE(loaded.memories.empty());
  EXPECT_THAT(loaded.damage, HasSubstr(directory.database()));
  EXPECT_EQ(loaded.ownerUuid, owner) << "its containers are still its own";
  EXPECT_EQ(loaded.adoptedOwners, std::vector<std::string>{adopted});
  EXPECT_EQ(directory.namesWith("holdfast.db.damaged-").empty(), gone);

  commit(fullChange());
  const auto again = reopen();
  EXPECT_EQ(again.damage, "");
  EXPECT_TRUE(again.target);
  EXPECT_EQ(again.memories.size(), 2U);
}

INSTANTIATE_TEST_SUITE_P(EachWay, DamagedFile, testing::ValuesIn(damages()),
                         [](const auto& item) { return item.param.name; });

struct DamagedContent : testing::Test, StoreFixture {
  DamagedContent() { static_cast<void>(load()); }

  // Changes the database behind the store's back.
  void change(const std::string& sql) {
    close();
    openFile(directory.database())->execute(sql);
    open();
  }
};

TEST_F(DamagedContent, OfTheTargetIsNoTarget) {
  engine::StateChange older;
  older.target = target(1, "the older one", engine::TargetSource::File);
  commit(older);
  engine::StateChange newer;
  newer.target = target(2, R"({"apps": {"1001": {}}})", engine::TargetSource::Cloud);
  commit(newer);
  change("UPDATE targets SET text = replace(text, '1001', char(0, 0, 0, 0)) WHERE source = 2");
  const auto loaded = load();
  EXPECT_FALSE(loaded.target) << "nor the older one in its place";
  EXPECT_THAT(loaded.damage, HasSubstr("target is damaged"));
  EXPECT_FALSE(store->latestTarget(engine::TargetSource::Cloud));
  EXPECT_TRUE(store->latestTarget(engine::TargetSource::File));
}

TEST_F(DamagedContent, OfOneRowCostsThatRow) {
  commit(fullChange());
  change(
      "UPDATE memories SET memory = '{' WHERE service = '1001/a';"
      "UPDATE ledger SET class = 77 WHERE key = 'start:1001/a'");
  const auto loaded = load();
  EXPECT_TRUE(loaded.target);
  EXPECT_EQ(loaded.memories.size(), 1U);
  EXPECT_EQ(loaded.ledger.entries.size(), 1U);
  EXPECT_THAT(loaded.damage, HasSubstr("1001/a"));
  EXPECT_THAT(loaded.damage, HasSubstr("start:1001/a"));
}

TEST_F(DamagedContent, OfTheOwnerIsMadeGoodFromItsFile) {
  commit(fullChange());
  const std::string owner = readOwner(directory.path())->uuid;
  change("UPDATE meta SET value = 'nonsense' WHERE key = 'owner'");
  EXPECT_EQ(load().ownerUuid, owner);
}

TEST_F(DamagedContent, WithoutATableIsSetAside) {
  commit(fullChange());
  change("DROP TABLE host_pauses");
  EXPECT_THAT(load().damage, HasSubstr("no such table: host_pauses"));
  EXPECT_EQ(directory.namesWith("holdfast.db.damaged-").size(), 1U);
}

// Breaks the file under the running store, and makes it look again.
void breakUnder(const StoreFixture& fixture) {
  {
    Database other(fixture.directory.database(), Database::Mode::ReadWrite, 1s);
    other.execute("UPDATE meta SET value = value; PRAGMA wal_checkpoint(TRUNCATE)");
  }
  const std::string path = fixture.directory.database();
  overwrite(path, kPage, garbage(sizeOf(path) - kPage));
}

TEST(DamageWhileRunning, IsMadeGoodFromMemory) {
  StoreFixture fixture;
  const std::string owner = fixture.load().ownerUuid;
  fixture.commit(fullChange());
  const std::int64_t lastId = fixture.store->lastEventId();
  breakUnder(fixture);

  const auto events = fixture.commitEvent({.reason = "Started", .app = "1001", .message = "x"});
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].what.reason, "Started");
  EXPECT_EQ(events[1].what.reason, "StateDamaged");
  EXPECT_EQ(events[1].what.type, model::EventType::Warning);
  EXPECT_THAT(events[1].what.message, HasSubstr("damaged-"));
  EXPECT_GT(events[0].id, lastId);
  EXPECT_EQ(fixture.directory.namesWith("damaged-").empty(), false);
  EXPECT_EQ(fixture.logged.size(), 1U);
  EXPECT_EQ(fixture.store->events({}).size(), 2U) << "the reader, too, sees the new file";
  EXPECT_EQ(fixture.store->eventBounds().dropped, events[0].id) << "who read before misses some";

  const auto loaded = fixture.reopen();
  EXPECT_EQ(loaded.damage, "");
  EXPECT_EQ(loaded.ownerUuid, owner);
  EXPECT_EQ(loaded.target->revision, 7);
  EXPECT_EQ(loaded.ledger.entries, fullChange().ledger.changed);
  EXPECT_EQ(loaded.ledger.hostPauses, fullChange().ledger.hostPauses);
  EXPECT_EQ(loaded.memories.size(), 2U);
  EXPECT_EQ(loaded.resume, retry::Resume::Crash);
}

// As long as it lives, no directory can be synced, as on a card that begins to fail.
class NoDirectorySync {
 public:
  NoDirectorySync() { directorySyncFails = true; }
  NoDirectorySync(const NoDirectorySync&) = delete;
  NoDirectorySync& operator=(const NoDirectorySync&) = delete;
  ~NoDirectorySync() { directorySyncFails = false; }
};

TEST(DamageWhileRunning, IsMadeGoodAlsoWhenSettingAsideFailsHalfWay) {
  StoreFixture fixture;
  const std::string owner = fixture.load().ownerUuid;
  fixture.commit(fullChange());
  fixture.store->commitAlerting({{alerts::Record::Kind::Silence, "s", "{}"}});
  fixture.store->commitUplink({{"identity", "{}"}});
  const std::int64_t lastId = fixture.store->lastEventId();
  breakUnder(fixture);
  {
    const NoDirectorySync none;  // it is renamed, but nothing says that this will last
    EXPECT_EQ(fixture.commitEvent({.reason = "Started"}).size(), 1U);
  }
  ASSERT_FALSE(fixture.directory.namesWith("damaged-").empty());
  ASSERT_FALSE(std::filesystem::exists(fixture.directory.database()));

  const auto events = fixture.commitEvent({.reason = "Later"});
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[1].what.reason, "StateDamaged");
  EXPECT_EQ(fixture.store->events({}).size(), 3U);
  EXPECT_GT(fixture.store->eventBounds().dropped, lastId);

  const auto loaded = fixture.reopen();
  EXPECT_EQ(loaded.damage, "");
  EXPECT_EQ(loaded.ownerUuid, owner);
  ASSERT_TRUE(loaded.target);
  EXPECT_EQ(loaded.target->revision, 7);
  EXPECT_EQ(loaded.ledger.entries, fullChange().ledger.changed);
  EXPECT_EQ(loaded.ledger.hostPauses, fullChange().ledger.hostPauses);
  EXPECT_EQ(loaded.memories.size(), 2U);
  EXPECT_EQ(fixture.store->loadAlerting().size(), 1U);
  EXPECT_EQ(fixture.store->loadUplink().size(), 1U);
  EXPECT_EQ(loaded.resume, retry::Resume::Crash);
}

TEST(DamageWhileRunning, LeavesEachServiceTheStatusThatItShows) {
  StoreFixture fixture;
  static_cast<void>(fixture.load());
  const model::Now before = fixture.now;
  fixture.store->recordStatuses({{"1/calm", "running", "Running"}, {"1/a", "pending", ""}}, before);
  fixture.commit(fullChange());
  fixture.now = nowAt(2h);
  fixture.store->recordStatuses({{"1/calm", "running", "Running"}, {"1/a", "error", ""}},
                                fixture.now);
  breakUnder(fixture);
  fixture.commitEvent({.reason = "Started"});
  static_cast<void>(fixture.reopen());
  const auto calm = fixture.store->statuses({.service = "1/calm"});
  ASSERT_EQ(calm.size(), 1U);
  EXPECT_EQ(calm[0].status, "running");
  EXPECT_EQ(calm[0].at, before.wall);
  const auto other = fixture.store->statuses({.service = "1/a"});
  ASSERT_EQ(other.size(), 1U);
  EXPECT_EQ(other[0].status, "error");
}

TEST(DamageWhileRunning, DoesNotTakeReadersAlong) {
  StoreFixture fixture;
  static_cast<void>(fixture.load());
  fixture.commit(fullChange());
  ASSERT_EQ(fixture.store->events({}).size(), 1U);
  breakUnder(fixture);
  EXPECT_THROW(static_cast<void>(fixture.store->events({})), DatabaseError);
  fixture.commitEvent({.reason = "Started"});
  EXPECT_EQ(fixture.store->events({}).size(), 2U);
}

TEST(DamageWhileRunning, DoesNotKeepAReaderThatComesMeanwhile) {
  StoreFixture fixture;
  static_cast<void>(fixture.load());
  fixture.commit(fullChange());
  std::atomic<bool> done{false};
  std::vector<std::thread> readers;
  for (int number = 0; number < 4; ++number) {
    readers.emplace_back([&fixture, &done] {
      while (!done) {
        try {
          static_cast<void>(fixture.store->eventBounds());
        } catch (const DatabaseError&) {
          // Of the damaged file, or because there is none for a moment.
        }
      }
    });
  }
  for (int round = 0; round < 8; ++round) {
    breakUnder(fixture);
    EXPECT_EQ(fixture.commitEvent({.reason = "Started"}).size(), 2U);
    EXPECT_NO_THROW(EXPECT_EQ(fixture.store->eventBounds().last, fixture.store->lastEventId()));
  }
  done = true;
  for (std::thread& reader : readers) {
    reader.join();
  }
}

}  // namespace
}  // namespace holdfast::state

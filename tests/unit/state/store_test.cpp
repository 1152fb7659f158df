// SPDX-License-Identifier: Apache-2.0
#include "unit/state/store_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace holdfast::state {
namespace {

using engine::TargetSource;
using retry::Resume;
using testing::HasSubstr;

bool operator==(const engine::StoredTarget& left, const engine::StoredTarget& right) {
  return left.text == right.text && left.strict == right.strict && left.source == right.source &&
         left.sourceDetail == right.sourceDetail && left.revision == right.revision &&
         left.acceptedAt == right.acceptedAt;
}

struct StoreTest : testing::Test, StoreFixture {};

TEST_F(StoreTest, BeginsEmptyWithAnOwner) {
  const auto loaded = load();
  EXPECT_TRUE(isUuid(loaded.ownerUuid));
  EXPECT_TRUE(loaded.adoptedOwners.empty());
  EXPECT_FALSE(loaded.target);
  EXPECT_TRUE(loaded.ledger.entries.empty());
  EXPECT_TRUE(loaded.memories.empty());
  EXPECT_EQ(loaded.damage, "");
  EXPECT_EQ(loaded.resume, Resume::Crash);
  EXPECT_TRUE(logged.empty());
}

TEST_F(StoreTest, IsPrivate) {
  static_cast<void>(load());
  commit(fullChange());
  EXPECT_EQ(permissions(directory.path()), 0700U);
  for (const char* name : {"holdfast.db", "holdfast.db-wal", "holdfast.db-shm", "owner", "lock"}) {
    EXPECT_EQ(permissions(directory.file(name)), 0600U) << name;
  }
}

TEST_F(StoreTest, GivesBackWhatItWasGiven) {
  const std::string owner = load().ownerUuid;
  const auto change = fullChange();
  commit(change);
  const auto loaded = reopen();
  EXPECT_EQ(loaded.ownerUuid, owner);
  ASSERT_TRUE(loaded.target);
  EXPECT_TRUE(*loaded.target == *change.target);
  EXPECT_EQ(loaded.ledger.entries, change.ledger.changed);
  EXPECT_EQ(loaded.ledger.hostPauses, change.ledger.hostPauses);
  ASSERT_EQ(loaded.memories.size(), 2U);
  EXPECT_EQ(loaded.memories.at("1001/a"), change.memories[0]);
  EXPECT_EQ(loaded.memories.at("1001/b"), change.memories[1]);
  EXPECT_EQ(loaded.resume, Resume::Crash);
  EXPECT_EQ(loaded.damage, "");
}

TEST_F(StoreTest, KeepsEntriesThatWaitForNothing) {
  static_cast<void>(load());
  auto exhausted = entry("start:1001/a", 10);
  exhausted.due.reset();
  exhausted.exhausted = true;
  exhausted.exhaustedAt = nowAt(1h).boot;
  engine::StateChange change;
  change.ledger.changed = {exhausted};
  commit(change);
  EXPECT_EQ(reopen().ledger.entries, change.ledger.changed);
}

TEST_F(StoreTest, ForgetsWhatIsRemoved) {
  static_cast<void>(load());
  commit(fullChange());
  engine::StateChange change;
  change.ledger.removed = {"start:1001/a", "start:never/there"};
  change.ledger.hostPausesChanged = true;
  change.forgottenMemories = {"1001/a", "never/there"};
  commit(change);
  const auto loaded = reopen();
  ASSERT_EQ(loaded.ledger.entries.size(), 1U);
  EXPECT_EQ(loaded.ledger.entries[0].key, "image:docker:registry.example/x");
  EXPECT_TRUE(loaded.ledger.hostPauses.empty());
  EXPECT_EQ(loaded.memories.size(), 1U);
  EXPECT_TRUE(loaded.target) << "what was not mentioned stays";
}

TEST_F(StoreTest, HasTheLatestTargetInForceAndEachSourcesOwn) {
  static_cast<void>(load());
  for (const auto& next :
       {target(1, "cloud 1", TargetSource::Cloud), target(2, "cloud 2", TargetSource::Cloud),
        target(3, "file", TargetSource::File)}) {
    engine::StateChange change;
    change.target = next;
    commit(change);
  }
  EXPECT_EQ(store->latestTarget(TargetSource::File)->text, "file");
  EXPECT_EQ(store->latestTarget(TargetSource::Cloud)->text, "cloud 2");
  EXPECT_FALSE(store->latestTarget(TargetSource::Api));
  const auto loaded = reopen();
  EXPECT_EQ(loaded.target->text, "file");
  EXPECT_EQ(store->latestTarget(TargetSource::Cloud)->revision, 2);
}

TEST_F(StoreTest, KeepsALargeTarget) {
  static_cast<void>(load());
  engine::StateChange change;
  change.target = target(1, std::string(8'388'608, 'x'));
  commit(change);
  EXPECT_EQ(reopen().target->text.size(), 8'388'608U);
}

TEST_F(StoreTest, TellsAnOrderlyStop) {
  static_cast<void>(load());
  commit(fullChange());
  store->closeOrderly();
  EXPECT_EQ(reopen().resume, Resume::OrderlyStop);
}

TEST_F(StoreTest, TellsAnOrderlyStopOfARunThatChangedNothing) {
  static_cast<void>(load());
  store->closeOrderly();
  EXPECT_EQ(reopen().resume, Resume::OrderlyStop);
  store->closeOrderly();
  EXPECT_EQ(reopen().resume, Resume::OrderlyStop);
}

TEST_F(StoreTest, TellsACrashOnceTheOrderlyStopHadItsEffect) {
  static_cast<void>(load());
  commit(fullChange());
  store->closeOrderly();
  ASSERT_EQ(reopen().resume, Resume::OrderlyStop);
  commit(fullChange());
  EXPECT_EQ(reopen().resume, Resume::Crash);
}

TEST_F(StoreTest, TellsTheOrderlyStopAgainAfterAKillRightAfterTheStart) {
  static_cast<void>(load());
  commit(fullChange());
  store->closeOrderly();
  ASSERT_EQ(reopen().resume, Resume::OrderlyStop);
  // Killed before the ledger's fresh dues were committed; what else was written is no commit.
  store->recordStatuses({{"1001/a", "running", "Running"}}, now);
  store->adoptOwner(newUuid());
  EXPECT_EQ(reopen().resume, Resume::OrderlyStop);
}

TEST_F(StoreTest, TellsACrashAfterAStopThatWentOn) {
  static_cast<void>(load());
  store->closeOrderly();
  commit(fullChange());
  EXPECT_EQ(reopen().resume, Resume::Crash);
}

TEST_F(StoreTest, TellsAReboot) {
  static_cast<void>(load());
  commit(fullChange());
  store->closeOrderly();
  boot = kNextBoot;
  EXPECT_EQ(reopen().resume, Resume::Reboot);
  EXPECT_EQ(reopen().resume, Resume::Reboot) << "it had no effect yet";
  commit(fullChange());
  EXPECT_EQ(reopen().resume, Resume::Crash);
}

TEST_F(StoreTest, TakesEveryStartForARebootWhereTheKernelNamesNone) {
  boot = "";
  static_cast<void>(reopen());
  commit(fullChange());
  store->closeOrderly();
  EXPECT_EQ(reopen().resume, Resume::Reboot);
}

TEST_F(StoreTest, DoesNotTrustInstantsOfAnotherBoot) {
  static_cast<void>(load());
  commit(fullChange());
  close();
  openFile(directory.database())
      ->execute("UPDATE ledger SET boot = 'other', due_ms = 999999999999 WHERE key LIKE 'start:%'");
  open();
  const auto loaded = load();
  for (const auto& one : loaded.ledger.entries) {
    const bool changed = one.key.starts_with("start:");
    EXPECT_EQ(one.due, changed ? model::BootTime{} : nowAt(1h + 40s).boot) << one.key;
  }
}

TEST_F(StoreTest, KeepsTheOwnerAndTheAdopted) {
  const std::string owner = load().ownerUuid;
  const std::string other = newUuid();
  store->adoptOwner(other);
  store->adoptOwner(other);
  store->adoptOwner(owner);
  const auto loaded = reopen();
  EXPECT_EQ(loaded.ownerUuid, owner);
  EXPECT_EQ(loaded.adoptedOwners, std::vector<std::string>{other});
  EXPECT_EQ(readFile(directory.file("owner")), owner + "\n" + other + "\n");
}

TEST_F(StoreTest, AdoptsNothingButAUuid) {
  static_cast<void>(load());
  store->adoptOwner("not one\n");
  EXPECT_EQ(logged.size(), 1U);
  EXPECT_TRUE(reopen().adoptedOwners.empty());
}

TEST_F(StoreTest, WritesTheOwnerFileAgain) {
  const std::string owner = load().ownerUuid;
  commit(fullChange());
  std::filesystem::remove(directory.file("owner"));
  EXPECT_EQ(reopen().ownerUuid, owner);
  EXPECT_EQ(readOwner(directory.path())->uuid, owner);
  writeFile(directory.file("owner"), newUuid() + "\n");
  EXPECT_EQ(reopen().ownerUuid, owner) << "the database's word counts";
  EXPECT_EQ(readOwner(directory.path())->uuid, owner);
  EXPECT_FALSE(logged.empty());
}

TEST_F(StoreTest, KeepsTheFilesOwnerBeforeTheFirstCommit) {
  const std::string owner = load().ownerUuid;
  EXPECT_EQ(reopen().ownerUuid, owner);
}

TEST_F(StoreTest, IsOneAgentsAlone) {
  try {
    const Store second({.directory = directory.path(), .bootId = kBoot});
    FAIL() << "a second store opened";
  } catch (const StateError& error) {
    EXPECT_THAT(error.what(), HasSubstr("in use by process"));
  }
}

// What a reader sees in the file: the number of pages in the log tells every write.
std::uintmax_t walSize(const Directory& directory) {
  return std::filesystem::file_size(directory.database() + "-wal");
}

TEST_F(StoreTest, WritesNothingWhenNothingChanged) {
  static_cast<void>(load());
  commit(fullChange());
  store->recordStatuses({{"1001/a", "running", "Running"}}, now);
  const auto before = walSize(directory);
  commit({});
  engine::StateChange same;
  same.memories = fullChange().memories;
  same.ledger.removed = {"start:never/there"};
  same.forgottenMemories = {"never/there"};
  commit(same);
  store->recordStatuses({{"1001/a", "running", "Running"}}, now);
  static_cast<void>(store->events({}));
  now = nowAt(10h);
  commit({});
  EXPECT_EQ(walSize(directory), before);
}

TEST_F(StoreTest, IsCompleteInOneFileAfterAnOrderlyStop) {
  static_cast<void>(load());
  commit(fullChange());
  store->closeOrderly();
  EXPECT_EQ(walSize(directory), 0U);
  close();
  EXPECT_TRUE(directory.namesWith("-wal").empty());
}

TEST_F(StoreTest, IsReadableByOthersWhileItRuns) {
  static_cast<void>(load());
  commit(fullChange());
  Database reader(directory.database(), Database::Mode::ReadOnly, 1s);
  EXPECT_EQ(reader.integer("SELECT count(*) FROM ledger"), 2);
  engine::StateChange change;
  change.ledger.removed = {"start:1001/a"};
  commit(change);
  EXPECT_EQ(reader.integer("SELECT count(*) FROM ledger"), 1);
}

TEST_F(StoreTest, RefusesADatabaseOfANewerVersionAndLeavesItAlone) {
  static_cast<void>(load());
  commit(fullChange());
  close();
  openFile(directory.database())->execute("PRAGMA user_version = 99");
  const std::string before = readFile(directory.database());
  try {
    open();
    FAIL() << "it opened";
  } catch (const StateError& error) {
    EXPECT_THAT(error.what(), HasSubstr("newer version"));
    EXPECT_THAT(error.what(), HasSubstr("99"));
    EXPECT_THAT(error.what(), HasSubstr(directory.database()));
  }
  EXPECT_EQ(readFile(directory.database()), before);
  EXPECT_TRUE(directory.namesWith("damaged").empty());
}

}  // namespace
}  // namespace holdfast::state

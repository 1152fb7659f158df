// SPDX-License-Identifier: Apache-2.0
#include "state/schema.hpp"

#include "unit/state/directory.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace holdfast::state {
namespace {

// An imagined history of three versions.
constexpr std::array kSteps{
    Migration{1, "CREATE TABLE a(x INTEGER); INSERT INTO a VALUES(1)"},
    Migration{2, "ALTER TABLE a ADD COLUMN y INTEGER NOT NULL DEFAULT 5"},
    Migration{3, "CREATE TABLE b AS SELECT x + y AS sum FROM a; DROP TABLE a"},
};

TEST(Migrations, AreNumberedWithoutGaps) {
  int version = 0;
  for (const Migration& step : migrations()) {
    EXPECT_EQ(step.version, ++version);
  }
  EXPECT_EQ(newestVersion(migrations()), version);
  EXPECT_EQ(newestVersion({}), 0);
}

TEST(Migrations, MakeANewDatabase) {
  const Directory directory;
  const auto database = openFile(directory.database());
  EXPECT_EQ(schemaVersion(*database), 0);
  EXPECT_TRUE(isOurs(*database));
  migrate(*database, migrations());
  EXPECT_EQ(schemaVersion(*database), newestVersion(migrations()));
  EXPECT_TRUE(isOurs(*database));
  EXPECT_EQ(database->integer("SELECT count(*) FROM events"), 0);
}

TEST(Migrations, GoOnFromAnyOlderVersion) {
  for (std::size_t older = 0; older <= kSteps.size(); ++older) {
    const Directory directory;
    const auto database = openFile(directory.database());
    migrate(*database, std::span(kSteps).first(older));
    migrate(*database, kSteps);
    EXPECT_EQ(schemaVersion(*database), 3);
    EXPECT_EQ(database->integer("SELECT sum FROM b"), 6);
    migrate(*database, kSteps);
    EXPECT_EQ(database->integer("SELECT count(*) FROM b"), 1);
  }
}

// What an older agent left goes on as it was, and the newer one has its tables besides.
TEST(Migrations, KeepWhatEachOlderVersionOfOursWrote) {
  for (int older = 1; older < newestVersion(migrations()); ++older) {
    const Directory directory;
    const auto database = openFile(directory.database());
    migrate(*database, migrations().first(static_cast<std::size_t>(older)));
    database->execute("INSERT INTO adopted VALUES('0f3a')");
    migrate(*database, migrations());
    EXPECT_EQ(schemaVersion(*database), newestVersion(migrations()));
    EXPECT_EQ(database->integer("SELECT count(*) FROM adopted"), 1);
    EXPECT_EQ(database->integer("SELECT count(*) FROM summary"), 0);
  }
}

TEST(Migrations, LeaveNothingOfAStepThatFails) {
  constexpr std::array kBroken{kSteps[0],
                               Migration{2, "CREATE TABLE half(x); INSERT INTO missing VALUES(1)"}};
  const Directory directory;
  const auto database = openFile(directory.database());
  EXPECT_THROW(migrate(*database, kBroken), DatabaseError);
  EXPECT_EQ(schemaVersion(*database), 1);
  EXPECT_EQ(database->integer("SELECT count(*) FROM sqlite_schema WHERE name = 'half'"), 0);
  migrate(*database, kSteps);
  EXPECT_EQ(schemaVersion(*database), 3);
}

TEST(Migrations, DoNotTouchANewerDatabase) {
  const Directory directory;
  const auto database = openFile(directory.database());
  migrate(*database, kSteps);
  migrate(*database, std::span(kSteps).first(1));
  EXPECT_EQ(schemaVersion(*database), 3);
}

TEST(Schema, KnowsAnotherProgramsFile) {
  const Directory directory;
  const auto database = openFile(directory.database());
  database->execute("CREATE TABLE theirs(x)");
  EXPECT_FALSE(isOurs(*database));
}

}  // namespace
}  // namespace holdfast::state

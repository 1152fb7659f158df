// SPDX-License-Identifier: Apache-2.0
#include "state/alert_records.hpp"

#include "unit/state/store_fixture.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

namespace holdfast::state {
namespace {

using alerts::Record;
using Kind = Record::Kind;

struct AlertRecordsTest : ::testing::Test, StoreFixture {
  AlertRecordsTest() { load(); }

  std::vector<Record> reread() {
    reopen();
    return store->loadAlerting();
  }

  // One of each kind.
  std::vector<Record> everything() const {
    return {{Kind::Alert, "a", "alert"},     {Kind::Group, "ops/g", "group"},
            {Kind::Silence, "s", "silence"}, {Kind::Outbox, "1", "first"},
            {Kind::Outbox, "2", "second"},   {Kind::DeadLetter, "1", "dead"},
            {Kind::Dropped, "ops", "3"},     {Kind::Summary, "period", "since"}};
  }
};

TEST_F(AlertRecordsTest, EveryKindSurvivesACrash) {
  store->commitAlerting(everything());
  EXPECT_EQ(reread(), everything());
}

TEST_F(AlertRecordsTest, AreReplacedAndForgotten) {
  store->commitAlerting(everything());
  store->commitAlerting({{Kind::Outbox, "1", std::nullopt}, {Kind::Outbox, "2", "changed"}});
  auto expected = everything();
  expected.erase(expected.begin() + 3);
  expected[3].body = "changed";
  EXPECT_EQ(reread(), expected);
}

TEST_F(AlertRecordsTest, TheSameKeyOfAnotherKindIsAnotherRecord) {
  store->commitAlerting(everything());
  store->commitAlerting({{Kind::DeadLetter, "1", std::nullopt}});
  const auto left = reread();
  EXPECT_NE(std::find(left.begin(), left.end(), Record{Kind::Outbox, "1", "first"}), left.end());
}

TEST_F(AlertRecordsTest, AreWrittenAnewWhenTheFileIsDamaged) {
  store->commitAlerting(everything());
  commit(fullChange());
  {
    Database other(directory.path() + "/holdfast.db", Database::Mode::ReadWrite, 1s);
    other.execute("DROP TABLE outbox");
  }
  store->commitAlerting({{Kind::Outbox, "3", "third"}});
  auto expected = everything();
  expected.insert(expected.begin() + 5, Record{Kind::Outbox, "3", "third"});
  EXPECT_EQ(reread(), expected);
}

TEST_F(AlertRecordsTest, HowTheLastRunEndedStaysUntilTheEngineHasSeenIt) {
  commit(fullChange());
  store->closeOrderly();
  close();
  open();
  store->commitAlerting(everything());  // before the engine's first commit
  EXPECT_EQ(reopen().resume, retry::Resume::OrderlyStop);
}

}  // namespace
}  // namespace holdfast::state

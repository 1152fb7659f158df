// SPDX-License-Identifier: Apache-2.0
#include "state/uplink_records.hpp"

#include "unit/state/store_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace holdfast::state {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using uplink::Record;

struct UplinkRecordsTest : ::testing::Test, StoreFixture {
  UplinkRecordsTest() { load(); }

  std::vector<Record> reread() {
    reopen();
    return store->loadUplink();
  }

  static engine::StoredTarget cloudTarget(std::int64_t revision, const std::string& etag) {
    auto stored = target(revision, "{}", engine::TargetSource::Cloud);
    stored.etag = etag;
    return stored;
  }
};

TEST_F(UplinkRecordsTest, SurviveACrash) {
  store->commitUplink({{"a", "one"}, {"b", "two"}});
  EXPECT_THAT(reread(), ElementsAre(Record{"a", "one"}, Record{"b", "two"}));
}

TEST_F(UplinkRecordsTest, AreReplacedAndForgotten) {
  store->commitUplink({{"a", "one"}, {"b", "two"}});
  store->commitUplink({{"a", std::nullopt}, {"b", "changed"}, {"c", std::nullopt}});
  EXPECT_THAT(reread(), ElementsAre(Record{"b", "changed"}));
}

TEST_F(UplinkRecordsTest, AreWrittenAnewWhenTheFileIsDamaged) {
  store->commitUplink({{"a", "one"}});
  commit(fullChange());
  {
    Database other(directory.path() + "/holdfast.db", Database::Mode::ReadWrite, 1s);
    other.execute("DROP TABLE uplink");
  }
  close();
  {
    std::fstream file(directory.path() + "/holdfast.db",
                      std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(0);
    file << "not a database at all";
  }
  open();
  load();
  EXPECT_THAT(store->loadUplink(), IsEmpty());
  store->commitUplink({{"b", "two"}});
  EXPECT_THAT(reread(), ElementsAre(Record{"b", "two"}));
}

TEST_F(UplinkRecordsTest, TheEtagIsStoredWithItsTarget) {
  EXPECT_FALSE(store->targetOfCloud());
  engine::StateChange change;
  change.target = cloudTarget(1, "\"W/e\xC3\xA9 1\"");
  commit(change);
  EXPECT_EQ(store->targetOfCloud()->etag, "\"W/e\xC3\xA9 1\"");
  EXPECT_EQ(reopen().target->etag, "\"W/e\xC3\xA9 1\"");
  EXPECT_EQ(store->targetOfCloud()->etag, "\"W/e\xC3\xA9 1\"");
}

TEST_F(UplinkRecordsTest, ALocalTargetDoesNotHideTheClouds) {
  engine::StateChange change;
  change.target = cloudTarget(1, "e1");
  commit(change);
  change.target = target(2, "{}", engine::TargetSource::Api);
  commit(change);
  EXPECT_EQ(reopen().target->etag, "");
  EXPECT_EQ(store->targetOfCloud()->etag, "e1");
}

}  // namespace
}  // namespace holdfast::state

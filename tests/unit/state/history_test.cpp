// SPDX-License-Identifier: Apache-2.0
// Events and statuses through a store: counted, bounded, in order.
#include "state/schema.hpp"
#include "unit/state/store_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace holdfast::state {
namespace {

using testing::ElementsAre;

model::EventDraft event(std::string message, std::string service = "a") {
  return {.type = model::EventType::Warning,
          .reason = "Failed",
          .app = "1001",
          .service = std::move(service),
          .message = std::move(message)};
}

std::vector<std::int64_t> idsOf(const std::vector<model::Event>& events) {
  std::vector<std::int64_t> ids;
  ids.reserve(events.size());
  for (const auto& one : events) {
    ids.push_back(one.id);
  }
  return ids;
}

struct Events : testing::Test, StoreFixture {
  Events() { static_cast<void>(load()); }
};

TEST_F(Events, CountRepeatsInOneRecord) {
  const auto first = commitEvent(event("manifest unknown"));
  now = nowAt(1h + 10s);
  commitEvent(event("something else"));
  now = nowAt(1h + 30s);
  const auto again = commitEvent(event("manifest unknown"));

  ASSERT_EQ(first.size(), 1U);
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].count, 2);
  EXPECT_EQ(again[0].firstId, first[0].id);
  EXPECT_GT(again[0].id, first[0].id);
  EXPECT_EQ(again[0].firstTimestamp, nowAt(1h).wall);
  EXPECT_EQ(again[0].lastTimestamp, nowAt(1h + 30s).wall);

  const auto all = store->events({});
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].what.message, "something else");
  EXPECT_EQ(all[1].what.message, "manifest unknown") << "newest last";
  EXPECT_EQ(all[1].id, again[0].id);
  EXPECT_EQ(all[1].what.type, model::EventType::Warning);
  EXPECT_EQ(store->lastEventId(), again[0].id);
}

TEST_F(Events, CountRepeatsOfOneCommit) {
  engine::StateChange change;
  change.events = {event("x"), event("y"), event("x")};
  const auto events = commit(change);
  EXPECT_THAT(idsOf(events), ElementsAre(1, 2, 3));
  EXPECT_EQ(events[0].count, 1);
  EXPECT_EQ(events[2].count, 2);
  EXPECT_EQ(events[2].firstId, 1);
  EXPECT_THAT(idsOf(store->events({})), ElementsAre(2, 3));
}

TEST_F(Events, AreApartByEachOfTheFive) {
  const auto base = event("x");
  commitEvent(base);
  auto other = base;
  other.type = model::EventType::Normal;
  commitEvent(other);
  other = base;
  other.reason = "BackOff";
  commitEvent(other);
  other = base;
  other.app = "1002";
  commitEvent(other);
  other = base;
  other.service = "b";
  commitEvent(other);
  EXPECT_EQ(store->events({}).size(), 5U);
}

TEST_F(Events, GoOnCountingAfterARestart) {
  commitEvent(event("x"));
  static_cast<void>(reopen());
  const auto again = commitEvent(event("x"));
  EXPECT_EQ(again[0].count, 2);
  EXPECT_EQ(again[0].firstId, 1);
  EXPECT_EQ(again[0].id, 2);
}

TEST_F(Events, NeverGiveAnIdTwiceEvenWhenAllAreGone) {
  limits.maxEventAge = 1h;
  static_cast<void>(reopen());
  for (int number = 0; number < 5; ++number) {
    commitEvent(event(std::to_string(number)));
  }
  now = nowAt(100h);
  engine::StateChange change;
  change.memories.push_back(memory("1001/a"));
  commit(change);
  ASSERT_TRUE(store->events({}).empty());
  static_cast<void>(reopen());
  EXPECT_EQ(store->lastEventId(), 5);
  EXPECT_EQ(commitEvent(event("x"))[0].id, 6);
}

TEST(EventLogTest, CountsARepeatThatCameWhileTheRecordCouldNotBeRead) {
  const Directory directory;
  const auto database = openFile(directory.database());
  migrate(*database, migrations());
  EventLog log{HistoryLimits{}};
  const auto keep = [&log, &database] {
    log.write(*database, 0ms);
    log.written();
  };
  log.add(event("x"), database.get(), nowAt(1h).wall);
  log.add(event("x"), database.get(), nowAt(2h).wall);
  keep();
  EXPECT_EQ(log.add(event("x"), nullptr, nowAt(3h).wall).id, 3);
  log.add(event("x"), database.get(), nowAt(4h).wall);
  keep();
  log.add(event("x"), database.get(), nowAt(5h).wall);
  keep();

  const auto all = readEvents(*database, {});
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].count, 5);
  EXPECT_EQ(all[0].firstId, 1);
  EXPECT_EQ(all[0].id, 5);
  EXPECT_EQ(all[0].firstTimestamp, nowAt(1h).wall);
  EXPECT_EQ(all[0].lastTimestamp, nowAt(5h).wall);
}

TEST_F(Events, AreReadOnFromAnId) {
  for (int number = 1; number <= 10; ++number) {
    commitEvent(event(std::to_string(number)));
  }
  EXPECT_THAT(idsOf(store->events({.after = 3, .limit = 2})), ElementsAre(4, 5));
  EXPECT_THAT(idsOf(store->events({.limit = 2})), ElementsAre(9, 10));
  EXPECT_THAT(idsOf(store->events({.after = 0, .limit = 2})), ElementsAre(1, 2));
  EXPECT_TRUE(store->events({.after = 10}).empty());
  EXPECT_TRUE(store->events({.limit = 0}).empty());
  EXPECT_TRUE(store->events({.limit = -1}).empty());
  EXPECT_THAT(idsOf(store->events({.before = 9, .limit = 2})), ElementsAre(7, 8));
  EXPECT_THAT(idsOf(store->events({.after = 3, .before = 6})), ElementsAre(4, 5));
  EXPECT_TRUE(store->events({.before = 1}).empty());
  // A repeat moves on, so that who reads on meets it again.
  commitEvent(event("2"));
  EXPECT_THAT(idsOf(store->events({.after = 9})), ElementsAre(10, 11));
}

TEST_F(Events, AreFoundByAppServiceAndTime) {
  commitEvent(event("x", "a"));
  now = nowAt(2h);
  commitEvent(event("x", "b"));
  auto other = event("x", "a");
  other.app = "1002";
  commitEvent(other);
  EXPECT_THAT(idsOf(store->events({.app = "1001"})), ElementsAre(1, 2));
  EXPECT_THAT(idsOf(store->events({.app = "1001", .service = "a"})), ElementsAre(1));
  EXPECT_THAT(idsOf(store->events({.service = "a"})), ElementsAre(1, 3));
  EXPECT_THAT(idsOf(store->events({.since = nowAt(2h).wall})), ElementsAre(2, 3));
}

TEST_F(Events, AreBoundedInNumber) {
  limits.maxEvents = 20;
  static_cast<void>(reopen());
  for (int number = 1; number <= 50; ++number) {
    commitEvent(event(std::to_string(number)));
  }
  const auto ids = idsOf(store->events({}));
  ASSERT_EQ(ids.size(), 20U);
  EXPECT_EQ(ids.front(), 31);
  EXPECT_EQ(ids.back(), 50);
}

TEST_F(Events, LeaveANoteOfTheNewestThatWasDropped) {
  limits.maxEvents = 20;
  limits.maxEventAge = 10h;
  static_cast<void>(reopen());
  EXPECT_EQ(store->eventBounds().last, 0);
  for (int number = 1; number <= 20; ++number) {
    commitEvent(event(std::to_string(number)));
  }
  commitEvent(event("1"));  // one record, moved on to another id, and none dropped
  EXPECT_EQ(store->eventBounds().last, 21);
  EXPECT_EQ(store->eventBounds().dropped, 0);
  commitEvent(event("another"));
  EXPECT_EQ(store->eventBounds().dropped, 2);
  static_cast<void>(reopen());
  EXPECT_EQ(store->eventBounds().dropped, 2);
  now = nowAt(100h);
  commitEvent(event("much later"));
  EXPECT_THAT(idsOf(store->events({})), ElementsAre(23));
  EXPECT_EQ(store->eventBounds().dropped, 22);
}

TEST_F(Events, OfOneNoisyServiceDoNotPushOutTheOthers) {
  limits.maxEvents = 20;
  static_cast<void>(reopen());
  for (const char* service : {"quiet", "calm"}) {
    for (int number = 0; number < 3; ++number) {
      commitEvent(event(std::to_string(number), service));
    }
  }
  engine::StateChange burst;
  for (int number = 0; number < 1'000; ++number) {
    burst.events.push_back(event(std::to_string(number), "noisy"));
  }
  commit(burst);
  EXPECT_EQ(store->events({}).size(), 20U);
  EXPECT_EQ(store->events({.service = "quiet"}).size(), 3U);
  EXPECT_EQ(store->events({.service = "calm"}).size(), 3U);
  EXPECT_EQ(store->events({.service = "noisy"}).back().what.message, "999");
}

TEST_F(Events, OfMoreServicesThanRecordsAreTheNewest) {
  limits.maxEvents = 5;
  static_cast<void>(reopen());
  for (int service = 1; service <= 12; ++service) {
    commitEvent(event("x", std::to_string(service)));
  }
  EXPECT_THAT(idsOf(store->events({})), ElementsAre(8, 9, 10, 11, 12));
}

TEST_F(Events, AreSharedFairly) {
  limits.maxEvents = 30;
  static_cast<void>(reopen());
  engine::StateChange burst;
  for (int number = 0; number < 100; ++number) {
    burst.events.push_back(event(std::to_string(number), "loud"));
    burst.events.push_back(event(std::to_string(number), "louder"));
    burst.events.push_back(event(std::to_string(number) + "!", "louder"));
  }
  for (int number = 0; number < 4; ++number) {
    burst.events.push_back(event(std::to_string(number), "quiet"));
  }
  commit(burst);
  EXPECT_EQ(store->events({.service = "quiet"}).size(), 4U);
  EXPECT_EQ(store->events({.service = "loud"}).size(), 13U);
  EXPECT_EQ(store->events({.service = "louder"}).size(), 13U);
}

TEST_F(Events, AreBoundedInAge) {
  commitEvent(event("old"));
  now = nowAt(1h + std::chrono::days{20});
  commitEvent(event("younger"));
  now = nowAt(2h + std::chrono::days{30});
  commitEvent(event("new"));
  EXPECT_THAT(idsOf(store->events({})), ElementsAre(2, 3));
}

TEST_F(Events, AreBoundedInAgeOverAllRuns) {
  commitEvent(event("old"));
  for (int run = 1; run <= 4; ++run) {
    now = nowAt(1h + std::chrono::days{8 * run});
    store->commit({}, now);
    store->closeOrderly();
    static_cast<void>(reopen());
    commitEvent(event("again"));
  }
  EXPECT_THAT(idsOf(store->events({})), ElementsAre(5));
}

TEST_F(Events, DoNotAgeWhileTheAgentDoesNotRun) {
  commitEvent(event("before"));
  boot = kNextBoot;
  now = nowAt(1h + std::chrono::days{400});
  static_cast<void>(reopen());
  now = nowAt(3h + std::chrono::days{400});
  commitEvent(event("after"));
  EXPECT_THAT(idsOf(store->events({})), ElementsAre(1, 2));
}

// What a clock without a battery, or before it is set, may say.
struct WrongClock : Events, testing::WithParamInterface<model::WallTime> {
  void commitAt(model::Milliseconds sinceBoot, bool wrong, const std::string& message) {
    now = nowAt(sinceBoot);
    if (wrong) {
      now.wall = GetParam() + sinceBoot;
    }
    store->recordStatuses({{"1001/a", message, ""}}, now);
    commitEvent(event(message));
  }
};

TEST_P(WrongClock, MakesNothingOlder) {
  commitAt(1h, false, "before");
  commitAt(3h, true, "wrong");
  commitAt(5h, false, "set");
  EXPECT_THAT(idsOf(store->events({})), ElementsAre(1, 2, 3));
  EXPECT_EQ(store->statuses({.service = "1001/a"}).size(), 3U);
  static_cast<void>(reopen());
  commitAt(7h, true, "wrong again");
  EXPECT_THAT(idsOf(store->events({})), ElementsAre(1, 2, 3, 4));
  EXPECT_EQ(store->statuses({.service = "1001/a"}).size(), 4U);
}

TEST_P(WrongClock, KeepsNothingForLonger) {
  commitAt(1h, true, "wrong");
  commitAt(2h, false, "set");
  commitAt(3h + std::chrono::days{30}, false, "later");
  EXPECT_THAT(idsOf(store->events({})), ElementsAre(3));
  EXPECT_EQ(store->statuses({.service = "1001/a"}).size(), 2U);
}

INSTANTIATE_TEST_SUITE_P(
    EachWay, WrongClock,
    testing::Values(model::WallTime{},
                    model::WallTime{std::chrono::sys_days{std::chrono::January / 1 / 2023}},
                    model::WallTime{std::chrono::sys_days{std::chrono::January / 19 / 2038}}));

TEST_F(Events, KeepOddTexts) {
  auto odd = event(std::string("nul \0 and \xff and '\"; DROP TABLE events", 36));
  commitEvent(odd);
  EXPECT_EQ(store->events({}).at(0).what.message, odd.message);
  commitEvent(event(std::string(1'000'000, 'x')));
  EXPECT_EQ(store->events({}).at(1).what.message.size(), 4'096U);
}

TEST_F(Events, AreReadByOtherThreadsWhileCommitsGoOn) {
  std::atomic<bool> done{false};
  std::atomic<bool> orderly{true};
  std::vector<std::thread> readers;
  readers.reserve(2);
  for (int reader = 0; reader < 2; ++reader) {
    readers.emplace_back([this, &done, &orderly] {
      std::int64_t last = 0;
      while (!done) {
        for (const auto& one : store->events({.after = last})) {
          orderly = orderly && one.id > last;
          last = one.id;
        }
        static_cast<void>(store->lastEventId());
        static_cast<void>(store->latestTarget(engine::TargetSource::File));
        static_cast<void>(store->statuses({.service = "1/a"}));
      }
    });
  }
  for (int number = 0; number < 200; ++number) {
    commitEvent(event(std::to_string(number % 50)));
  }
  done = true;
  for (auto& reader : readers) {
    reader.join();
  }
  EXPECT_TRUE(orderly);
}

struct Statuses : Events {
  void shown(const std::vector<StatusNow>& all) { store->recordStatuses(all, now); }
};

std::vector<std::string> wordsOf(const std::vector<StatusRecord>& records) {
  std::vector<std::string> words;
  words.reserve(records.size());
  for (const auto& record : records) {
    words.push_back(record.service + " " + record.status);
  }
  return words;
}

TEST_F(Statuses, AreKeptWhenTheyChange) {
  shown({{"1/a", "pending", "Pulling"}, {"1/b", "running", "Running"}});
  now = nowAt(1h + 10s);
  shown({{"1/a", "pending", "Pulling"}, {"1/b", "running", "Running"}});
  now = nowAt(1h + 20s);
  shown({{"1/a", "error", "ErrImagePull"}, {"1/b", "running", "Running"}});
  const auto all = store->statuses({.service = "1/a"});
  EXPECT_THAT(wordsOf(all), ElementsAre("1/a pending", "1/a error"));
  EXPECT_THAT(wordsOf(store->statuses({.service = "1/b"})), ElementsAre("1/b running"));
  EXPECT_EQ(all[1].at, nowAt(1h + 20s).wall);
  EXPECT_EQ(all[1].reason, "ErrImagePull");
}

TEST_F(Statuses, GoOnAfterARestart) {
  shown({{"1/a", "running", "Running"}});
  store->closeOrderly();
  static_cast<void>(reopen());
  shown({{"1/a", "running", "Running"}});
  EXPECT_EQ(store->statuses({.service = "1/a"}).size(), 1U);
  shown({{"1/a", "stopped", "Completed"}});
  EXPECT_EQ(store->statuses({.service = "1/a"}).size(), 2U);
}

TEST_F(Statuses, AreWrittenWithTheNextChange) {
  const auto written = [this] {
    return Database(directory.database(), Database::Mode::ReadOnly, 1s)
        .integer("SELECT count(*) FROM statuses");
  };
  commitEvent(event("x"));
  shown({{"1/a", "running", "Running"}});
  commit({});
  EXPECT_EQ(written(), 0) << "worth no write of its own";
  EXPECT_THAT(wordsOf(store->statuses({.service = "1/a"})), ElementsAre("1/a running"));
  commitEvent(event("x"));
  EXPECT_EQ(written(), 1);
  EXPECT_THAT(wordsOf(store->statuses({.service = "1/a"})), ElementsAre("1/a running"));
  shown({{"1/a", "stopped", "Completed"}});
  store->closeOrderly();
  EXPECT_EQ(written(), 2);
  EXPECT_THAT(wordsOf(store->statuses({.service = "1/a"})),
              ElementsAre("1/a running", "1/a stopped"));
}

TEST_F(Statuses, TellHowAWindowBegan) {
  for (int hour = 1; hour <= 5; ++hour) {
    now = nowAt(std::chrono::hours{hour});
    shown({{"1/a", std::to_string(hour), ""}});
    if (hour == 2) {
      commitEvent(event("x"));
    }
  }
  EXPECT_THAT(wordsOf(store->statuses({.service = "1/a", .since = nowAt(3h + 30min).wall})),
              ElementsAre("1/a 3", "1/a 4", "1/a 5"));
  EXPECT_TRUE(store->statuses({.service = "1/b"}).empty());
}

TEST_F(Statuses, AreForgottenAfterADayButForTheOneBefore) {
  for (int hour = 1; hour <= 3; ++hour) {
    now = nowAt(std::chrono::hours{hour});
    shown({{"1/a", std::to_string(hour), ""}, {"1/gone", std::to_string(hour), ""}});
    commitEvent(event("x"));
  }
  now = nowAt(50h);
  shown({{"1/a", "new", ""}});
  commitEvent(event("x"));
  EXPECT_THAT(wordsOf(store->statuses({.service = "1/a"})), ElementsAre("1/a 3", "1/a new"));
  EXPECT_TRUE(store->statuses({.service = "1/gone"}).empty());
}

TEST_F(Statuses, OfAFlappingServiceAreBounded) {
  limits.maxStatusesPerService = 10;
  static_cast<void>(reopen());
  shown({{"1/calm", "running", "Running"}});
  for (int change = 0; change < 30; ++change) {
    shown({{"1/a", std::to_string(change), ""}, {"1/calm", "running", "Running"}});
  }
  for (int look = 0; look < 2; ++look) {
    const auto records = store->statuses({.service = "1/a"});
    ASSERT_EQ(records.size(), 10U);
    EXPECT_EQ(records.back().status, "29");
    commitEvent(event("x"));
  }
  EXPECT_EQ(store->statuses({.service = "1/calm"}).size(), 1U);
}

}  // namespace
}  // namespace holdfast::state

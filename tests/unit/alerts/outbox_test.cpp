// SPDX-License-Identifier: Apache-2.0
#include "alerts/outbox.hpp"

#include "unit/alerts/samples.hpp"

#include <gtest/gtest.h>

namespace holdfast::alerts {
namespace {

retry::Policies policies() {
  retry::Policies all;
  all.notify.jitter = 0;
  return all;
}

class OutboxTest : public ::testing::Test {
 protected:
  Notice notice(const std::string& service, const std::string& group = "g1",
                const std::string& notifier = "ops") const {
    Notice made;
    made.notifier = notifier;
    made.group = group;
    made.at = time_.now.wall;
    made.alerts = {firing(AlertType::CrashLoop, service, time_.now)};
    return made;
  }

  Notice over(const Notice& fired) const {
    Notice made = fired;
    made.reason = Reason::Resolved;
    made.state = NotificationState::Resolved;
    for (auto& alert : made.alerts)
      alert = ended(alert, time_.now);
    return made;
  }

  void put(Notice notice) { outbox_.put(std::move(notice), time_.now); }

  std::vector<Delivery> due() { return outbox_.takeDue(ledger_, sender_, time_.now); }

  void answer(const Delivery& delivery, ErrorClass errorClass, std::string message = "answer",
              model::Milliseconds retryAfter = -1ms) {
    engine::CallResult result;
    result.errorClass = errorClass;
    result.message = std::move(message);
    result.retryAfter = retryAfter;
    outbox_.record(delivery.notifier, delivery.number, result, ledger_, time_.now);
  }

  // The one delivery that is due, answered so.
  Delivery deliver(ErrorClass errorClass = ErrorClass::Ok) {
    auto all = due();
    EXPECT_EQ(all.size(), 1U);
    if (all.empty())
      return {};
    answer(all[0], errorClass);
    return all[0];
  }

  std::size_t waiting(const std::string& notifier = "ops") {
    return outbox_.state().at(notifier).entries;
  }

  Time time_;
  int ids_ = 0;
  retry::RetryManager ledger_{policies(), [] { return 0.0; }};
  Sender sender_{"dev-42", "Line 3", "0.1.0"};
  Outbox outbox_{{}, {"ops", "site"}, "boot", [this] { return "id" + std::to_string(++ids_); }};
};

// ---- the ordinary way
// ----------------------------------------------------------------------------

TEST_F(OutboxTest, DeliversInOrderOneAtATime) {
  put(notice("web", "g1"));
  put(notice("db", "g2"));
  const auto first = due();
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].message.group, "g1");
  EXPECT_EQ(first[0].attempt, 1);
  EXPECT_TRUE(due().empty()) << "one is under way";
  answer(first[0], ErrorClass::Ok);
  EXPECT_EQ(deliver().message.group, "g2");
  EXPECT_EQ(waiting(), 0U);
  EXPECT_FALSE(outbox_.nextAttempt(ledger_));
}

TEST_F(OutboxTest, AReceiverThatHangsDelaysNobodyElse) {
  put(notice("web", "g1", "ops"));
  ASSERT_EQ(due().size(), 1U);  // and never answers
  put(notice("web", "g1", "site"));
  const auto other = due();
  ASSERT_EQ(other.size(), 1U);
  EXPECT_EQ(other[0].notifier, "site");
}

TEST_F(OutboxTest, AReceiverThatFailsDelaysNobodyElse) {
  put(notice("web", "g1", "ops"));
  deliver(ErrorClass::Unavailable);
  put(notice("web", "g1", "site"));
  EXPECT_EQ(deliver().notifier, "site");
}

TEST_F(OutboxTest, NothingIsTakenForAnUnknownReceiver) {
  put(notice("web", "g1", "nobody"));
  EXPECT_TRUE(due().empty());
}

TEST_F(OutboxTest, WhatNobodyHandsOverIsKept) {
  outbox_.leaveUnattended("ops");
  put(notice("web"));
  EXPECT_TRUE(due().empty());
  EXPECT_FALSE(outbox_.nextAttempt(ledger_)) << "nothing to wake for";
  EXPECT_EQ(waiting(), 1U);
  time_.pass(72h);
  outbox_.expire(time_.now);
  EXPECT_EQ(waiting(), 0U) << "not for ever";
  EXPECT_EQ(outbox_.deadLetters().size(), 1U);
}

TEST_F(OutboxTest, AnExhaustedLadderHasNoNextAttempt) {
  retry::Policies few = policies();
  few.notify.maxRetries = 1;
  ledger_.setPolicies(few);
  put(notice("web"));
  deliver(ErrorClass::Unavailable);
  const auto next = outbox_.nextAttempt(ledger_);
  ASSERT_TRUE(next);
  time_.pass(*next - time_.now.boot);
  deliver(ErrorClass::Unavailable);
  EXPECT_TRUE(due().empty());
  EXPECT_FALSE(outbox_.nextAttempt(ledger_));
}

// ---- what each answer leads to
// -------------------------------------------------------------------

struct AnswerCase {
  const char* what;
  ErrorClass errorClass;
  std::size_t waiting;
  std::size_t dead;
  bool ladder;
  bool off;
};

class Answers : public OutboxTest, public ::testing::WithParamInterface<AnswerCase> {};

TEST_P(Answers, LeadToWhatTheSdkSays) {
  put(notice("web"));
  deliver(GetParam().errorClass);
  EXPECT_EQ(waiting(), GetParam().waiting);
  EXPECT_EQ(outbox_.deadLetters().size(), GetParam().dead);
  EXPECT_EQ(ledger_.find("notify:ops") != nullptr, GetParam().ladder);
  EXPECT_EQ(outbox_.switchedOff("ops"), GetParam().off ? "answer" : "");
}

INSTANTIATE_TEST_SUITE_P(
    Table, Answers,
    ::testing::Values(AnswerCase{"ok", ErrorClass::Ok, 0, 0, false, false},
                      AnswerCase{"transient", ErrorClass::Transient, 1, 0, true, false},
                      AnswerCase{"unavailable", ErrorClass::Unavailable, 1, 0, true, false},
                      AnswerCase{"rateLimited", ErrorClass::RateLimited, 1, 0, true, false},
                      AnswerCase{"denied", ErrorClass::Denied, 1, 0, true, false},
                      AnswerCase{"notFound", ErrorClass::NotFound, 1, 0, true, false},
                      AnswerCase{"conflict", ErrorClass::Conflict, 1, 0, true, false},
                      AnswerCase{"internal", ErrorClass::Internal, 1, 0, true, false},
                      AnswerCase{"cancelled", ErrorClass::Cancelled, 1, 0, true, false},
                      AnswerCase{"invalid", ErrorClass::Invalid, 0, 1, false, false},
                      AnswerCase{"rejected", ErrorClass::Rejected, 1, 0, false, true}),
    [](const auto& row) { return std::string(row.param.what); });

TEST_F(OutboxTest, TheLadderSaysWhenTheNextAttemptIs) {
  put(notice("web"));
  const auto first = deliver(ErrorClass::Unavailable);
  EXPECT_EQ(outbox_.nextAttempt(ledger_), time_.now.boot + 5s);
  time_.pass(4'999ms);
  EXPECT_TRUE(due().empty());
  time_.pass(1ms);
  const auto second = deliver(ErrorClass::Unavailable);
  EXPECT_EQ(second.attempt, 2);
  EXPECT_EQ(second.message.id, first.message.id);
  EXPECT_EQ(second.message.contentJson, first.message.contentJson) << "byte for byte";
  EXPECT_EQ(second.message.text, first.message.text);
  EXPECT_EQ(outbox_.nextAttempt(ledger_), time_.now.boot + 15s);
}

TEST_F(OutboxTest, TheReceiversRetryAfterIsHonoured) {
  put(notice("web"));
  const auto delivery = due().at(0);
  answer(delivery, ErrorClass::RateLimited, "429", 2min);
  EXPECT_EQ(outbox_.nextAttempt(ledger_), time_.now.boot + 2min);
}

TEST_F(OutboxTest, ASuccessClearsTheLadder) {
  put(notice("web"));
  deliver(ErrorClass::Unavailable);
  time_.pass(5s);
  deliver();
  EXPECT_EQ(ledger_.find("notify:ops"), nullptr);
}

TEST_F(OutboxTest, NotFoundIsTriedFourTimesThenOthersGoOn) {
  put(notice("web", "g1"));
  put(notice("db", "g2"));
  for (int attempt = 1; attempt <= 4; ++attempt) {
    EXPECT_TRUE(outbox_.deadLetters().empty());
    EXPECT_EQ(deliver(ErrorClass::NotFound).message.group, "g1");
    time_.pass(15min);
  }
  ASSERT_EQ(outbox_.deadLetters().size(), 1U);
  EXPECT_EQ(outbox_.deadLetters().begin()->second.why, "answer");
  EXPECT_EQ(deliver().message.group, "g2");
}

TEST_F(OutboxTest, AReceiverThatWantsNoneGetsNoneUntilItsConfigurationChanges) {
  put(notice("web"));
  deliver(ErrorClass::Rejected);
  time_.pass(1h);
  EXPECT_TRUE(due().empty());
  EXPECT_FALSE(outbox_.nextAttempt(ledger_));
  outbox_.switchOn();
  EXPECT_EQ(deliver().attempt, 2);
}

TEST_F(OutboxTest, ALateAnswerOfAnAttemptThatIsNoneAnyMoreIsIgnored) {
  put(notice("web"));
  const auto delivery = deliver();
  answer(delivery, ErrorClass::Unavailable);
  EXPECT_EQ(ledger_.find("notify:ops"), nullptr);
}

// ---- two become one
// ------------------------------------------------------------------------------

TEST_F(OutboxTest, AResolutionMeetsItsFiringAndOneMessageSaysBoth) {
  const auto fired = notice("web");
  put(fired);
  deliver(ErrorClass::Unavailable);
  time_.pass(7min);
  put(over(fired));
  EXPECT_EQ(waiting(), 1U);
  const auto delivery = deliver();
  EXPECT_EQ(delivery.message.state, NotificationState::Resolved);
  EXPECT_NE(delivery.message.text.find("fired 2025-10-24T10:15:00.000Z, resolved "
                                       "2025-10-24T10:22:00.000Z, lasted 7m"),
            std::string::npos)
      << delivery.message.text;
  EXPECT_EQ(delivery.attempt, 1);
  EXPECT_NE(delivery.message.id, "id1") << "another content has another id";
  EXPECT_NE(delivery.message.text.find("delivered 7m late"), std::string::npos);
  EXPECT_EQ(waiting(), 0U);
}

TEST_F(OutboxTest, WhatIsUnderWayIsNotChanged) {
  const auto fired = notice("web");
  put(fired);
  const auto first = due().at(0);
  put(over(fired));
  EXPECT_EQ(waiting(), 2U);
  answer(first, ErrorClass::Ok);
  EXPECT_EQ(deliver().message.state, NotificationState::Resolved);
}

TEST_F(OutboxTest, OrderIsKeptWithinAGroup) {
  const auto fired = notice("web");
  put(fired);
  const auto first = due().at(0);
  put(over(fired));
  answer(first, ErrorClass::Unavailable);
  time_.pass(5s);
  EXPECT_EQ(deliver().message.state, NotificationState::Firing);
  EXPECT_EQ(deliver().message.state, NotificationState::Resolved);
}

TEST_F(OutboxTest, EndsOfFormerEpisodesAreKept) {
  const auto first = notice("web");
  put(first);
  time_.pass(1min);
  put(over(first));
  time_.pass(1min);
  const auto second = notice("web");
  put(second);
  time_.pass(1min);
  put(over(second));
  const auto delivery = deliver();
  EXPECT_EQ(std::count(delivery.message.text.begin(), delivery.message.text.end(), '\n'), 3)
      << delivery.message.text;
}

TEST_F(OutboxTest, ARepeatOfWhatWaitsIsNoMessage) {
  put(notice("web"));
  Notice repeat = notice("web");
  repeat.reason = Reason::Repeat;
  put(repeat);
  EXPECT_EQ(waiting(), 1U);
  EXPECT_EQ(deliver().message.id, "id1");
}

TEST_F(OutboxTest, OtherGroupsAndReceiversAreLeftAlone) {
  put(notice("web", "g1"));
  put(notice("web", "g2"));
  put(notice("web", "g1", "site"));
  EXPECT_EQ(waiting("ops"), 2U);
  EXPECT_EQ(waiting("site"), 1U);
}

TEST_F(OutboxTest, InformationIsNeverMerged) {
  Notice info = notice("web");
  info.state = NotificationState::Informational;
  put(info);
  put(info);
  put(notice("web"));
  EXPECT_EQ(waiting(), 3U);
}

TEST_F(OutboxTest, AMessageThatWouldBeTooLongBecomesTwo) {
  for (int i = 0; i < 300; ++i) {
    auto one = notice("s" + std::to_string(i));
    put(one);
    put(over(one));
  }
  EXPECT_EQ(waiting(), 2U);
  EXPECT_LE(outbox_.state().at("ops").bytes, 300U * 400U);
}

// ---- bounds
// --------------------------------------------------------------------------------------

TEST_F(OutboxTest, FullDropsTheLeastImportantAndSaysSo) {
  outbox_.setLimits({.entries = 3});
  Notice info = notice("a", "info");
  info.state = NotificationState::Informational;
  info.alerts.clear();
  put(info);
  put(over(notice("b", "resolved")));
  put(notice("c", "firing"));
  put(notice("d", "d"));
  EXPECT_EQ(outbox_.state().at("ops").dropped, 1);
  put(notice("e", "e"));
  EXPECT_EQ(outbox_.state().at("ops").dropped, 2);
  EXPECT_EQ(waiting(), 3U);
  EXPECT_EQ(deliver().message.group, "firing") << "information and ends went first";
  EXPECT_EQ(waiting(), 3U);
  deliver();
  deliver();
  const auto note = deliver();
  EXPECT_EQ(note.message.state, NotificationState::Informational);
  EXPECT_EQ(note.message.title, "[Line 3] 2 notifications were dropped");
  EXPECT_EQ(outbox_.state().at("ops").dropped, 0);
}

TEST_F(OutboxTest, TheNewestThatFiresIsNeverDropped) {
  outbox_.setLimits({.entries = 1});
  put(notice("a", "a"));
  put(notice("b", "b"));
  put(over(notice("c", "c")));
  EXPECT_EQ(deliver().message.group, "b");
}

TEST_F(OutboxTest, WhatIsUnderWayIsNotDropped) {
  outbox_.setLimits({.entries = 1});
  put(over(notice("a", "a")));
  const auto first = due().at(0);
  put(notice("b", "b"));
  answer(first, ErrorClass::Ok);
  EXPECT_EQ(deliver().message.group, "b");
}

TEST_F(OutboxTest, BytesAreBounded) {
  outbox_.setLimits({.entries = 1'000, .bytes = 5'000});
  for (int i = 0; i < 100; ++i)
    put(notice("s", "g" + std::to_string(i)));
  EXPECT_LE(outbox_.state().at("ops").bytes, 5'000U);
  EXPECT_GT(waiting(), 3U);
}

TEST_F(OutboxTest, WhatIsTooOldIsGivenUp) {
  put(notice("web"));
  deliver(ErrorClass::Unavailable);
  EXPECT_EQ(outbox_.nextExpiry(), time_.now.boot + 72h);
  time_.pass(72h - 1ms);
  outbox_.expire(time_.now);
  EXPECT_EQ(waiting(), 1U);
  time_.pass(1ms);
  outbox_.expire(time_.now);
  EXPECT_EQ(waiting(), 0U);
  ASSERT_EQ(outbox_.deadLetters().size(), 1U);
  EXPECT_EQ(outbox_.deadLetters().begin()->second.why,
            "not delivered within 3d (retry.notify.maxAge)");
}

TEST_F(OutboxTest, NewsMakesAMessageYoung) {
  const auto fired = notice("web");
  put(fired);
  time_.pass(71h);
  put(over(fired));
  time_.pass(71h);
  outbox_.expire(time_.now);
  EXPECT_EQ(waiting(), 1U);
}

TEST_F(OutboxTest, DeadLettersAreBounded) {
  for (int i = 0; i < 150; ++i) {
    put(notice("web", "g" + std::to_string(i)));
    deliver(ErrorClass::Invalid);
  }
  EXPECT_EQ(outbox_.deadLetters().size(), kMaxDeadLetters);
  EXPECT_EQ(outbox_.deadLetters().begin()->second.entry.notice.group, "g50");
}

TEST_F(OutboxTest, ADeadLetterCanBeReplayed) {
  put(notice("web"));
  deliver(ErrorClass::Invalid);
  const auto number = outbox_.deadLetters().begin()->first;
  EXPECT_EQ(outbox_.replay(number + 1, time_.now), "there is no dead letter 2");
  EXPECT_EQ(outbox_.replay(number, time_.now), "");
  EXPECT_TRUE(outbox_.deadLetters().empty());
  const auto again = deliver();
  EXPECT_EQ(again.message.id, "id1") << "the receiver may know it";
  EXPECT_EQ(again.attempt, 1);
}

// ---- the store
// -----------------------------------------------------------------------------------

class Stored : public OutboxTest {
 protected:
  // Brings `entries_` and `dead_` up to date, as a store would.
  void store() {
    const auto changes = outbox_.takeChanges();
    writes_ = changes.entries.size() + changes.deadLetters.size() + changes.dropped.size();
    for (const auto& [number, entry] : changes.entries) {
      entries_.erase(number);
      if (entry != nullptr)
        entries_.emplace(number, *entry);
    }
    for (const auto& [number, letter] : changes.deadLetters) {
      dead_.erase(number);
      if (letter != nullptr)
        dead_.emplace(number, *letter);
    }
    for (const auto& [name, count] : changes.dropped)
      dropped_[name] = count;
  }

  void restart(std::vector<std::string> receivers = {"ops", "site"},
               const std::string& bootId = "boot") {
    Outbox next({}, std::move(receivers), bootId, [this] { return "id" + std::to_string(++ids_); });
    std::vector<OutboxEntry> entries;
    for (const auto& [number, entry] : entries_)
      entries.push_back(entry);
    std::vector<DeadLetter> dead;
    for (const auto& [number, letter] : dead_)
      dead.push_back(letter);
    next.restore(std::move(entries), std::move(dead), dropped_, time_.now);
    outbox_ = std::move(next);
  }

  // The monotonic clock starts over.
  void reboot() {
    time_.now.boot = model::BootTime{1min};
    restart({"ops", "site"}, "another boot");
  }

  std::map<std::int64_t, OutboxEntry> entries_;
  std::map<std::int64_t, DeadLetter> dead_;
  std::map<std::string, std::int64_t> dropped_;
  std::size_t writes_ = 0;
};

TEST_F(Stored, WhatWasUnderWayAtACrashIsSentAgainWithItsId) {
  put(notice("web"));
  store();
  const auto first = due().at(0);
  store();
  restart();
  const auto second = deliver();
  EXPECT_EQ(second.message.id, first.message.id);
  EXPECT_EQ(second.message.contentJson, first.message.contentJson);
  store();
  EXPECT_TRUE(entries_.empty());
}

TEST_F(Stored, OrderAndNumbersGoOnAfterARestart) {
  put(notice("a", "a"));
  put(notice("b", "b"));
  store();
  restart();
  put(notice("c", "c"));
  EXPECT_EQ(deliver().message.group, "a");
  EXPECT_EQ(deliver().message.group, "b");
  EXPECT_EQ(deliver().message.group, "c");
}

TEST_F(Stored, NothingIsWrittenWhileNothingChanges) {
  put(notice("web"));
  store();
  EXPECT_EQ(writes_, 1U);
  store();
  EXPECT_EQ(writes_, 0U);
  time_.pass(1h);
  outbox_.expire(time_.now);
  store();
  EXPECT_EQ(writes_, 0U);
}

TEST_F(Stored, ARemainderIsNotWritten) {
  Notice reminder = notice("web");
  reminder.passing = true;
  put(reminder);
  store();
  EXPECT_EQ(writes_, 0U);
  deliver();
  store();
  EXPECT_EQ(writes_, 0U);
}

TEST_F(Stored, DeadLettersAndDropsSurvive) {
  put(notice("web"));
  deliver(ErrorClass::Invalid);
  outbox_.setLimits({.entries = 1});
  put(notice("a", "a"));
  put(notice("b", "b"));
  store();
  restart();
  EXPECT_EQ(outbox_.deadLetters().size(), 1U);
  EXPECT_EQ(outbox_.state().at("ops").dropped, 1);
}

TEST_F(Stored, WhatIsForAReceiverThatIsGoneBecomesADeadLetter) {
  put(notice("web", "g1", "site"));
  store();
  restart({"ops"});
  ASSERT_EQ(outbox_.deadLetters().size(), 1U);
  EXPECT_EQ(outbox_.deadLetters().begin()->second.why,
            "notifier 'site' is no longer in the configuration");
  store();
  EXPECT_TRUE(entries_.empty());
  EXPECT_EQ(dead_.size(), 1U);
  EXPECT_EQ(outbox_.replay(1, time_.now),
            "notifier 'site' is not configured; add it and start the agent again");
}

TEST_F(Stored, AJumpOfTheWallClockMakesNothingOldWithinOneBoot) {
  put(notice("web"));
  time_.pass(10min);
  store();
  time_.now.wall += std::chrono::hours{24 * 150};
  restart();
  outbox_.expire(time_.now);
  EXPECT_EQ(waiting(), 1U);
  EXPECT_EQ(outbox_.nextExpiry(), time_.now.boot + 72h - 10min);
  time_.pass(5min);
  EXPECT_NE(deliver().message.contentJson.find("\"delayedSeconds\":900,"), std::string::npos);
}

TEST_F(Stored, AClockThatIsSetBackKeepsNothingYoungWithinOneBoot) {
  put(notice("web"));
  store();
  time_.pass(72h);
  time_.now.wall -= std::chrono::hours{24 * 150};
  restart();
  outbox_.expire(time_.now);
  EXPECT_EQ(waiting(), 0U);
}

TEST_F(Stored, WhatOutlivedARebootIsOfTheNewBootFromThenOn) {
  put(notice("web"));
  time_.pass(1h);
  store();
  reboot();
  store();
  EXPECT_EQ(writes_, 1U);
  time_.now.wall += std::chrono::hours{24 * 150};
  restart({"ops", "site"}, "another boot");
  store();
  EXPECT_EQ(writes_, 0U);
  outbox_.expire(time_.now);
  EXPECT_EQ(waiting(), 1U);
  EXPECT_EQ(outbox_.nextExpiry(), time_.now.boot + 71h);
}

TEST_F(Stored, WithoutABootIdOnlyLabelsCount) {
  restart({"ops", "site"}, "");
  put(notice("web"));
  store();
  time_.now.wall += 73h;
  restart({"ops", "site"}, "");
  outbox_.expire(time_.now);
  EXPECT_EQ(waiting(), 0U);
}

TEST_F(Stored, AReplayedDeadLetterOfAnEarlierBootTellsItsOwnDelay) {
  put(notice("web"));
  time_.pass(72h);
  outbox_.expire(time_.now);
  store();
  reboot();
  store();
  time_.pass(1h);
  time_.now.wall -= std::chrono::hours{24 * 150};  // within a boot the clock may say anything
  restart({"ops", "site"}, "another boot");
  EXPECT_EQ(outbox_.replay(1, time_.now), "");
  EXPECT_NE(deliver().message.contentJson.find("\"delayedSeconds\":262800,"), std::string::npos);
}

// What waited longest has the lowest number of all.
TEST_F(Stored, OfTooManyDeadLettersTheOneThatDiedFirstIsDroppedAlsoAfterARestart) {
  put(notice("web", "old", "site"));
  for (std::size_t i = 0; i < kMaxDeadLetters; ++i) {
    put(notice("web", "g" + std::to_string(i)));
    for (const auto& delivery : due()) {
      if (delivery.notifier == "ops")
        answer(delivery, ErrorClass::Invalid);
    }
  }
  store();
  restart();
  time_.now.wall -= std::chrono::hours{24 * 150};
  time_.pass(72h);
  outbox_.expire(time_.now);
  store();
  EXPECT_EQ(outbox_.deadLetters().size(), kMaxDeadLetters);
  EXPECT_EQ(outbox_.deadLetters().begin()->second.entry.notice.group, "old");
  EXPECT_EQ(std::next(outbox_.deadLetters().begin())->second.entry.notice.group, "g1");
  EXPECT_EQ(dead_.size(), kMaxDeadLetters);
}

struct AgeCase {
  const char* what;
  std::chrono::hours label;  // of the entry, from 1970 or from now
  bool sinceEpoch;
  bool kept;
};

class Ages : public Stored, public ::testing::WithParamInterface<AgeCase> {};

TEST_P(Ages, AreJudgedAfterARebootByLabelsThatMakeSense) {
  put(notice("web"));
  store();
  auto& entry = entries_.begin()->second;
  entry.queuedAt =
      GetParam().sinceEpoch ? model::WallTime{GetParam().label} : time_.now.wall + GetParam().label;
  entry.firstQueuedAt = entry.queuedAt;
  reboot();
  outbox_.expire(time_.now);
  EXPECT_EQ(waiting(), GetParam().kept ? 1U : 0U);
}

INSTANTIATE_TEST_SUITE_P(Table, Ages,
                         ::testing::Values(AgeCase{"young", -71h, false, true},
                                           AgeCase{"old", -73h, false, false},
                                           AgeCase{"future", 1000h, false, true},
                                           AgeCase{"clockNotSet", 2h, true, true}),
                         [](const auto& row) { return std::string(row.param.what); });

}  // namespace
}  // namespace holdfast::alerts

// SPDX-License-Identifier: Apache-2.0
// All of alerting on a thread of the test's own, a clock in its hand, a store that can be killed
// and receivers that answer as they are told.
#include "alerts/alert_engine.hpp"

#include "unit/alerts/samples.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <malloc.h>

#include <deque>

namespace holdfast::alerts {
namespace {

class ManualClock final : public model::Clock {
 public:
  [[nodiscard]] model::Now now() const override { return time.now; }
  Time time;
};

// Remembers what it is handed; answers at once unless told to hang.
class Receiver final : public NotifierPort {
 public:
  explicit Receiver(std::string name) : name_(std::move(name)) {}
  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] model::Milliseconds resendInterval() const override { return resend; }
  void deliver(Message message, int, std::function<void(engine::CallResult)> done) override {
    got.push_back(std::move(message));
    engine::CallResult result;
    result.errorClass = answer;
    result.message = answer == ErrorClass::Ok ? "" : "the answer";
    if (hangs)
      return;
    done(result);
  }
  std::vector<Message> got;
  ErrorClass answer = ErrorClass::Ok;
  bool hangs = false;
  model::Milliseconds resend{0};

 private:
  std::string name_;
};

class MemoryStore final : public AlertStorePort {
 public:
  [[nodiscard]] std::vector<Record> loadAlerting() override {
    std::vector<Record> all;
    for (const auto& [key, body] : kept)
      all.push_back({key.first, key.second, body});
    return all;
  }
  void commitAlerting(const std::vector<Record>& records) override {
    ++commits;
    for (const Record& record : records) {
      kept.erase({record.kind, record.key});
      if (record.body)
        kept.emplace(std::pair(record.kind, record.key), *record.body);
    }
  }
  [[nodiscard]] std::size_t count(Record::Kind kind) const {
    return static_cast<std::size_t>(std::count_if(
        kept.begin(), kept.end(), [kind](const auto& item) { return item.first.first == kind; }));
  }
  std::map<std::pair<Record::Kind, std::string>, std::string> kept;
  int commits = 0;
};

class AlertEngineTest : public ::testing::Test {
 protected:
  AlertEngineTest() { start(); }

  void start() {
    AlertSettings settings;
    settings.receivers = {"ops", "site"};
    settings.deviceName = "Line 3";
    settings.agentVersion = "0.1.0";
    settings.bootId = bootId_;
    settings.summary = summary_;
    settings.routes = routes_;
    posts_.clear();
    engine_ = std::make_unique<AlertEngine>(
        settings, loaded_, store_, clock_, [this] { return ++random_; },
        [this](engine::Severity, const std::string& text) { log_.push_back(text); });
    engine_->setPluginFaults(faults_);
    engine_->begin(ledger_,
                   [this](std::function<void()> work) { posts_.push_back(std::move(work)); });
  }

  // As kill -9 and a start would.
  void kill() { start(); }

  void show(std::vector<engine::ServiceView> services) {
    engine_->look(std::make_shared<engine::Snapshot>(device(std::move(services), clock_.now())));
    settle();
  }

  void settle() {
    engine_->tick();
    while (!posts_.empty()) {
      auto work = std::move(posts_.front());
      posts_.pop_front();
      work();
      engine_->tick();
    }
  }

  // Rounds of the thread until then, each when one is due.
  void pass(model::Milliseconds time) {
    const auto end = clock_.now().boot + time;
    for (int rounds = 0; engine_->nextWake() <= end; ++rounds) {
      ASSERT_LT(rounds, 100'000) << "it never rests";
      clock_.time.pass(std::max(engine_->nextWake() - clock_.now().boot, model::Milliseconds{0}));
      settle();
    }
    clock_.time.pass(end - clock_.now().boot);
  }

  engine::ServiceView failing(const char* name = "web") const {
    auto view = serviceNamed(name);
    view.status.serviceStatus = model::ServiceStatusWord::Error;
    view.ledger.push_back(
        ladder("image:docker:" + std::string(name) + ":1", 1, ErrorClass::NotFound, began_));
    return view;
  }

  ManualClock clock_;
  model::Now began_ = clock_.now();
  std::uint64_t random_ = 0;
  Receiver ops_{"ops"};
  Receiver site_{"site"};
  std::vector<NotifierPort*> loaded_{&ops_, &site_};
  MemoryStore store_;
  retry::RetryManager ledger_{{}, [] { return 0.5; }};
  std::deque<std::function<void()>> posts_;
  std::vector<std::string> log_;
  std::vector<PluginFault> faults_;  // from the start on
  SummarySettings summary_;          // none
  std::vector<Route> routes_;
  std::string bootId_ = "boot";
  std::unique_ptr<AlertEngine> engine_;
};

TEST_F(AlertEngineTest, OneFiringAndLaterOneResolvedToEveryReceiver) {
  show({failing(), serviceNamed("db")});
  pass(10min);
  for (const Receiver* receiver : {&ops_, &site_}) {
    ASSERT_EQ(receiver->got.size(), 1U);
    EXPECT_EQ(receiver->got[0].state, NotificationState::Firing);
    EXPECT_EQ(receiver->got[0].title, "[Line 3] FIRING ImagePullFailed app1001/web");
    const auto content = boost::json::parse(receiver->got[0].contentJson).as_object();
    EXPECT_EQ(content.at("summary").at("failing"), 1);
    EXPECT_EQ(content.at("summary").at("services"), 2);
  }
  show({serviceNamed("web"), serviceNamed("db")});
  pass(24h);
  for (const Receiver* receiver : {&ops_, &site_}) {
    ASSERT_EQ(receiver->got.size(), 2U);
    EXPECT_EQ(receiver->got[1].state, NotificationState::Resolved);
    EXPECT_EQ(receiver->got[1].group, receiver->got[0].group);
    EXPECT_NE(receiver->got[1].id, receiver->got[0].id);
  }
  EXPECT_TRUE(store_.kept.empty()) << "nothing is left to remember";
}

TEST_F(AlertEngineTest, IsOnDiskBeforeItIsHandedOver) {
  ops_.hangs = true;
  show({failing()});
  pass(10s);
  ASSERT_EQ(ops_.got.size(), 1U);
  EXPECT_EQ(store_.count(Record::Kind::Outbox), 1U);
  EXPECT_EQ(store_.count(Record::Kind::Alert), 1U);
  EXPECT_EQ(store_.count(Record::Kind::Group), 2U);
}

TEST_F(AlertEngineTest, AfterAKillWhatWasUnderWayIsHandedOverAgainWithItsId) {
  ops_.hangs = true;
  show({failing()});
  pass(10s);
  kill();
  ops_.hangs = false;
  show({failing()});
  pass(1h);
  ASSERT_EQ(ops_.got.size(), 2U);
  EXPECT_EQ(ops_.got[1].id, ops_.got[0].id);
  EXPECT_EQ(ops_.got[1].contentJson, ops_.got[0].contentJson);
  EXPECT_EQ(site_.got.size(), 1U);
}

TEST_F(AlertEngineTest, AReceiverThatHangsDelaysNoOther) {
  ops_.hangs = true;
  show({failing()});
  pass(10s);
  show({});
  pass(10s);
  EXPECT_EQ(site_.got.size(), 2U);
}

TEST_F(AlertEngineTest, AReceiverDownForTheWholeLifeOfAnAlertGetsOneMessage) {
  ops_.answer = ErrorClass::Unavailable;
  show({failing()});
  pass(1min);
  kill();
  show({serviceNamed("web")});
  pass(1h);
  const auto attempts = ops_.got.size();
  ops_.answer = ErrorClass::Ok;
  pass(1h);
  ASSERT_EQ(ops_.got.size(), attempts + 1);
  EXPECT_EQ(ops_.got.back().state, NotificationState::Resolved);
  EXPECT_NE(ops_.got.back().text.find("is over: fired"), std::string::npos);
}

TEST_F(AlertEngineTest, AFailingReceiverIsToldToTheOther) {
  ops_.answer = ErrorClass::Unavailable;
  show({failing()});
  pass(2h);
  const auto about = [](const Message& message) {
    return message.contentJson.find("\"alert\":\"NotifierFailing\"") != std::string::npos;
  };
  EXPECT_EQ(std::count_if(site_.got.begin(), site_.got.end(), about), 1);
  EXPECT_EQ(std::count_if(ops_.got.begin(), ops_.got.end(), about), 0);
  EXPECT_EQ(engine_->view()->alerts.size(), 2U);
  ops_.answer = ErrorClass::Ok;
  pass(1h);
  EXPECT_EQ(engine_->view()->alerts.size(), 1U);
  EXPECT_EQ(std::count_if(site_.got.begin(), site_.got.end(), about), 2);
}

TEST_F(AlertEngineTest, APluginAtFaultIsToldAndTakenBack) {
  show({});
  engine_->setPluginFaults({{"docker", "PluginStuck", "a call does not return"}});
  settle();
  pass(10s);
  ASSERT_EQ(ops_.got.size(), 1U);
  EXPECT_EQ(ops_.got[0].title, "[Line 3] FIRING PluginFailed plugin docker");
  engine_->setPluginFaults({});
  settle();
  pass(10s);
  EXPECT_EQ(ops_.got.size(), 2U);
}

TEST_F(AlertEngineTest, APluginStillAtFaultAfterAKillIsTheSameAlert) {
  const std::vector<PluginFault> faults{{"docker", "PluginRefused", "options: no such option"}};
  show({});
  engine_->setPluginFaults(faults);
  settle();
  pass(1min);
  faults_ = faults;
  kill();
  show({});
  pass(1h);
  EXPECT_EQ(ops_.got.size(), 1U);
}

TEST_F(AlertEngineTest, BeforeTheEnginesFirstWordNothingIsResolved) {
  show({failing()});
  pass(1min);
  kill();
  settle();
  pass(1h);
  EXPECT_EQ(ops_.got.size(), 1U);
  show({failing()});
  pass(1h);
  EXPECT_EQ(ops_.got.size(), 1U) << "it is the same alert";
  EXPECT_EQ(engine_->view()->alerts.at(0).alert.startsAt, began_.wall - 60s);
}

TEST_F(AlertEngineTest, BeforeTheEnginesFirstWordNothingIsHandedOver) {
  ops_.answer = ErrorClass::Unavailable;
  show({failing()});
  pass(10s);
  kill();
  ops_.got.clear();
  pass(1h);
  EXPECT_TRUE(ops_.got.empty()) << "which device it is from is not known yet";
  ops_.answer = ErrorClass::Ok;
  auto first = device({failing()}, clock_.now());
  first.owner = "9c41";
  engine_->look(std::make_shared<engine::Snapshot>(std::move(first)));
  settle();
  ASSERT_EQ(ops_.got.size(), 1U);
  EXPECT_EQ(boost::json::parse(ops_.got[0].contentJson).at("device").at("id"), "9c41");
}

TEST_F(AlertEngineTest, WhatIsForAReceiverWhosePluginIsRefusedWaitsForIt) {
  ops_.hangs = true;
  show({failing()});
  pass(10s);
  loaded_ = {&site_};  // refused at this start
  kill();
  ops_.got.clear();
  show({});
  pass(1h);
  EXPECT_TRUE(ops_.got.empty());
  EXPECT_TRUE(engine_->view()->deadLetters.empty());
  EXPECT_GE(engine_->view()->queues.at("ops").entries, 1U);
  loaded_ = {&ops_, &site_};
  ops_.hangs = false;
  kill();
  show({});
  pass(1h);
  ASSERT_FALSE(ops_.got.empty());
  EXPECT_EQ(ops_.got.back().state, NotificationState::Resolved);
  EXPECT_TRUE(store_.kept.empty());
}

TEST_F(AlertEngineTest, AReceiverThatComesInLaterIsAskedHowOftenItForgets) {
  show({failing()});
  pass(10s);
  ops_.resend = 60s;
  engine_->setPluginFaults({});
  settle();
  pass(5min);
  EXPECT_EQ(ops_.got.size(), 6U);
  EXPECT_EQ(site_.got.size(), 1U);
}

TEST_F(AlertEngineTest, SilencesHoldOverAKillAndEnd) {
  auto answer = engine_->silence({.match = "service=web", .length = 1h, .comment = "at work"});
  settle();
  const auto silence = answer.get().silence;
  ASSERT_TRUE(silence);
  show({failing()});
  pass(10min);
  EXPECT_TRUE(ops_.got.empty());
  EXPECT_TRUE(engine_->view()->alerts.at(0).silenced);
  kill();
  show({failing()});
  pass(49min);
  EXPECT_TRUE(ops_.got.empty());
  pass(2min);
  EXPECT_EQ(ops_.got.size(), 1U) << "told when the silence is over";
  EXPECT_EQ(store_.count(Record::Kind::Silence), 0U);
}

TEST_F(AlertEngineTest, AClockThatIsSetBeforeAKillEndsNoSilenceAndLosesNoNotification) {
  clock_.time.now.wall = model::WallTime{std::chrono::sys_days{std::chrono::January / 5 / 2025}};
  auto answer = engine_->silence({.match = "service=db", .length = 1h, .comment = {}});
  ops_.answer = ErrorClass::Unavailable;
  show({failing("web"), failing("db")});
  pass(10min);
  clock_.time.now.wall += std::chrono::hours{24 * 150};
  kill();
  ops_.answer = ErrorClass::Ok;
  show({failing("web"), failing("db")});
  ops_.got.clear();
  pass(30min);
  EXPECT_TRUE(engine_->view()->deadLetters.empty());
  ASSERT_EQ(ops_.got.size(), 1U);
  EXPECT_NE(ops_.got[0].title.find("web"), std::string::npos) << ops_.got[0].title;
  EXPECT_EQ(engine_->view()->silences.size(), 1U);
}

TEST_F(AlertEngineTest, ASilenceOfAnotherBootIsStoredAsOneOfThisBoot) {
  auto answer = engine_->silence({.match = "service=web", .length = 1h, .comment = {}});
  settle();
  bootId_ = "another boot";
  clock_.time.now.boot = model::BootTime{1min};
  kill();
  settle();
  clock_.time.now.wall += std::chrono::hours{24 * 150};
  kill();
  settle();
  EXPECT_EQ(engine_->view()->silences.size(), 1U);
}

TEST_F(AlertEngineTest, ASilenceCanBeTakenBackOnce) {
  auto answer = engine_->silence({.match = "service=web", .length = 1h, .comment = {}});
  settle();
  const std::string id = answer.get().silence->id;
  EXPECT_EQ(engine_->view()->silences.size(), 1U);
  auto first = engine_->unsilence(id);
  auto second = engine_->unsilence(id);
  settle();
  EXPECT_TRUE(first.get());
  EXPECT_FALSE(second.get());
  EXPECT_TRUE(store_.kept.empty());
}

TEST_F(AlertEngineTest, ASilenceThatIsNoneSaysWhy) {
  auto wrong = engine_->silence({.match = "sevice=web", .length = 1h, .comment = {}});
  auto endless = engine_->silence({.match = "", .length = 24h * 91, .comment = {}});
  auto none = engine_->silence({.match = "", .length = 0s, .comment = {}});
  settle();
  EXPECT_NE(wrong.get().problem.find("did you mean 'service'"), std::string::npos);
  EXPECT_EQ(endless.get().problem, "a silence lasts at most 90d");
  EXPECT_EQ(none.get().problem, "a silence lasts at most 90d");
}

TEST_F(AlertEngineTest, DeadLettersAreShownAndReplayed) {
  ops_.answer = ErrorClass::Invalid;
  show({failing()});
  pass(10s);
  ASSERT_EQ(engine_->view()->deadLetters.size(), 1U);
  EXPECT_EQ(engine_->view()->deadLetters[0].why, "the answer");
  ops_.answer = ErrorClass::Ok;
  auto answer = engine_->replay(engine_->view()->deadLetters[0].entry.number);
  settle();
  EXPECT_EQ(answer.get(), "");
  EXPECT_EQ(ops_.got.size(), 2U);
  EXPECT_TRUE(engine_->view()->deadLetters.empty());
  EXPECT_EQ(store_.count(Record::Kind::DeadLetter), 0U);
}

TEST_F(AlertEngineTest, NothingIsWrittenWhileNothingChanges) {
  show({failing()});
  pass(1min);
  const int commits = store_.commits;
  for (int i = 0; i < 100; ++i) {
    show({failing()});
    pass(30s);
  }
  EXPECT_EQ(store_.commits, commits);
}

// At 12:15, two hours from now.
class SummaryOfAlertEngine : public AlertEngineTest {
 protected:
  SummaryOfAlertEngine() {
    summary_.at = 12h + 15min;
    summary_.offset = [](model::WallTime) { return std::chrono::seconds{0}; };
    start();
  }

  static int summaries(const Receiver& receiver) {
    return static_cast<int>(
        std::count_if(receiver.got.begin(), receiver.got.end(), [](const Message& message) {
          return message.contentJson.find(R"("reason":"summary")") != std::string::npos;
        }));
  }
};

TEST_F(SummaryOfAlertEngine, GoesToEveryReceiverAndIsNoAlertThatFires) {
  show({serviceNamed("web")});
  EXPECT_EQ(engine_->view()->nextSummary, began_.wall + 2h);
  show({failing()});
  pass(10min);
  show({serviceNamed("web")});
  pass(3h);
  EXPECT_EQ(summaries(ops_), 1);
  EXPECT_EQ(summaries(site_), 1);
  EXPECT_EQ(ops_.got.back().title, "[Line 3] Daily summary: 0 failing, 1 failed and healed");
  EXPECT_TRUE(engine_->view()->alerts.empty());
  pass(24h);
  EXPECT_EQ(summaries(ops_), 1) << "a quiet day";
}

TEST_F(SummaryOfAlertEngine, FollowsItsRoute) {
  Route route;
  route.number = 1;
  route.match = model::AlertMatcher::parse("type=DailySummary").matcher;
  route.to = {"site"};
  routes_ = {route};
  start();
  show({serviceNamed("web")});
  show({failing()});
  pass(3h);
  EXPECT_EQ(summaries(site_), 1);
  EXPECT_TRUE(ops_.got.empty());
}

TEST_F(SummaryOfAlertEngine, CanBeSilenced) {
  auto answer = engine_->silence({.match = "type=DailySummary", .length = 12h, .comment = {}});
  settle();
  ASSERT_TRUE(answer.get().silence);
  show({failing()});
  pass(3h);
  EXPECT_EQ(summaries(ops_), 0);
  pass(24h);
  EXPECT_EQ(summaries(ops_), 1);
}

TEST_F(SummaryOfAlertEngine, KilledBetweenCommitAndDeliveryItArrivesUnderOneId) {
  show({serviceNamed("web")});
  show({failing()});
  pass(1h);
  ops_.hangs = true;
  pass(1h);
  ASSERT_EQ(summaries(ops_), 1);
  const Message first = ops_.got.back();
  kill();
  ops_.hangs = false;
  show({failing()});
  pass(3h);
  ASSERT_EQ(summaries(ops_), 2);
  EXPECT_EQ(ops_.got.back().id, first.id);
  EXPECT_EQ(ops_.got.back().contentJson, first.contentJson);
  EXPECT_EQ(summaries(site_), 1);
}

TEST_F(SummaryOfAlertEngine, KilledBeforeTheHourItCountsOn) {
  show({serviceNamed("web")});
  show({failing()});
  pass(1h);
  kill();
  show({failing()});
  pass(2h);
  ASSERT_EQ(summaries(ops_), 1);
  const auto content = boost::json::parse(ops_.got.back().contentJson);
  EXPECT_EQ(std::string(content.at("report").at("from").as_string()),
            model::toRfc3339(began_.wall));
  EXPECT_EQ(content.at("report").at("failing").at(0).at("failures"), 1);
}

TEST_F(SummaryOfAlertEngine, WritesNothingWhileServicesAreSteady) {
  std::vector<engine::ServiceView> steady;
  for (int i = 0; i < 20; ++i)
    steady.push_back(serviceNamed("s" + std::to_string(i)));
  show(steady);
  const int commits = store_.commits;
  for (int i = 0; i < 100; ++i) {
    show(steady);
    pass(30s);
  }
  EXPECT_EQ(store_.commits, commits);
}

TEST_F(SummaryOfAlertEngine, WhatCannotBeReadIsCountedAnew) {
  store_.kept[{Record::Kind::Summary, "period"}] = "damaged";
  store_.kept[{Record::Kind::Summary, "1001/web"}] = "damaged";
  kill();
  EXPECT_EQ(log_.size(), 2U);
  show({serviceNamed("web")});
  EXPECT_EQ(store_.count(Record::Kind::Summary), 1U);
}

TEST_F(AlertEngineTest, WhatCannotBeReadIsDroppedAndSaid) {
  store_.kept[{Record::Kind::Outbox, "7"}] = "damaged";
  kill();
  EXPECT_EQ(log_.size(), 1U);
  show({});
  EXPECT_TRUE(store_.kept.empty());
}

TEST_F(AlertEngineTest, AReceiverThatWantsNoneIsAskedAgainWhenItsConfigurationChanges) {
  ops_.answer = ErrorClass::Rejected;
  show({failing()});
  pass(1h);
  EXPECT_EQ(ops_.got.size(), 1U);
  EXPECT_EQ(engine_->view()->queues.at("ops").switchedOff, "the answer");
  ops_.answer = ErrorClass::Ok;
  engine_->reconfigure({});
  settle();
  EXPECT_EQ(ops_.got.size(), 2U);
}

// A receiver that is given up, with one notification waiting for it.
class GivenUpReceiver : public AlertEngineTest {
 protected:
  GivenUpReceiver() {
    retry::Policies policies;
    policies.notify.maxRetries = 2;
    ledger_.setPolicies(policies);
  }

  void giveUp(ErrorClass why) {
    ops_.answer = why;
    show({failing()});
    pass(1h);
    ASSERT_TRUE(ledger_.find("notify:ops")->exhausted);
    attempts_ = ops_.got.size();
    ops_.answer = ErrorClass::Ok;
    pass(24h);
    ASSERT_EQ(ops_.got.size(), attempts_) << "by itself nothing happens";
  }

  [[nodiscard]] bool got() const { return ops_.got.size() > attempts_; }

  std::size_t attempts_ = 0;
};

TEST_F(GivenUpReceiver, IsToldToTheOthersAtOnce) {
  giveUp(ErrorClass::Unavailable);
  EXPECT_NE(site_.got.back().contentJson.find("NotifierFailing"), std::string::npos);
}

TEST_F(GivenUpReceiver, IsTriedAgainByAge) {
  giveUp(ErrorClass::Unavailable);
  EXPECT_EQ(ledger_.rearmByAge(clock_.now()), 1);
  settle();
  pass(1s);
  EXPECT_TRUE(got());
}

TEST_F(GivenUpReceiver, IsTriedAgainWhenItTookATest) {
  giveUp(ErrorClass::Denied);
  engine_->retryNow("site");
  settle();
  EXPECT_FALSE(got());
  engine_->retryNow("ops");
  settle();
  EXPECT_TRUE(got());
}

TEST_F(GivenUpReceiver, IsTriedAgainWhenAUserAsksForAll) {
  giveUp(ErrorClass::Internal);
  engine_->retryNow();
  settle();
  EXPECT_TRUE(got());
}

TEST_F(GivenUpReceiver, IsTriedAgainAfterAReload) {
  giveUp(ErrorClass::Denied);
  engine_->reconfigure({});
  settle();
  EXPECT_TRUE(got());
}

TEST_F(GivenUpReceiver, IsTriedAgainWhenItsOwnCredentialsChange) {
  giveUp(ErrorClass::Denied);
  engine_->credentialsChanged("site");
  settle();
  EXPECT_FALSE(got());
  engine_->credentialsChanged("ops");
  settle();
  EXPECT_TRUE(got());
}

TEST_F(GivenUpReceiver, IsNotTriedForCredentialsThatWereNotTheCause) {
  giveUp(ErrorClass::Unavailable);
  engine_->credentialsChanged("ops");
  settle();
  EXPECT_FALSE(got());
}

TEST_F(GivenUpReceiver, IsTriedAgainWhenADeadLetterIsReplayed) {
  ops_.answer = ErrorClass::Invalid;
  show({failing()});
  pass(10s);
  ASSERT_EQ(engine_->view()->deadLetters.size(), 1U);
  ops_.answer = ErrorClass::Unavailable;
  show({failing(), failing("db")});
  pass(1h);
  ASSERT_TRUE(ledger_.find("notify:ops")->exhausted);
  attempts_ = ops_.got.size();
  ops_.answer = ErrorClass::Ok;
  auto answer = engine_->replay(engine_->view()->deadLetters[0].entry.number);
  settle();
  EXPECT_EQ(answer.get(), "");
  EXPECT_EQ(ops_.got.size(), attempts_ + 2) << "what waited, and the letter";
}

TEST_F(AlertEngineTest, TwoHundredAlertsWhileTheReceiverIsAwayAndTheAgentIsKilledTenTimes) {
  ops_.answer = ErrorClass::Unavailable;
  for (int round = 0; round < 10; ++round) {
    std::vector<engine::ServiceView> services;
    for (int i = 0; i < 20; ++i) {
      services.push_back(failing(("s" + std::to_string(round * 20 + i)).c_str()));
    }
    show(services);
    pass(5min);
    kill();
  }
  show({});
  pass(1h);
  ops_.answer = ErrorClass::Ok;
  const auto before = ops_.got.size();
  pass(2h);
  std::map<std::string, int> ends;
  for (auto at = before; at < ops_.got.size(); ++at) {
    const auto content = boost::json::parse(ops_.got[at].contentJson);
    for (const auto& alert : content.as_object().at("alerts").as_array()) {
      const auto& object = alert.as_object();
      if (object.at("alert") == "ImagePullFailed" && object.at("state") == "resolved")
        ++ends[std::string(object.at("service").as_string())];
    }
  }
  EXPECT_EQ(ends.size(), 200U) << "none is lost";
  for (const auto& [service, count] : ends)
    EXPECT_EQ(count, 1) << service << " is told twice";
}

TEST_F(AlertEngineTest, TenThousandChangesInAMinuteMakeFewMessagesAndNoHeap) {
  // Each change is told at once, if the route were all that there is.
  Route route;
  route.number = 1;
  route.to = {"ops", "site"};
  route.groupWait = 0ms;
  engine_->reconfigure(
      {.receivers = {}, .routes = {route}, .outbox = {}, .deviceName = {}, .agentVersion = {}});
  constexpr int kChanges = 10'000;
  constexpr std::size_t kWarm = kChanges / 10;
  std::size_t heap = 0;
  for (std::size_t i = 0; i < kChanges; ++i) {
    began_ = clock_.now();
    show({i % 2 == 0 ? failing() : serviceNamed("web")});
    clock_.time.pass(1min / kChanges);
    if (i == kWarm)
      heap = ::mallinfo2().uordblks;
  }
  // Also what the receivers got is on the heap: some kilobytes.
  EXPECT_LT(::mallinfo2().uordblks, heap + 64 * 1024);
  EXPECT_LT(store_.kept.size(), 10U);
  pass(24h);  // it has settled: that is told, too
  for (const Receiver* receiver : {&ops_, &site_}) {
    EXPECT_GE(receiver->got.size(), 1U);
    EXPECT_LE(receiver->got.size(), 12U);
  }
}

}  // namespace
}  // namespace holdfast::alerts

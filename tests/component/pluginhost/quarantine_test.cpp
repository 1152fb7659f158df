// SPDX-License-Identifier: Apache-2.0
// Plugins that crashed the agent before: kept out, answered for, brought in when their time comes.
#include "pluginhost/crash_history.hpp"
#include "registry_fixture.hpp"

#include <condition_variable>
#include <fstream>
#include <future>

namespace holdfast::pluginhost {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

// Stands still until it is moved.
class ManualClock final : public model::Clock {
 public:
  [[nodiscard]] model::Now now() const override {
    const std::lock_guard lock(mutex_);
    return now_;
  }
  void advance(model::Milliseconds by) {
    const std::lock_guard lock(mutex_);
    now_.boot += by;
    now_.wall += by;
  }

 private:
  mutable std::mutex mutex_;
  model::Now now_{model::BootTime(1h), model::WallTime(24h)};
};

class QuarantineTest : public RegistryTest {
 protected:
  QuarantineTest() {
    put("scripted_runtime", "scripted");
    put("scripted_notifier", "bell");
    put("scripted_uplink", "mast");
  }

  [[nodiscard]] std::filesystem::path crashFile() const { return directory_.path() / "crashes"; }

  // A crash of this boot, so long ago.
  void crashed(const std::string& label, model::Milliseconds ago) {
    const auto now = time_.now();
    std::ofstream(crashFile(), std::ios::app)
        << model::bootId() << ' ' << (now.boot - ago).time_since_epoch().count() << ' '
        << (now.wall - ago).time_since_epoch().count() << " 11 " << label << '\n';
  }

  std::unique_ptr<Registry> start(const std::map<std::string, std::string>& options = {}) {
    auto with = settings();
    with.crashFile = crashFile();
    with.incidents = [this](const Incident& incident) {
      const std::lock_guard lock(mutex_);
      lifted_ = lifted_ || incident.kind == Incident::Kind::Lifted;
      if (incident.kind == Incident::Kind::Broken) {
        broken_ = incident.text;
      }
      changed_.notify_all();
    };
    auto registry = std::make_unique<Registry>(std::move(with), time_);
    registry->load({{"scripted", options},
                    {"bell", {{"to", directory_.path() / "ops"}}, HOLDFAST_KIND_NOTIFIER, "ops"},
                    {"mast", {{"to", directory_.path() / "told"}}, HOLDFAST_KIND_UPLINK}});
    return registry;
  }

  bool waitUntilLifted() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 30s, [this] { return lifted_; });
  }

  std::string waitUntilBroken() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, 30s, [this] { return !broken_.empty(); });
    return broken_;
  }

  static engine::CallResult health(engine::RuntimePort& runtime) {
    std::promise<engine::CallResult> answer;
    runtime.health([&](auto result) { answer.set_value(std::move(result)); });
    return answer.get_future().get();
  }

  static engine::CallResult deliver(alerts::NotifierPort& notifier) {
    std::promise<engine::CallResult> answer;
    notifier.deliver({}, 1, [&](auto result) { answer.set_value(std::move(result)); });
    return answer.get_future().get();
  }

  static engine::CallResult report(uplink::UplinkPort& uplink) {
    std::promise<engine::CallResult> answer;
    uplink.deliverReport(1, "{}", [&](auto result) { answer.set_value(std::move(result)); });
    return answer.get_future().get();
  }

  ManualClock time_;
  std::condition_variable changed_;
  bool lifted_ = false;
  std::string broken_;
};

TEST_F(QuarantineTest, OneCrashChangesNothing) {
  crashed("scripted", 1min);
  const auto registry = start();
  EXPECT_FALSE(registry->report()[0].refusal);
  EXPECT_TRUE(health(*registry->runtime("scripted")).ok());
}

TEST_F(QuarantineTest, ARuntimeIsKeptOutAndAnsweredFor) {
  crashed("scripted", 2min);
  crashed("scripted", 1min);
  const auto registry = start();
  const auto report = registry->report()[0];
  ASSERT_TRUE(report.refusal);
  EXPECT_EQ(report.refusal->stage(), Stage::Quarantine);
  EXPECT_THAT(report.refusal->reason(), HasSubstr("crashed the agent twice within 10m"));
  EXPECT_EQ(report.nextTry, time_.now().wall + 4min);
  EXPECT_FALSE(std::filesystem::exists(state() / "plugins" / "scripted")) << "nothing was made";

  auto* runtime = registry->runtime("scripted");
  ASSERT_NE(runtime, nullptr);
  EXPECT_EQ(runtime->name(), "scripted");
  EXPECT_EQ(registry->runtimes().size(), 1U);
  const auto result = health(*runtime);
  EXPECT_EQ(result.errorClass, sdk::ErrorClass::Unavailable);
  EXPECT_EQ(result.message, report.refusal->reason());
  std::promise<engine::CallResult> observed;
  runtime->observe({}, [&](auto answer, auto) { observed.set_value(std::move(answer)); });
  EXPECT_EQ(observed.get_future().get().errorClass, sdk::ErrorClass::Unavailable);
  // The other one does not notice.
  EXPECT_FALSE(registry->report()[1].refusal);
  EXPECT_TRUE(deliver(*registry->notifier("ops")).ok());
}

TEST_F(QuarantineTest, ARuntimeComesInWhenItsTimeHasCome) {
  crashed("scripted", 2min);
  crashed("scripted", 1min);
  const auto registry = start();
  auto* runtime = registry->runtime("scripted");
  time_.advance(4min);
  EXPECT_FALSE(health(*runtime).ok()) << "it takes a moment";
  ASSERT_TRUE(waitUntilLifted());
  EXPECT_TRUE(health(*runtime).ok());
  EXPECT_EQ(registry->runtime("scripted"), runtime) << "as the engine knows it";
  const auto report = registry->report()[0];
  EXPECT_FALSE(report.refusal);
  EXPECT_FALSE(report.nextTry);
  EXPECT_NE(registry->console("scripted"), nullptr);
  EXPECT_TRUE(registry->drain(30s));
}

TEST_F(QuarantineTest, ThatItIsStillRefusedAfterwardsIsTold) {
  crashed("scripted", 2min);
  crashed("scripted", 1min);
  const auto registry = start({{"start", "fail"}});
  time_.advance(4min);
  EXPECT_FALSE(health(*registry->runtime("scripted")).ok());
  EXPECT_THAT(waitUntilBroken(), HasSubstr("still refused after its quarantine: plugin scripted"));
  EXPECT_EQ(registry->report()[0].refusal->stage(), Stage::Start);
}

TEST_F(QuarantineTest, ANotifierComesInWhenItsTimeHasCome) {
  crashed("bell.ops", 2min);
  crashed("bell.site", 1min);
  const auto registry = start();
  auto* notifier = registry->notifier("ops");
  ASSERT_NE(notifier, nullptr);
  EXPECT_EQ(deliver(*notifier).errorClass, sdk::ErrorClass::Unavailable);
  EXPECT_TRUE(health(*registry->runtime("scripted")).ok());
  time_.advance(4min);
  EXPECT_FALSE(deliver(*notifier).ok());
  ASSERT_TRUE(waitUntilLifted());
  EXPECT_TRUE(deliver(*notifier).ok());
  EXPECT_EQ(registry->notifierReports()[0].deliveries->delivered, 1U);
}

TEST_F(QuarantineTest, AnUplinkComesInWhenItsTimeHasCome) {
  crashed("mast", 2min);
  crashed("mast", 1min);
  const auto registry = start();
  auto* uplink = registry->uplink();
  ASSERT_NE(uplink, nullptr);
  EXPECT_EQ(uplink->name(), "mast");
  EXPECT_EQ(uplink->enrolment(), sdk::EnrolmentStep::None);
  EXPECT_TRUE(uplink->facts().empty());
  EXPECT_EQ(report(*uplink).errorClass, sdk::ErrorClass::Unavailable);
  std::promise<engine::CallResult> fetched;
  uplink->fetchTarget("", [&](auto answer, auto target) {
    EXPECT_FALSE(target);
    fetched.set_value(std::move(answer));
  });
  EXPECT_THAT(fetched.get_future().get().message, HasSubstr("crashed the agent twice"));
  time_.advance(4min);
  EXPECT_FALSE(report(*uplink).ok());
  ASSERT_TRUE(waitUntilLifted());
  EXPECT_TRUE(report(*uplink).ok());
  EXPECT_EQ(registry->uplink(), uplink) << "as the link knows it";
  EXPECT_EQ(uplink->facts().size(), 1U);
}

TEST_F(QuarantineTest, WrongOptionsAreToldFirst) {
  crashed("bell.ops", 2min);
  crashed("bell.ops", 1min);
  auto with = settings();
  with.crashFile = crashFile();
  Registry registry(std::move(with), time_);
  registry.load({{"bell", {}, HOLDFAST_KIND_NOTIFIER, "ops"}});
  ASSERT_TRUE(registry.report()[0].refusal);
  EXPECT_EQ(registry.report()[0].refusal->stage(), Stage::Options);
  EXPECT_EQ(registry.notifier("ops"), nullptr);
}

}  // namespace
}  // namespace holdfast::pluginhost

// SPDX-License-Identifier: Apache-2.0
// Notifiers beside runtimes, several instances of one plugin among them.
#include "registry_fixture.hpp"

#include <fstream>
#include <future>
#include <iterator>

namespace holdfast::pluginhost {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

using Options = std::map<std::string, std::string>;

class NotifierRegistryTest : public RegistryTest {
 protected:
  NotifierRegistryTest() {
    put("scripted_runtime", "scripted");
    bell_ = put("scripted_notifier", "bell");
  }

  // The receiver `name`, which writes into a file of that name.
  PluginRequest receiver(const std::string& name, Options options = {}) {
    options.emplace("to", fileOf(name));
    return {"bell", std::move(options), HOLDFAST_KIND_NOTIFIER, name};
  }

  std::string fileOf(const std::string& name) { return directory_.path() / (name + ".txt"); }

  std::string written(const std::string& name) {
    std::ifstream file(fileOf(name));
    return {std::istreambuf_iterator<char>(file), {}};
  }

  static alerts::Message message() {
    alerts::Message message;
    message.id = "id-1";
    message.group = "group-1";
    message.severity = sdk::Severity::Warning;
    message.title = "It rings";
    message.text = "once";
    message.contentJson = "{}";
    return message;
  }

  static engine::CallResult deliver(alerts::NotifierPort& port, int attempt = 1) {
    std::promise<engine::CallResult> answer;
    port.deliver(message(), attempt, [&](auto result) { answer.set_value(std::move(result)); });
    return answer.get_future().get();
  }

  std::filesystem::path bell_;
};

TEST_F(NotifierRegistryTest, SeveralInstancesOfOnePluginDeliverEachToItsOwn) {
  const auto registry =
      load({{"scripted", {}}, receiver("ops"), receiver("site", {{"resend", "60s"}})});
  const auto reports = registry->report();
  ASSERT_EQ(reports.size(), 3U);
  for (const auto& report : reports) {
    EXPECT_FALSE(report.refusal) << report.refusal->reason();
  }
  EXPECT_EQ(reports[0].instance, "scripted");
  EXPECT_EQ(reports[1].name, "bell");
  EXPECT_EQ(reports[1].instance, "ops");
  EXPECT_EQ(reports[1].kind, "notifier");
  EXPECT_EQ(reports[1].version, "2.0.0");
  EXPECT_EQ(reports[1].path, bell_.string());
  EXPECT_FALSE(reports[0].deliveries);

  ASSERT_EQ(registry->notifiers().size(), 2U);
  auto* ops = registry->notifier("ops");
  auto* site = registry->notifier("site");
  ASSERT_NE(ops, nullptr);
  ASSERT_NE(site, nullptr);
  EXPECT_EQ(ops->name(), "ops");
  EXPECT_EQ(ops->resendInterval().count(), 0);
  EXPECT_EQ(site->resendInterval().count(), 60'000);
  EXPECT_TRUE(deliver(*ops, 3).ok());
  EXPECT_EQ(written("ops"), "3 id-1 group-1 1 2\nIt rings\nonce\n{}\n");
  EXPECT_EQ(written("site"), "");
  EXPECT_TRUE(std::filesystem::is_directory(state() / "plugins" / "bell.ops"));
  EXPECT_TRUE(std::filesystem::is_directory(state() / "plugins" / "bell.site"));
}

TEST_F(NotifierRegistryTest, ItIsNoRuntimeAndARuntimeIsNoNotifier) {
  const auto registry = load({{"scripted", {}}, receiver("ops")});
  EXPECT_EQ(registry->runtimes().size(), 1U);
  EXPECT_EQ(registry->runtime("bell"), nullptr);
  EXPECT_EQ(registry->runtime("ops"), nullptr);
  EXPECT_EQ(registry->console("ops"), nullptr);
  EXPECT_EQ(registry->notifier("scripted"), nullptr);
  EXPECT_EQ(registry->notifier("bell"), nullptr);
}

TEST_F(NotifierRegistryTest, ANotifierInThePlaceOfARuntimeIsRefusedAndToldItsPlace) {
  const auto reports = load({{"bell", {}}})->report();
  ASSERT_TRUE(reports[0].refusal);
  EXPECT_EQ(reports[0].refusal->stage(), Stage::Handshake);
  EXPECT_THAT(reports[0].refusal->reason(),
              AllOf(HasSubstr("is a notifier plugin"), HasSubstr("notifier.<name>.plugin")));
}

TEST_F(NotifierRegistryTest, ARuntimeInThePlaceOfANotifierIsRefusedAndGoesOnAsARuntime) {
  const auto registry = load({{"scripted", {}}, {"scripted", {}, HOLDFAST_KIND_NOTIFIER, "ops"}});
  EXPECT_NE(registry->runtime("scripted"), nullptr);
  const auto reports = registry->notifierReports();
  ASSERT_EQ(reports.size(), 1U);
  ASSERT_TRUE(reports[0].refusal);
  EXPECT_EQ(reports[0].instance, "ops");
  EXPECT_THAT(reports[0].refusal->reason(),
              AllOf(HasSubstr("is a runtime plugin"), HasSubstr("plugins.load")));
}

TEST_F(NotifierRegistryTest, SaysWhereTheWrongOptionsStand) {
  auto request = receiver("ops", {{"tow", "/x"}});
  request.origin = "a.properties:1";
  request.optionOrigins = {{"tow", "b.properties:2"}};
  const auto reports = load({request})->report();
  ASSERT_TRUE(reports[0].refusal);
  EXPECT_EQ(reports[0].refusal->stage(), Stage::Options);
  EXPECT_THAT(reports[0].refusal->reason(), HasSubstr("did you mean to? (b.properties:2)"));
}

TEST_F(NotifierRegistryTest, ARefusedOneDoesNotDisturbTheOthers) {
  const auto registry = load({{"scripted", {}},
                              receiver("bad", {{"deliver", "perhaps"}}),
                              receiver("failing", {{"start", "fail"}}),
                              {"absent", {}, HOLDFAST_KIND_NOTIFIER, "gone"},
                              receiver("ops")});
  const auto reports = registry->notifierReports();
  ASSERT_EQ(reports.size(), 4U);
  ASSERT_TRUE(reports[0].refusal);
  EXPECT_EQ(reports[0].refusal->stage(), Stage::Options);
  EXPECT_THAT(reports[0].refusal->reason(), HasSubstr("plugin bell.bad: "));
  ASSERT_TRUE(reports[1].refusal);
  EXPECT_EQ(reports[1].refusal->stage(), Stage::Start);
  EXPECT_EQ(reports[1].refusal->reason(), "plugin bell.failing: told to fail");
  ASSERT_TRUE(reports[2].refusal);
  EXPECT_EQ(reports[2].refusal->stage(), Stage::Trust);
  EXPECT_FALSE(reports[3].refusal);
  EXPECT_EQ(registry->notifier("bad"), nullptr);
  ASSERT_EQ(registry->notifiers().size(), 1U);
  EXPECT_TRUE(deliver(*registry->notifier("ops")).ok());
  EXPECT_NE(registry->runtime("scripted"), nullptr);
}

TEST_F(NotifierRegistryTest, RefusesASecondOneOfOneName) {
  const auto registry = load({receiver("ops"), receiver("ops"), receiver("../ops")});
  const auto reports = registry->report();
  EXPECT_FALSE(reports[0].refusal);
  ASSERT_TRUE(reports[1].refusal);
  EXPECT_EQ(reports[1].refusal->reason(), "plugin bell.ops is named twice; name it once");
  ASSERT_TRUE(reports[2].refusal);
  EXPECT_EQ(reports[2].refusal->stage(), Stage::Configuration);
  EXPECT_EQ(registry->notifiers().size(), 1U);
}

TEST_F(NotifierRegistryTest, RemembersWhatBecameOfItsDeliveries) {
  const auto registry = load({receiver("ops"), receiver("down", {{"deliver", "refuse"}})});
  EXPECT_TRUE(deliver(*registry->notifier("ops")).ok());
  const auto refused = deliver(*registry->notifier("down"));
  EXPECT_EQ(refused.errorClass, sdk::ErrorClass::Denied);
  deliver(*registry->notifier("down"));

  const auto reports = registry->notifierReports();
  ASSERT_TRUE(reports[0].deliveries);
  EXPECT_EQ(reports[0].deliveries->delivered, 1U);
  EXPECT_EQ(reports[0].deliveries->failedInARow, 0U);
  EXPECT_TRUE(reports[0].deliveries->lastDeliveredAt);
  ASSERT_TRUE(reports[1].deliveries);
  EXPECT_EQ(reports[1].deliveries->failed, 2U);
  EXPECT_EQ(reports[1].deliveries->failedInARow, 2U);
  EXPECT_TRUE(reports[1].deliveries->lastAttemptAt);
  EXPECT_FALSE(reports[1].deliveries->lastDeliveredAt);
  EXPECT_EQ(reports[1].deliveries->latest.message, "the receiver answered 403 Forbidden");
}

TEST_F(NotifierRegistryTest, AStuckDeliveryIsTheAffairOfItsInstanceAlone) {
  const auto gate = directory_.path() / "gate";
  ASSERT_EQ(::mkfifo(gate.c_str(), 0600), 0);
  auto with = settings();
  with.deliveryLimit = model::Milliseconds(20);
  with.supervision.stuckForQuarantine = 1;
  const auto registry = load(
      with, {receiver("stuck", {{"deliver", "hang"}, {"gate", gate.string()}}), receiver("ops")});
  const auto result = deliver(*registry->notifier("stuck"));
  EXPECT_TRUE(result.stuck);
  EXPECT_THAT(result.message, HasSubstr("plugin bell.stuck: deliver does not return"));
  EXPECT_TRUE(registry->report()[0].health.quarantined);
  EXPECT_THAT(deliver(*registry->notifier("stuck")).message, HasSubstr("is quarantined"));
  EXPECT_FALSE(registry->report()[1].health.quarantined);
  EXPECT_TRUE(deliver(*registry->notifier("ops")).ok());
  {
    const std::lock_guard lock(mutex_);
    ASSERT_FALSE(incidents_.empty());
    EXPECT_EQ(incidents_[0].plugin, "bell.stuck");
  }
  std::ofstream open(gate);
  EXPECT_TRUE(registry->drain(model::Milliseconds(30'000)));
}

TEST_F(NotifierRegistryTest, ADeliveryThatTakesTooLongIsCancelled) {
  auto with = settings();
  with.deliveryLimit = model::Milliseconds(20);
  const auto registry = load(with, {receiver("slow", {{"deliver", "wait"}})});
  const auto result = deliver(*registry->notifier("slow"));
  EXPECT_EQ(result.errorClass, sdk::ErrorClass::Unavailable);
  EXPECT_THAT(result.message, HasSubstr("deliver: no answer within 20ms"));
}

TEST_F(NotifierRegistryTest, NoReceiverIsFloodedByASlipOfUnits) {
  const auto registry = load({receiver("ops", {{"resend", "5ms"}})});
  EXPECT_EQ(registry->notifier("ops")->resendInterval(), kLeastResend);
}

}  // namespace
}  // namespace holdfast::pluginhost

// SPDX-License-Identifier: Apache-2.0
// The uplink beside the other kinds.
#include "registry_fixture.hpp"

#include <fstream>
#include <future>
#include <iterator>

namespace holdfast::pluginhost {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

using Options = std::map<std::string, std::string>;

class UplinkRegistryTest : public RegistryTest {
 protected:
  UplinkRegistryTest() {
    put("scripted_runtime", "scripted");
    mast_ = put("scripted_uplink", "mast");
  }

  PluginRequest uplink(Options options = {}, const std::string& name = "mast") {
    options.emplace("to", file());
    return {name, std::move(options), HOLDFAST_KIND_UPLINK};
  }

  std::string file() { return directory_.path() / "told.txt"; }

  std::string told() {
    std::ifstream in(file());
    return {std::istreambuf_iterator<char>(in), {}};
  }

  static engine::CallResult fetch(uplink::UplinkPort& port,
                                  std::optional<uplink::FetchedTarget>* target = nullptr) {
    std::promise<engine::CallResult> answer;
    port.fetchTarget("etag-0", [&](auto result, auto fetched) {
      if (target != nullptr) {
        *target = std::move(fetched);
      }
      answer.set_value(std::move(result));
    });
    return answer.get_future().get();
  }

  std::filesystem::path mast_;
};

TEST_F(UplinkRegistryTest, IsLoadedAndSpokenTo) {
  const auto registry = load({{"scripted", {}}, uplink()});
  const auto report = registry->report().at(1);
  EXPECT_FALSE(report.refusal) << report.refusal->reason();
  EXPECT_EQ(report.kind, "uplink");
  EXPECT_EQ(report.label, "mast");
  EXPECT_EQ(report.version, "3.0.0");
  EXPECT_EQ(report.abi, "0.1");
  EXPECT_EQ(report.path, mast_.string());
  EXPECT_FALSE(report.deliveries);

  auto* port = registry->uplink();
  ASSERT_NE(port, nullptr);
  EXPECT_EQ(port->name(), "mast");
  ASSERT_EQ(port->facts().size(), 1U);
  EXPECT_EQ(port->facts().front().name, "url");
  EXPECT_EQ(port->facts().front().value, "https://cloud");
  std::optional<uplink::FetchedTarget> target;
  EXPECT_TRUE(fetch(*port, &target).ok());
  ASSERT_TRUE(target);
  EXPECT_EQ(target->document, "{}");
  EXPECT_EQ(target->etag, "etag-1");
  EXPECT_EQ(told(), "fetch etag-0\n");
  EXPECT_TRUE(registry->drain(model::Milliseconds(30'000)));
}

TEST_F(UplinkRegistryTest, IsNothingElseAndNothingElseIsIt) {
  const auto registry = load({{"scripted", {}}, uplink()});
  EXPECT_EQ(registry->runtimes().size(), 1U);
  EXPECT_EQ(registry->runtime("mast"), nullptr);
  EXPECT_EQ(registry->console("mast"), nullptr);
  EXPECT_TRUE(registry->notifiers().empty());
  EXPECT_TRUE(registry->notifierReports().empty());
  EXPECT_EQ(load({{"scripted", {}}})->uplink(), nullptr);
}

TEST_F(UplinkRegistryTest, OneInThePlaceOfARuntimeIsRefusedAndToldItsPlace) {
  const auto registry = load({{"mast", {{"to", file()}}}, {"scripted", {}, HOLDFAST_KIND_UPLINK}});
  const auto reports = registry->report();
  ASSERT_TRUE(reports.at(0).refusal);
  EXPECT_THAT(reports.at(0).refusal->reason(),
              AllOf(HasSubstr("it is an uplink plugin, but was asked for as a runtime"),
                    HasSubstr("name it as uplink.plugin")));
  ASSERT_TRUE(reports.at(1).refusal);
  EXPECT_EQ(reports.at(1).refusal->stage(), Stage::Handshake);
  EXPECT_THAT(reports.at(1).refusal->reason(), HasSubstr("asked for as an uplink"));
  EXPECT_EQ(registry->uplink(), nullptr);
}

TEST_F(UplinkRegistryTest, ThereIsOne) {
  put("scripted_uplink", "mizzen");
  const auto registry = load({uplink(), uplink({}, "mizzen"), uplink()});
  const auto reports = registry->report();
  EXPECT_FALSE(reports.at(0).refusal);
  ASSERT_TRUE(reports.at(1).refusal);
  EXPECT_EQ(reports.at(1).refusal->stage(), Stage::Configuration);
  EXPECT_EQ(reports.at(1).refusal->reason(),
            "plugin mizzen would be a second uplink beside mast; an agent has one");
  ASSERT_TRUE(reports.at(2).refusal);
  EXPECT_EQ(reports.at(2).refusal->reason(), "plugin mast is named twice; name it once");
  EXPECT_EQ(registry->uplink()->name(), "mast");
}

TEST_F(UplinkRegistryTest, ARefusedOneStaysVisibleAndTellsNoValue) {
  const auto registry =
      load({{"scripted", {}}, uplink({{"url", "https://me:password@cloud.example.org"}})});
  const auto report = registry->report().at(1);
  ASSERT_TRUE(report.refusal);
  EXPECT_EQ(report.refusal->stage(), Stage::Options);
  EXPECT_THAT(report.refusal->reason(), AllOf(HasSubstr("plugin mast: "), HasSubstr("url")));
  EXPECT_THAT(report.refusal->reason(), Not(HasSubstr("password")));
  EXPECT_EQ(report.kind, "uplink");
  EXPECT_EQ(registry->uplink(), nullptr);
  EXPECT_NE(registry->runtime("scripted"), nullptr);
}

TEST_F(UplinkRegistryTest, OneWithAnUnknownStepIsRefusedAtItsStart) {
  const auto registry = load({uplink({{"enrolment", "nonsense"}})});
  const auto report = registry->report().at(0);
  ASSERT_TRUE(report.refusal);
  EXPECT_EQ(report.refusal->stage(), Stage::Start);
  EXPECT_EQ(report.refusal->reason(), "plugin mast: enrolment returned the unknown step 77");
}

TEST_F(UplinkRegistryTest, KnowsTheStepBeforeAndAfterTheEnrolment) {
  const auto registry = load({uplink({{"enrolment", "register"}})});
  auto* port = registry->uplink();
  ASSERT_NE(port, nullptr);
  EXPECT_EQ(port->enrolment(), sdk::EnrolmentStep::Register);
  std::promise<engine::CallResult> answer;
  port->enrol({.uuid = "6f1c", .name = "gateway-17"},
              [&](auto result) { answer.set_value(std::move(result)); });
  EXPECT_TRUE(answer.get_future().get().ok());
  EXPECT_EQ(port->enrolment(), sdk::EnrolmentStep::None);
  EXPECT_EQ(told(), "enrol 6f1c gateway-17\n");
}

TEST_F(UplinkRegistryTest, AStuckCallIsGivenUpAndCounted) {
  const auto gate = directory_.path() / "gate";
  ASSERT_EQ(::mkfifo(gate.c_str(), 0600), 0);
  auto with = settings();
  with.uplinkDeadlines.fetchTarget = model::Milliseconds(20);
  with.supervision.stuckForQuarantine = 1;
  const auto registry = load(with, {uplink({{"fetch", "hang"}, {"gate", gate.string()}})});
  const auto result = fetch(*registry->uplink());
  EXPECT_TRUE(result.stuck);
  EXPECT_THAT(result.message, HasSubstr("plugin mast: fetchTarget does not return"));
  EXPECT_TRUE(registry->report().at(0).health.quarantined);
  EXPECT_THAT(fetch(*registry->uplink()).message, HasSubstr("is quarantined"));
  std::ofstream open(gate);
  EXPECT_TRUE(registry->drain(model::Milliseconds(30'000)));
}

}  // namespace
}  // namespace holdfast::pluginhost

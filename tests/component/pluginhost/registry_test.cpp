// SPDX-License-Identifier: Apache-2.0
#include "pluginhost/registry.hpp"

#include "registry_fixture.hpp"

#include <future>

namespace holdfast::pluginhost {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr model::Milliseconds kLong{30'000};

class Reader final : public OutputReader {
 public:
  bool output(const OutputChunk& chunk) override {
    chunks.push_back(chunk.bytes);
    return true;
  }
  bool present() override { return true; }
  std::vector<std::string> chunks;
};

TEST_F(RegistryTest, LoadsAPluginAndReportsIt) {
  const auto file = put("scripted_runtime", "scripted");
  const auto registry = load({{"scripted", {{"timeout", "1m"}}}});
  const auto reports = registry->report();
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_FALSE(reports[0].refusal) << reports[0].refusal->reason();
  EXPECT_EQ(reports[0].name, "scripted");
  EXPECT_EQ(reports[0].kind, "runtime");
  EXPECT_EQ(reports[0].version, "1.2.3");
  EXPECT_EQ(reports[0].abi, "0.2");
  EXPECT_EQ(reports[0].path, file.string());
  EXPECT_EQ(reports[0].toolchain, HOLDFAST_TOOLCHAIN_TAG);
  EXPECT_EQ(reports[0].options.size(), 7U);
  EXPECT_FALSE(reports[0].changedOnDisk);
  ASSERT_NE(registry->runtime("scripted"), nullptr);
  EXPECT_EQ(registry->runtime("scripted")->name(), "scripted");
  EXPECT_THAT(registry->runtimes(), ElementsAre(registry->runtime("scripted")));
}

TEST_F(RegistryTest, CallsReachThePluginAndComeBack) {
  put("scripted_runtime", "scripted");
  const auto registry = load({{"scripted", {}}});
  auto* runtime = registry->runtime("scripted");
  ASSERT_NE(runtime, nullptr);

  std::promise<engine::EngineInfo> info;
  runtime->engineInfo([&](auto, auto got) { info.set_value(std::move(got)); });
  EXPECT_EQ(info.get_future().get().dataRoot, (state() / "plugins" / "scripted").string());

  std::promise<model::Observation> observation;
  runtime->observe({"a", "b"}, [&](auto, auto got) { observation.set_value(std::move(got)); });
  EXPECT_EQ(observation.get_future().get().images.size(), 2U);

  std::promise<engine::CallResult> validated;
  runtime->validate("[]", [&](auto result) { validated.set_value(std::move(result)); });
  EXPECT_EQ(validated.get_future().get().message, "spec: expected {}");

  Reader reader;
  LogQuery query;
  query.tail = 3;
  EXPECT_TRUE(registry->console("scripted")->logs(query, reader).ok());
  EXPECT_THAT(reader.chunks, ElementsAre("line 0", "line 1", "line 2"));

  Reader output;
  const auto outcome = registry->console("scripted")->exec({"id", {"true"}}, output);
  EXPECT_EQ(outcome.exitCode, 7);
  EXPECT_THAT(output.chunks, ElementsAre("true"));
}

TEST_F(RegistryTest, LongCallsEndWithTheRegistry) {
  put("scripted_runtime", "scripted");
  const auto registry = load({{"scripted", {{"call", "wait"}}}});
  auto* runtime = registry->runtime("scripted");
  std::promise<void> connected;
  std::promise<engine::CallResult> watched;
  const auto watch = runtime->watch([&](auto) { connected.set_value(); },
                                    [&](auto result) { watched.set_value(std::move(result)); });
  std::promise<void> progressed;
  std::promise<engine::CallResult> pulled;
  const auto pull = runtime->pull(
      "image", [&](auto) { progressed.set_value(); },
      [&](auto result) { pulled.set_value(std::move(result)); });
  connected.get_future().wait();
  progressed.get_future().wait();
  EXPECT_EQ(registry->report()[0].health.runningCalls, 2U);
  EXPECT_TRUE(registry->drain(kLong));
  EXPECT_EQ(watched.get_future().get().errorClass, sdk::ErrorClass::Cancelled);
  EXPECT_EQ(pulled.get_future().get().errorClass, sdk::ErrorClass::Cancelled);
  EXPECT_TRUE(registry->drain(kLong)) << "twice does no harm";
}

TEST_F(RegistryTest, RefusesASecondPluginOfOneName) {
  put("scripted_runtime", "scripted");
  const auto registry = load({{"scripted", {}}, {"scripted", {}}});
  const auto reports = registry->report();
  ASSERT_EQ(reports.size(), 2U);
  EXPECT_FALSE(reports[0].refusal);
  ASSERT_TRUE(reports[1].refusal);
  EXPECT_EQ(reports[1].refusal->stage(), Stage::Configuration);
  EXPECT_THAT(reports[1].refusal->reason(), HasSubstr("named twice"));
  EXPECT_NE(registry->runtime("scripted"), nullptr);
}

TEST_F(RegistryTest, RefusesNamesThatCouldLeaveTheFolder) {
  const auto report = load({{"../evil", {}}})->report()[0];
  ASSERT_TRUE(report.refusal);
  EXPECT_EQ(report.refusal->stage(), Stage::Configuration);
}

TEST_F(RegistryTest, RefusesWhatIsNotThere) {
  const auto report = load({{"podman", {}}})->report()[0];
  ASSERT_TRUE(report.refusal);
  EXPECT_EQ(report.refusal->stage(), Stage::Trust);
  EXPECT_THAT(report.refusal->reason(), HasSubstr("podman.so does not exist"));
}

TEST_F(RegistryTest, RefusesWrongOptionsBeforeAnythingIsLoaded) {
  put("scripted_runtime", "scripted");
  const auto report = load({{"scripted", {{"timeuot", "1s"}, {"call", "sometimes"}}}})->report()[0];
  ASSERT_TRUE(report.refusal);
  EXPECT_EQ(report.refusal->stage(), Stage::Options);
  EXPECT_THAT(report.refusal->reason(),
              AllOf(HasSubstr("plugin scripted: "), HasSubstr("did you mean timeout?"),
                    HasSubstr("; option call is \"sometimes\", expected one of ok, ")));
}

TEST_F(RegistryTest, NoticesANewFileOnDisk) {
  const auto file = put("scripted_runtime", "scripted");
  const auto registry = load({{"scripted", {}}});
  const auto other = put("scripted_runtime", "other");
  std::filesystem::rename(other, file);
  EXPECT_TRUE(registry->report()[0].changedOnDisk);
}

TEST_F(RegistryTest, InspectsAFileWithoutLoadingIt) {
  const auto file = put("scripted_runtime", "scripted");
  const auto registry = load({});
  const auto report = registry->inspect(file);
  EXPECT_FALSE(report.refusal);
  EXPECT_EQ(report.name, "scripted");
  EXPECT_EQ(report.version, "1.2.3");
  EXPECT_EQ(report.options.size(), 7U);
  EXPECT_TRUE(registry->report().empty());

  const auto bad = registry->inspect(put("hostile_crashes_loading", "crashes"));
  ASSERT_TRUE(bad.refusal);
  EXPECT_EQ(bad.refusal->stage(), Stage::Probe);
  const auto picky = registry->inspect(put("hostile_refuses_host", "picky"));
  ASSERT_TRUE(picky.refusal) << "the child asks the plugin too";
  EXPECT_EQ(picky.refusal->stage(), Stage::Handshake);
  const auto schema = registry->inspect(put("hostile_wrong_schema", "hostile"));
  ASSERT_TRUE(schema.refusal);
  EXPECT_EQ(schema.refusal->stage(), Stage::Options);
}

// The same as load() would say, which looks for a plugin in the file of its name.
TEST_F(RegistryTest, InspectsTheNameOfAFile) {
  const auto registry = load({});
  for (const auto* name : {"anything", "libscripted"}) {
    const auto report = registry->inspect(put("scripted_runtime", name));
    EXPECT_EQ(report.name, "scripted");
    EXPECT_EQ(report.version, "1.2.3") << "what it is can be told all the same";
    ASSERT_TRUE(report.refusal) << name;
    EXPECT_EQ(report.refusal->stage(), Stage::Handshake);
    EXPECT_THAT(report.refusal->reason(), HasSubstr("rename it to scripted.so"));
  }
}

TEST_F(RegistryTest, SaysThatAProbeCannotBeStarted) {
  put("scripted_runtime", "scripted");
  auto with = settings();
  with.probe.arguments = {"/nowhere/holdfastd", "--probe-plugin"};
  const auto report = load(with, {{"scripted", {}}})->report()[0];
  ASSERT_TRUE(report.refusal);
  EXPECT_EQ(report.refusal->stage(), Stage::Probe);
  EXPECT_THAT(report.refusal->reason(), HasSubstr("/nowhere/holdfastd"));
}

TEST_F(RegistryTest, RefusesWithoutAStateDirectory) {
  put("scripted_runtime", "scripted");
  auto with = settings();
  with.stateDirectory = "/proc/nowhere";
  const auto report = load(with, {{"scripted", {}}})->report()[0];
  ASSERT_TRUE(report.refusal);
  EXPECT_EQ(report.refusal->stage(), Stage::Create);
  EXPECT_THAT(report.refusal->reason(), HasSubstr("state directory"));
}

}  // namespace
}  // namespace holdfast::pluginhost

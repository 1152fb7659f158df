// SPDX-License-Identifier: Apache-2.0
// One plugin after the other that goes wrong on its way in. Each test is also the proof that this
// process lives on.
#include "registry_fixture.hpp"

#include <Poco/AutoPtr.h>
#include <Poco/Channel.h>
#include <Poco/Logger.h>
#include <Poco/Message.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <future>

namespace holdfast::pluginhost {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class HostilePlugin : public RegistryTest {
 protected:
  // Loads a fixture as the plugin "hostile"; beside it one that behaves, which must not notice.
  Refusal refusalOf(const std::string& fixture, model::Milliseconds probeLimit = kProbeTime) {
    file_ = put(fixture, "hostile");
    put("scripted_runtime", "scripted");
    auto with = settings();
    with.probeLimit = probeLimit;
    const auto registry = load(with, {{"hostile", {}}, {"scripted", {}}});
    const auto reports = registry->report();
    EXPECT_EQ(reports.size(), 2U);
    EXPECT_FALSE(reports[1].refusal) << reports[1].refusal->reason();
    EXPECT_EQ(registry->runtime("hostile"), nullptr);
    EXPECT_EQ(reports[0].path, file_.string());
    if (!reports[0].refusal) {
      ADD_FAILURE() << fixture << " was not refused";
      return {};
    }
    EXPECT_THAT(reports[0].refusal->reason(), HasSubstr("hostile")) << "names the plugin";
    return *reports[0].refusal;
  }

  std::filesystem::path file_;
};

TEST_F(HostilePlugin, WithTheWrongMagic) {
  const auto refusal = refusalOf("hostile_wrong_magic");
  EXPECT_EQ(refusal.stage(), Stage::Handshake);
  EXPECT_THAT(refusal.reason(), AllOf(HasSubstr("not a Holdfast plugin"), HasSubstr("0x12345678")));
}

TEST_F(HostilePlugin, OfAnotherAbi) {
  const auto refusal = refusalOf("hostile_wrong_abi");
  EXPECT_EQ(refusal.stage(), Stage::Handshake);
  EXPECT_THAT(refusal.reason(), AllOf(HasSubstr("runtime ABI 0.43"), HasSubstr("runtime ABI 0.2")));
}

TEST_F(HostilePlugin, OfAnotherToolchain) {
  const auto refusal = refusalOf("hostile_wrong_toolchain");
  EXPECT_EQ(refusal.stage(), Stage::Handshake);
  EXPECT_THAT(refusal.reason(), HasSubstr("stl=debug against stl=plain"));
}

TEST_F(HostilePlugin, ThatRefusesTheAgent) {
  const auto refusal = refusalOf("hostile_refuses_host");
  EXPECT_EQ(refusal.stage(), Stage::Handshake);
  EXPECT_THAT(refusal.reason(),
              HasSubstr("refuses agent 0.1.0: agents like 0.1.0 are not welcome"));
}

TEST_F(HostilePlugin, WithoutTheSymbol) {
  const auto refusal = refusalOf("hostile_no_symbol");
  EXPECT_EQ(refusal.stage(), Stage::Probe);
  EXPECT_THAT(refusal.reason(), HasSubstr("does not export holdfast_plugin_v1"));
}

TEST_F(HostilePlugin, WithASecondSymbol) {
  const auto refusal = refusalOf("hostile_two_symbols");
  EXPECT_EQ(refusal.stage(), Stage::Probe);
  EXPECT_THAT(refusal.reason(), AllOf(HasSubstr("symbols (leaked for one)"),
                                      HasSubstr("expected holdfast_plugin_v1 alone")));
}

TEST_F(HostilePlugin, ThatThrowsWhileItIsLoaded) {
  const auto refusal = refusalOf("hostile_throws_loading");
  EXPECT_EQ(refusal.stage(), Stage::Probe);
  EXPECT_THAT(refusal.reason(),
              AllOf(HasSubstr("threw while it was loaded"), HasSubstr("not in the mood")));
}

TEST_F(HostilePlugin, ThatExitsWhileItIsLoaded) {
  const auto refusal = refusalOf("hostile_exits_loading");
  EXPECT_EQ(refusal.stage(), Stage::Probe);
  EXPECT_THAT(refusal.reason(), HasSubstr("ended the process (exit status 0)"));
}

TEST_F(HostilePlugin, ThatCrashesWhileItIsLoaded) {
  const auto refusal = refusalOf("hostile_crashes_loading");
  EXPECT_EQ(refusal.stage(), Stage::Probe);
  EXPECT_THAT(refusal.reason(), HasSubstr("crashed while it was loaded (SIGSEGV)"));
}

TEST_F(HostilePlugin, ThatHangsWhileItIsLoaded) {
  const auto refusal = refusalOf("hostile_hangs_loading", model::Milliseconds(2'000));
  EXPECT_EQ(refusal.stage(), Stage::Probe);
  EXPECT_THAT(refusal.reason(), HasSubstr("did not finish loading within 2000 ms"));
}

TEST_F(HostilePlugin, ThatThrowsInCreate) {
  const auto refusal = refusalOf("hostile_throws_creating");
  EXPECT_EQ(refusal.stage(), Stage::Create);
  EXPECT_THAT(refusal.reason(), HasSubstr("create threw: no instance today"));
}

TEST_F(HostilePlugin, WithASchemaThatIsNone) {
  const auto refusal = refusalOf("hostile_wrong_schema");
  EXPECT_EQ(refusal.stage(), Stage::Options);
  EXPECT_THAT(refusal.reason(), HasSubstr("\"url\""));
}

// It gets as far as its create, which makes nothing.
TEST_F(HostilePlugin, ThatPrintsWhatLooksLikeAReport) {
  const auto refusal = refusalOf("hostile_talks_loading");
  EXPECT_EQ(refusal.stage(), Stage::Create) << refusal.reason();
  EXPECT_THAT(refusal.reason(), HasSubstr("gave no reason"));
}

TEST_F(HostilePlugin, ThatEverybodyCanWrite) {
  const auto file = put("scripted_runtime", "scripted");
  ASSERT_EQ(::chmod(file.c_str(), 0666), 0);
  const auto report = load({{"scripted", {}}})->report()[0];
  ASSERT_TRUE(report.refusal);
  EXPECT_EQ(report.refusal->stage(), Stage::Trust);
  EXPECT_THAT(report.refusal->reason(), AllOf(HasSubstr("scripted.so is writable by its group and"),
                                              HasSubstr("chmod go-w")));
}

TEST_F(HostilePlugin, ThatIsNoLibrary) {
  for (const char* content : {"#!/bin/sh\n",
                              "\x7f"
                              "ELF",
                              ""}) {
    const auto file = plugins() / "text.so";
    std::ofstream(file, std::ios::trunc) << content;
    ASSERT_EQ(::chmod(file.c_str(), 0644), 0);
    const auto report = load({{"text", {}}})->report()[0];
    ASSERT_TRUE(report.refusal);
    EXPECT_EQ(report.refusal->stage(), Stage::Probe) << report.refusal->reason();
    EXPECT_THAT(report.refusal->reason(), HasSubstr("text.so"));
  }
}

TEST_F(HostilePlugin, UnderANameThatIsNotItsOwn) {
  put("scripted_runtime", "docker");
  const auto report = load({{"docker", {}}})->report()[0];
  ASSERT_TRUE(report.refusal);
  EXPECT_EQ(report.refusal->stage(), Stage::Handshake);
  EXPECT_THAT(report.refusal->reason(),
              AllOf(HasSubstr("calls itself \"scripted\""), HasSubstr("\"docker\"")));
}

TEST_F(HostilePlugin, ThatThrowsInItsConstructor) {
  put("scripted_runtime", "scripted");
  const auto report = load({{"scripted", {{"create", "throw"}}}})->report()[0];
  ASSERT_TRUE(report.refusal);
  EXPECT_EQ(report.refusal->stage(), Stage::Create);
  EXPECT_EQ(report.refusal->reason(), "plugin scripted: option create: told to throw");
}

TEST_F(HostilePlugin, ThatFailsOrThrowsInStart) {
  put("scripted_runtime", "scripted");
  auto report = load({{"scripted", {{"start", "fail"}}}})->report()[0];
  ASSERT_TRUE(report.refusal);
  EXPECT_EQ(report.refusal->stage(), Stage::Start);
  EXPECT_EQ(report.refusal->reason(), "plugin scripted: told to fail");
  report = load({{"scripted", {{"start", "throw"}}}})->report()[0];
  ASSERT_TRUE(report.refusal);
  EXPECT_EQ(report.refusal->stage(), Stage::Start);
  EXPECT_THAT(report.refusal->reason(), HasSubstr("told to throw"));
}

class HangingPlugin : public HostilePlugin {
 protected:
  void SetUp() override {
    gate_ = directory_.path() / "gate";
    ASSERT_EQ(::mkfifo(gate_.c_str(), 0600), 0);
    put("scripted_runtime", "scripted");
  }

  // Lets every call go that hangs now or later.
  void openGate() { writer_.open(gate_); }

  std::filesystem::path gate_;
  std::ofstream writer_;
};

TEST_F(HangingPlugin, InItsConstructor) {
  auto with = settings();
  with.createLimit = model::Milliseconds(50);
  const auto registry = load(with, {{"scripted", {{"create", "hang"}, {"gate", gate_.string()}}}});
  const auto report = registry->report()[0];
  ASSERT_TRUE(report.refusal);
  EXPECT_EQ(report.refusal->stage(), Stage::Create);
  EXPECT_THAT(report.refusal->reason(), HasSubstr("create does not return"));
  EXPECT_FALSE(registry->drain(model::Milliseconds(10)));
  openGate();
}

TEST_F(HangingPlugin, InStart) {
  auto with = settings();
  with.startLimit = model::Milliseconds(50);
  const auto registry = load(with, {{"scripted", {{"start", "hang"}, {"gate", gate_.string()}}}});
  const auto report = registry->report()[0];
  ASSERT_TRUE(report.refusal);
  EXPECT_EQ(report.refusal->stage(), Stage::Start);
  EXPECT_THAT(report.refusal->reason(), HasSubstr("start does not return"));
  openGate();
  EXPECT_TRUE(registry->drain(model::Milliseconds(10'000)));
}

TEST_F(HangingPlugin, InACall) {
  auto with = settings();
  with.deadlines.health = model::Milliseconds(20);
  const auto registry = load(with, {{"scripted", {{"call", "hang"}, {"gate", gate_.string()}}}});
  auto* runtime = registry->runtime("scripted");
  ASSERT_NE(runtime, nullptr);
  std::promise<engine::CallResult> answer;
  runtime->health([&](auto result) { answer.set_value(std::move(result)); });
  const auto result = answer.get_future().get();
  EXPECT_TRUE(result.stuck);
  EXPECT_EQ(result.errorClass, sdk::ErrorClass::Unavailable);
  EXPECT_THAT(result.message, HasSubstr("plugin scripted: health does not return"));
  EXPECT_EQ(registry->report()[0].health.stuckCalls, 1U);
  {
    const std::lock_guard lock(mutex_);
    ASSERT_EQ(incidents_.size(), 1U);
    EXPECT_EQ(incidents_[0].kind, Incident::Kind::Stuck);
    EXPECT_EQ(incidents_[0].plugin, "scripted");
  }
  // Other calls go on.
  std::promise<engine::CallResult> other;
  runtime->engineInfo([&](auto second, auto) { other.set_value(std::move(second)); });
  EXPECT_TRUE(other.get_future().get().ok());
  openGate();
  EXPECT_TRUE(registry->drain(model::Milliseconds(10'000)));
}

// Whether a plugin was stopped: its own line in the log says so.
class StopLines : public Poco::Channel {
 public:
  void log(const Poco::Message& message) override {
    stopped = stopped || message.getText() == "stopped";
  }
  std::atomic<bool> stopped = false;
};

// It costs nobody but itself, and no more than the limit.
TEST_F(HangingPlugin, InItsStop) {
  put("steady_runtime", "steady");
  Poco::AutoPtr<StopLines> lines(new StopLines);
  Poco::Logger::get("holdfast.plugin.steady").setChannel(lines);
  const auto registry =
      load({{"scripted", {{"stop", "hang"}, {"gate", gate_.string()}}}, {"steady", {}}});
  const auto began = std::chrono::steady_clock::now();
  EXPECT_FALSE(registry->drain(model::Milliseconds(1'000)));
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(4));
  EXPECT_TRUE(lines->stopped);
  openGate();
  EXPECT_TRUE(registry->drain(model::Milliseconds(10'000)));
  Poco::Logger::get("holdfast.plugin.steady").setChannel(nullptr);
}

TEST_F(HostilePlugin, ThatThrowsInACall) {
  put("scripted_runtime", "scripted");
  for (const char* how : {"throw", "throw-int"}) {
    const auto registry = load({{"scripted", {{"call", how}}}});
    std::promise<engine::CallResult> answer;
    registry->runtime("scripted")->observe({}, [&](auto result, auto) {
      answer.set_value(std::move(result));
    });
    const auto result = answer.get_future().get();
    EXPECT_EQ(result.errorClass, sdk::ErrorClass::Internal);
    EXPECT_THAT(result.message, HasSubstr("plugin scripted: observe threw"));
    EXPECT_EQ(registry->report()[0].health.internalErrors, 1U);
    EXPECT_TRUE(registry->drain(model::Milliseconds(10'000)));
  }
}

}  // namespace
}  // namespace holdfast::pluginhost

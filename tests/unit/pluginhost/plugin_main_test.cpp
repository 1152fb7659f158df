// SPDX-License-Identifier: Apache-2.0
#include <holdfast/sdk/plugin_main.hpp>
#include <holdfast/testing/fake_host.hpp>

#include <gmock/gmock.h>

#include <stdexcept>

namespace {

using namespace holdfast::sdk;  // NOLINT: as a plugin would
using ::testing::AllOf;
using ::testing::HasSubstr;

// Refuses where the option says so.
class Picky final : public RuntimePlugin {
 public:
  static inline int alive = 0;

  explicit Picky(Host& host) {
    if (host.option("mood") == "bad") {
      throw std::runtime_error("option mood: expected good");
    }
    if (host.option("mood") == "odd") {
      throw 1;  // NOLINT: that is the point
    }
    ++alive;
  }
  ~Picky() override { --alive; }
  Picky(const Picky&) = delete;
  Picky& operator=(const Picky&) = delete;

  Status start(Call&) override { return {}; }
  Status health(Call&) override { return {}; }
  void stop() noexcept override {}
  Status engineInfo(Call&, EngineInfoSink&) override { return {}; }
  Status validate(std::string_view, Call&) override { return {}; }
  Status observe(const ObserveRequest&, Call&, ObservationSink&) override { return {}; }
  Status execute(const Step&, Call&) override { return {}; }
  Status pull(const PullRequest&, Call&, ProgressSink&) override { return {}; }
  Status watch(Call&, EventSink&) override { return {}; }
  Status logs(const LogRequest&, Call&, OutputSink&) override { return {}; }
  Status exec(const ExecRequest&, Call&, OutputSink&, ExecResult&) override { return {}; }
};

constexpr char kOptions[] = R"({"properties": {}})";

}  // namespace

HOLDFAST_RUNTIME_PLUGIN(Picky, "picky", "1.2.3", kOptions)

namespace {

holdfast_host_info thisHost() {
  return {sizeof(holdfast_host_info), HOLDFAST_ABI_RUNTIME_MAJOR, HOLDFAST_ABI_RUNTIME_MINOR,
          "0.1.0", HOLDFAST_TOOLCHAIN_TAG};
}

std::string refusalOf(const holdfast_host_info& host) {
  holdfast_error error{};
  return holdfast_plugin_v1.accepts(&host, &error) == 1 ? "" : error.text;
}

TEST(PluginMain, FillsInTheDescriptor) {
  EXPECT_EQ(holdfast_plugin_v1.magic, HOLDFAST_PLUGIN_MAGIC);
  EXPECT_EQ(holdfast_plugin_v1.struct_size, sizeof(holdfast_plugin_descriptor));
  EXPECT_EQ(holdfast_plugin_v1.kind, HOLDFAST_KIND_RUNTIME);
  EXPECT_STREQ(holdfast_plugin_v1.name, "picky");
  EXPECT_STREQ(holdfast_plugin_v1.version, "1.2.3");
  EXPECT_STREQ(holdfast_plugin_v1.toolchain, HOLDFAST_TOOLCHAIN_TAG);
  EXPECT_STREQ(holdfast_plugin_v1.options_schema, kOptions);
}

TEST(PluginMain, AcceptsItsOwnHost) {
  EXPECT_EQ(refusalOf(thisHost()), "");
}

TEST(PluginMain, RefusesHostsWithAnotherAbiNamingBoth) {
  auto host = thisHost();
  const auto version = [](const auto& minor) { return "runtime ABI 0." + std::to_string(minor); };
  const auto ours = host.abi_minor;
  host.abi_minor += 1;
  EXPECT_THAT(refusalOf(host), AllOf(HasSubstr("built for " + version(ours)),
                                     HasSubstr("agent 0.1.0 with " + version(ours + 1))));
}

TEST(PluginMain, RefusesHostsOfAnotherToolchainNamingBoth) {
  auto host = thisHost();
  host.toolchain = "libc++";
  EXPECT_THAT(refusalOf(host),
              AllOf(HasSubstr("\"" HOLDFAST_TOOLCHAIN_TAG "\""), HasSubstr("\"libc++\"")));
}

TEST(PluginMain, MakesAndDestroysInstances) {
  holdfast::testing::FakeHost host;
  holdfast_error error{};
  void* instance = holdfast_plugin_v1.create(static_cast<Host*>(&host), &error);
  ASSERT_NE(instance, nullptr);
  EXPECT_EQ(Picky::alive, 1);
  holdfast_plugin_v1.destroy(instance);
  EXPECT_EQ(Picky::alive, 0);
}

TEST(PluginMain, TurnsExceptionsIntoReasons) {
  using Options = holdfast::testing::FakeHost::Options;
  holdfast_error error{};
  holdfast::testing::FakeHost bad(Options{{"mood", "bad"}});
  EXPECT_EQ(holdfast_plugin_v1.create(static_cast<Host*>(&bad), &error), nullptr);
  EXPECT_STREQ(error.text, "option mood: expected good");
  holdfast::testing::FakeHost odd(Options{{"mood", "odd"}});
  EXPECT_EQ(holdfast_plugin_v1.create(static_cast<Host*>(&odd), &error), nullptr);
  EXPECT_THAT(error.text, HasSubstr("no std::exception"));
}

}  // namespace

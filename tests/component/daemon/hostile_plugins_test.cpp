// SPDX-License-Identifier: Apache-2.0
// The real holdfastd with a directory full of plugins that go wrong, and a good one among them.
#include "component/daemon/daemon_process.hpp"
#include "fixtures/lab/process.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

namespace holdfast::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

struct Hostile {
  const char* fixture;
  const char* name;  // that it is loaded by
  const char* stage;
  const char* reason;  // a part of it
};

// The hostile ones call themselves "hostile", whatever their file's name.
const std::vector<Hostile> kHostile{
    {"hostile_wrong_magic", "wrong-magic", "handshake", "not a Holdfast plugin"},
    {"hostile_wrong_abi", "wrong-abi", "handshake", "runtime ABI 0.43"},
    {"hostile_wrong_toolchain", "wrong-toolchain", "handshake", "stl=debug against stl=plain"},
    {"hostile_refuses_host", "refuses-host", "handshake", "are not welcome"},
    {"hostile_wrong_schema", "misnamed", "handshake", "calls itself \"hostile\""},
    {"hostile_no_symbol", "no-symbol", "probe", "does not export holdfast_plugin_v1"},
    {"hostile_two_symbols", "two-symbols", "probe", "expected holdfast_plugin_v1 alone"},
    {"hostile_throws_loading", "throws-loading", "probe", "threw while it was loaded"},
    {"hostile_exits_loading", "exits-loading", "probe", "ended the process (exit status 0)"},
    {"hostile_crashes_loading", "crashes-loading", "probe", "(SIGSEGV)"},
    {"hostile_hangs_loading", "hangs-loading", "probe", "did not finish loading within 10000 ms"},
    {"hostile_throws_creating", "hostile", "create", "create threw: no instance today"},
    {"scripted_runtime", "scripted", "trust", "chmod go-w"},
};

class DaemonWithHostilePlugins : public testing::Test {
 protected:
  DaemonWithHostilePlugins() {
    daemon_.install("memory_runtime", "memory");
    daemon_.install("steady_runtime", "steady");
    load_ = "-Dplugins.load=";
    for (const auto& plugin : kHostile) {
      if (plugin.fixture != std::string("scripted_runtime")) {  // it is there already
        daemon_.install(plugin.fixture, plugin.name);
      }
      load_ += std::string(plugin.name) + ",";
    }
    load_ += "steady,memory";
    std::filesystem::permissions(daemon_.path("plugins/scripted.so"), std::filesystem::perms(0666));
  }
  void TearDown() override {
    if (HasFailure()) {
      std::cerr << "--- log of holdfastd ---\n" << daemon_.output();
    }
  }

  boost::json::value plugin(const std::string& name) {
    const auto answer = daemon_.request("GET", "/v1/plugins");
    for (const auto& plugin : answer.body.at("plugins").as_array()) {
      if (plugin.at("name").as_string() == name) {
        return plugin;
      }
    }
    throw std::runtime_error("no plugin " + name + " in " + answer.text);
  }
  std::string commandLine(const std::string& verb) {
    return fixtures::run({.command = {HOLDFAST_CLI, verb},
                          .environment = {{"HOLDFAST_SOCKET", daemon_.socketPath()}}})
        .standardOutput;
  }
  // The plugin's failure is told by an event that begins so.
  bool told(const std::string& beginning) {
    return daemon_.eventually([&] {
      const auto answer = daemon_.request("GET", "/v1/events");
      const auto& events = answer.body.at("events").as_array();
      return std::any_of(events.begin(), events.end(), [&](const auto& event) {
        return event.at("reason") == "PluginFailed" &&
               event.at("message").as_string().starts_with(beginning);
      });
    });
  }
  bool runs(const std::string& image) {
    return daemon_.becomes("/v1/services/demo/web", "/runningImage", boost::json::string(image)) &&
           daemon_.becomes("/v1/services/demo/web", "/serviceStatus", "running");
  }

  std::string load_;
  DaemonProcess daemon_;
};

// The one that hangs costs the start what a probe may last, and no more.
TEST_F(DaemonWithHostilePlugins, ComesUpSaysWhyEachIsRefusedAndHolds) {
  daemon_.startReady({load_, "-Druntime.default=memory", "-Druntime.memory.name=Memory",
                      "-Druntime.steady.call=throw"});
  const auto table = commandLine("plugins");
  for (const auto& [fixture, name, stage, reason] : kHostile) {
    SCOPED_TRACE(fixture);
    const auto refused = plugin(name);
    EXPECT_EQ(refused.at("state"), "refused");
    EXPECT_EQ(refused.at("stage"), stage);
    EXPECT_THAT(std::string(refused.at("reason").as_string()), HasSubstr(reason));
    EXPECT_THAT(table, AllOf(HasSubstr(name), HasSubstr(reason)));
    EXPECT_TRUE(told(std::string(name) + " was refused (" + stage + ")"));
  }
  // What goes wrong only in calls is an engine that does not answer.
  EXPECT_TRUE(told("steady"));
  EXPECT_GT(plugin("steady").at("internalErrors").to_number<int>(), 0);
  EXPECT_EQ(plugin("memory").at("state"), "loaded");

  for (const std::string image : {"memory/sleeper:1", "memory/checked:1"}) {
    const auto answer = daemon_.request("PUT", "/v1/target", targetWith(image));
    ASSERT_EQ(answer.status, 200) << answer.text;
    EXPECT_TRUE(runs(image));
  }
  EXPECT_EQ(daemon_.request("GET", "/healthz").status, 200);
  daemon_.signal(SIGTERM);
  EXPECT_EQ(daemon_.wait().exitCode, 0);
}

}  // namespace
}  // namespace holdfast::test

// SPDX-License-Identifier: Apache-2.0
// The command line and the configuration of the real holdfastd.
#include "component/daemon/daemon_process.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <signal.h>

#include <fstream>

namespace holdfast::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class DaemonConfiguration : public testing::Test {
 protected:
  int run(const std::vector<std::string>& arguments) {
    daemon_.start(arguments);
    return daemon_.wait().exitCode;
  }
  DaemonProcess daemon_;
};

TEST_F(DaemonConfiguration, ExplainsItself) {
  EXPECT_EQ(run({"--help"}), 0);
  EXPECT_THAT(daemon_.output(), HasSubstr("--check-config"));
  EXPECT_THAT(daemon_.output(), Not(HasSubstr("probe-plugin")));
  EXPECT_EQ(run({"--version"}), 0);
  EXPECT_THAT(daemon_.output(), HasSubstr("SDK ABI: runtime "));
}

TEST_F(DaemonConfiguration, RefusesUnknownOptions) {
  EXPECT_EQ(run({"--frobnicate"}), 1);
  EXPECT_THAT(daemon_.output(), HasSubstr("holdfastd --help lists the options"));
  EXPECT_EQ(run({"nonsense"}), 1);
  EXPECT_EQ(run({"-Dnovalue"}), 1);
  EXPECT_THAT(daemon_.output(), HasSubstr("-Dnovalue: expected -Dkey=value"));
}

TEST_F(DaemonConfiguration, CheckTellsEveryMistake) {
  daemon_.configure("state.dri = /x\nreconcile.interval = soon\nnotifier.ops.plugn = webhook\n");
  daemon_.setEnvironment("HOLDFAST_LOG__LEVEL", "loud");
  EXPECT_EQ(run({"--check-config", "-Dapi.maxConnections=0"}), 78);
  const auto output = daemon_.output();
  EXPECT_THAT(output,
              HasSubstr("holdfast.properties:1: state.dri: found '***', no such key; did you "
                        "mean state.dir?"));
  EXPECT_THAT(output, HasSubstr("holdfast.properties:2: reconcile.interval: found 'soon'"));
  EXPECT_THAT(output, HasSubstr("notifier.ops.plugin is missing"));
  EXPECT_THAT(output, HasSubstr("environment: HOLDFAST_LOG__LEVEL: found 'loud'"));
  EXPECT_THAT(output, HasSubstr("-D: api.maxConnections: found '0'"));
  EXPECT_FALSE(std::filesystem::exists(daemon_.path("state")));
}

TEST_F(DaemonConfiguration, CheckLooksAtPluginsAndTheirOptions) {
  daemon_.configure("log.level = debug\nruntime.scripted.speed = fast\n");
  EXPECT_EQ(
      run({"--check-config", "-Druntime.scripted.call=dance", "-Dplugins.load=scripted,missing"}),
      78);
  const auto output = daemon_.output();
  EXPECT_THAT(output, HasSubstr("holdfast.properties:2: runtime.scripted.speed: plugin scripted: "
                                "option \"speed\" is unknown"));
  EXPECT_THAT(output, HasSubstr("-D: runtime.scripted.call: plugin scripted: option call is "
                                "\"dance\", expected one of"));
  EXPECT_THAT(output, HasSubstr("-D: plugins.load: plugin missing: "));
  EXPECT_THAT(output, HasSubstr("missing.so does not exist"));
}

// By file and line, as any other key.
TEST_F(DaemonConfiguration, CheckLooksAtReceiversAndTheirOptions) {
  daemon_.install("scripted_notifier", "bell");
  daemon_.configure(
      "notifier.ops.plugin = bell\nnotifier.ops.tow = /x\nnotifier.ops.deliver = perhaps\n"
      "notifier.site.plugin = scripted\n");
  EXPECT_EQ(run({"--check-config", "-Dnotifier.night.plugin=bell", "-Dnotifier.night.to=/x"}), 78);
  const auto output = daemon_.output();
  EXPECT_THAT(output, HasSubstr("holdfast.properties:2: notifier.ops.tow: plugin bell: option "
                                "\"tow\" is unknown; did you mean to?"));
  EXPECT_THAT(output, HasSubstr("holdfast.properties:3: notifier.ops.deliver: plugin bell: option "
                                "deliver is ***, expected one of"));
  EXPECT_THAT(output, HasSubstr("holdfast.properties:1: notifier.ops.to: plugin bell: option to is "
                                "missing"));
  EXPECT_THAT(output, HasSubstr("holdfast.properties:4: notifier.site.plugin: plugin scripted: "));
  EXPECT_THAT(output, HasSubstr("is a runtime plugin"));
  EXPECT_THAT(output, Not(HasSubstr("night")));
}

TEST_F(DaemonConfiguration, CheckLooksAtTheUplinkAndItsOptions) {
  daemon_.install("scripted_uplink", "mast");
  EXPECT_EQ(run({"--check-config", "-Duplink.plugin=mast", "-Duplink.tow=/x",
                 "-Duplink.url=https://me:hush@cloud"}),
            78);
  EXPECT_THAT(daemon_.output(), HasSubstr("uplink.tow: plugin mast: "));
  EXPECT_THAT(daemon_.output(), HasSubstr("did you mean to?"));
  EXPECT_THAT(daemon_.output(), Not(HasSubstr("hush")));
  EXPECT_EQ(run({"--check-config", "-Duplink.plugin=scripted"}), 78);
  EXPECT_THAT(daemon_.output(), HasSubstr("is a runtime plugin, but was asked for as an uplink"));
  EXPECT_EQ(run({"--check-config", "-Duplink.plugin=mast", "-Duplink.to=/x"}), 0);
}

TEST_F(DaemonConfiguration, CheckNamesGroupsThatThisMachineDoesNotHave) {
  EXPECT_EQ(run({"--check-config", "-Dapi.group=root", "-Dapi.readGroup=no-such-group"}), 0);
  EXPECT_THAT(daemon_.output(), HasSubstr("warning: this machine: api.readGroup: found "
                                          "'no-such-group', no such group"));
  EXPECT_THAT(daemon_.output(), Not(HasSubstr("api.group")));
}

TEST_F(DaemonConfiguration, CheckIsContentWithAGoodOne) {
  daemon_.configure("log.level = debug\n");
  EXPECT_EQ(run({"--check-config"}), 0);
  EXPECT_THAT(daemon_.output(), HasSubstr("the configuration can be used"));
}

TEST_F(DaemonConfiguration, DoesNotStartWithABadOne) {
  daemon_.configure("state.dri = /x\n");
  EXPECT_EQ(run({}), 78);
  EXPECT_THAT(daemon_.output(), HasSubstr("did you mean state.dir?"));
  EXPECT_FALSE(std::filesystem::exists(daemon_.path("state")));
}

TEST_F(DaemonConfiguration, AMissingFileIsSaid) {
  EXPECT_EQ(run({"--config=/nonexistent.properties"}), 78);
  EXPECT_THAT(daemon_.output(), HasSubstr("/nonexistent.properties: cannot be read"));
}

TEST_F(DaemonConfiguration, ReloadTakesAGoodFileWhole) {
  daemon_.startReady();
  daemon_.configure("log.level = debug\ndevice.name = pump-7\ntarget.file = /elsewhere\n");
  daemon_.signal(SIGHUP);
  EXPECT_TRUE(daemon_.says("the configuration was read again"));
  EXPECT_TRUE(daemon_.says("target.file has changed, which takes effect at the next start only"));
  EXPECT_TRUE(daemon_.becomes("/v1/info", "/device/name", "pump-7"));
  EXPECT_THAT(daemon_.output(), Not(HasSubstr("state.dir has changed")));
}

TEST_F(DaemonConfiguration, ReloadTakesNothingOfABadFile) {
  daemon_.configure("device.name = pump-7\n");
  daemon_.startReady();
  daemon_.configure("device.name = pump-8\nreconcile.interval = soon\n");
  daemon_.signal(SIGHUP);
  EXPECT_TRUE(daemon_.says("has 1 error and was not read again"));
  EXPECT_THAT(daemon_.output(), HasSubstr("holdfast.properties:2: reconcile.interval: found"));
  EXPECT_TRUE(daemon_.becomes("/v1/events", "/events/0/reason", "ConfigurationRejected"));
  EXPECT_TRUE(daemon_.becomes("/v1/info", "/device/name", "pump-7"));
  daemon_.configure("device.name = pump-9\n");
  daemon_.signal(SIGHUP);
  EXPECT_TRUE(daemon_.becomes("/v1/info", "/device/name", "pump-9"));
}

TEST_F(DaemonConfiguration, WhatWaitsForARestartStillDoesAfterABadFile) {
  daemon_.startReady();
  daemon_.configure("target.file = /elsewhere\n");
  daemon_.signal(SIGHUP);
  EXPECT_TRUE(daemon_.becomes("/v1/info", "/configuration/restarts/0", "target.file"));
  daemon_.configure("reconcile.interval = soon\n");
  daemon_.signal(SIGHUP);
  EXPECT_TRUE(daemon_.becomes("/v1/events?limit=1", "/events/0/reason", "ConfigurationRejected"));
  const auto state = daemon_.request("GET", "/v1/info").body.at("configuration");
  EXPECT_FALSE(state.at("rejected").is_null());
  EXPECT_EQ(state.at("restarts").at(0), "target.file");
}

}  // namespace
}  // namespace holdfast::test

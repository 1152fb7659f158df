// SPDX-License-Identifier: Apache-2.0
#include "config/loader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace holdfast::config {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;
using testing::UnorderedElementsAre;

class LoaderTest : public testing::Test {
 protected:
  LoaderTest() {
    std::string pattern = (fs::temp_directory_path() / "holdfast-config-XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
    layers_.file = write("holdfast.properties", "");
  }
  ~LoaderTest() override { fs::remove_all(directory_); }

  std::string write(const std::string& name, const std::string& text, mode_t mode = 0640) {
    const auto path = directory_ / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text;
    ::chmod(path.c_str(), mode);
    return path;
  }

  std::vector<std::string> problems() {
    std::vector<std::string> lines;
    for (const auto& diagnostic : load(layers_).diagnostics) {
      auto text = diagnostic.text();
      const auto at = text.find(directory_.string());
      if (at == 0) {
        text = text.substr(directory_.string().size() + 1);
      }
      lines.push_back(text);
    }
    return lines;
  }

  Settings settings() {
    const auto result = load(layers_);
    EXPECT_TRUE(result.settings) << (result.diagnostics.empty()
                                         ? std::string("?")
                                         : result.diagnostics.front().text());
    return result.settings.value_or(Settings{});
  }

  fs::path directory_;
  Layers layers_;
};

TEST_F(LoaderTest, AnEmptyFileMeansDefaults) {
  EXPECT_EQ(settings().stateDirectory, "/var/lib/holdfast");
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(LoaderTest, LaterLayersWin) {
  write("holdfast.properties",
        "reconcile.interval = 11s\nreconcile.parallelPulls = 11\n"
        "log.level = debug\nretry.image.maxRetries = 11\nstate.dir = /s\n");
  write("conf.d/20-b.properties", "reconcile.interval = 20s\nretry.image.maxRetries = 20\n");
  write("conf.d/10-a.properties", "reconcile.interval = 10s\nreconcile.parallelPulls = 10\n");
  layers_.environment = {"PATH=/bin", "HOLDFAST_RETRY__IMAGE__MAXRETRIES=30",
                         "HOLDFAST_LOG__LEVEL=warning"};
  layers_.defines = {{"log.level", "error"}};
  const auto s = settings();
  EXPECT_EQ(s.reconcileInterval, std::chrono::seconds{20});
  EXPECT_EQ(s.parallelPulls, 10);
  EXPECT_EQ(s.retry.image.maxRetries, 30);
  EXPECT_EQ(s.logLevel, LogLevel::Error);
  EXPECT_EQ(s.stateDirectory, "/s");
}

TEST_F(LoaderTest, TellsEveryMistakeWithItsPlace) {
  write("holdfast.properties",
        "state.dri = /x\nreconcile.interval = soon\n\nnonsense\nlog.level = loud\n"
        "log.level = debug\ncolour = red\n");
  write("conf.d/10-a.properties", "reconcile.parallelPulls = 0\n");
  layers_.environment = {"HOLDFAST_STATE__DRI=/x"};
  layers_.defines = {{"api.socket", ""}};
  EXPECT_FALSE(load(layers_).settings);
  EXPECT_THAT(
      problems(),
      ElementsAre(
          "holdfast.properties:4: expected `key = value` or a comment (#)",
          "holdfast.properties:1: state.dri: found '***', no such key; did you mean state.dir?",
          "holdfast.properties:2: reconcile.interval: found 'soon', expected a duration from 1s to "
          "1h (500ms, 30s, 5m, 1h, 2d)",
          "holdfast.properties:5: log.level: found 'loud', expected error, warning, information or "
          "debug",
          "holdfast.properties:6: log.level: found 'debug', stands in line 5 already; expected "
          "once",
          "holdfast.properties:7: colour: found '***', no such key; etc/holdfast.properties lists "
          "all of them",
          "conf.d/10-a.properties:1: reconcile.parallelPulls: found '0', expected a whole number "
          "from 1 to 64",
          "environment: HOLDFAST_STATE__DRI: found '***', no such key; did you mean "
          "HOLDFAST_STATE__DIR?",
          "-D: api.socket: expected a path"));
}

TEST_F(LoaderTest, AMissingFileIsAnError) {
  layers_.file = directory_ / "none.properties";
  EXPECT_THAT(problems(), ElementsAre("none.properties: cannot be read: No such file or directory; "
                                      "create it (it may be empty) or name another with --config"));
  layers_.file = directory_;
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("Is a directory")));
}

TEST_F(LoaderTest, AMissingNamedFileIsAnError) {
  layers_.defines = {{"registry.authFile", "/nonexistent/auth.json"}};
  EXPECT_THAT(problems(),
              ElementsAre("-D: registry.authFile: found '/nonexistent/auth.json', expected a file "
                          "that can be read: No such file or directory"));
}

TEST_F(LoaderTest, ATargetFileMayAppearLater) {
  layers_.defines = {{"target.file", "/nonexistent/target.json"}};
  EXPECT_EQ(settings().targetFile, "/nonexistent/target.json");
}

TEST_F(LoaderTest, RefusesFilesThatAreNoConfiguration) {
  write("holdfast.properties", std::string(kMaxFileBytes + 1, '#'));
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("is larger than 256 KiB")));
  layers_.file = "/dev/zero";
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("is larger than 256 KiB")));
  layers_.file = "/dev/null";
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(LoaderTest, FilesInConfDNeedTheirNumber) {
  write("conf.d/README", "hello");
  write("conf.d/10-a.properties.dpkg-old", "nonsense");
  write("conf.d/mine.properties", "log.level = debug\n");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("conf.d/mine.properties: found 'mine.properties', "
                                                "expected two digits and '-' in front")));
}

TEST_F(LoaderTest, TcpNeedsTokens) {
  layers_.environment = {"HOLDFAST_API__LISTEN=127.0.0.1:7777"};
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("expected api.tokenFile beside it")));
}

TEST_F(LoaderTest, TcpIsReadWithItsTokens) {
  const auto tokens = write("tokens", "read:grafana:0123456789abcdef\n", 0600);
  write("holdfast.properties", "api.listen = 127.0.0.1:7777, [::1]:7778\napi.tokenFile = " +
                                   tokens + "\napi.hosts = a.example, [2001:db8::1]\n");
  const auto loaded = load(layers_);
  ASSERT_TRUE(loaded.settings);
  EXPECT_THAT(loaded.diagnostics, IsEmpty());
  EXPECT_EQ(loaded.settings->listen.at(1), (ListenAddress{"::1", 7778, true, true}));
  EXPECT_EQ(loaded.settings->tokenFile, tokens);
  EXPECT_THAT(loaded.settings->hosts, ElementsAre("a.example", "[2001:db8::1]"));
}

TEST_F(LoaderTest, WhatIsWrongWithTokensIsToldByItsLine) {
  const auto tokens = write("tokens", "# mine\nread:grafana:short\n", 0640);
  write("holdfast.properties", "api.listen = 0.0.0.0:7777\napi.tokenFile = " + tokens + "\n");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("can be reached by other machines"),
                                      HasSubstr("tokens: api.tokenFile: may be used by others")));
  fs::permissions(tokens, fs::perms(0600));
  EXPECT_THAT(problems(), Contains(AllOf(HasSubstr("tokens:2: api.tokenFile: the token"),
                                         Not(HasSubstr("short")))));
  write("tokens", "", 0600);
  EXPECT_THAT(problems(), Contains(HasSubstr("has no token in it")));
}

TEST_F(LoaderTest, TokensWithoutTcpAreSaidToBeIdle) {
  const auto tokens = write("tokens", "0123456789abcdef\n", 0600);
  write("holdfast.properties", "api.tokenFile = " + tokens + "\n");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("has no effect without api.listen")));
  // Who mistyped the address knows that it belongs there.
  write("holdfast.properties", "api.listen = nowhere\napi.tokenFile = " + tokens + "\n");
  EXPECT_THAT(problems(), Contains(HasSubstr("api.listen: found ")));
  EXPECT_THAT(problems(), Not(Contains(HasSubstr("has no effect"))));
}

TEST_F(LoaderTest, TheHourOfTheSummaryIsReadAndChecked) {
  write("holdfast.properties", "alert.summary.at = 07:30\nalert.summary.jitter = 0s\n");
  const auto loaded = load(layers_);
  ASSERT_TRUE(loaded.settings);
  EXPECT_EQ(loaded.settings->summaryAt, std::chrono::minutes{450});
  EXPECT_EQ(loaded.settings->summaryJitter, Milliseconds{0});
  write("holdfast.properties", "alert.summary.at = 7 am\nalert.summary.att = 07:00\n");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("expected a time of the day from 00:00 to 23:59"),
                                      HasSubstr("did you mean alert.summary.at?")));
}

TEST_F(LoaderTest, ReservedVariablesAreNoKeys) {
  layers_.environment = {"HOLDFAST_SOCKET=/x", "HOLDFAST_CONFIG=/y"};
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(LoaderTest, HandsOverOptionsOfRuntimes) {
  write("holdfast.properties",
        "plugins.load = docker, mine\nruntime.docker.apiVersion = 1.41\n"
        "runtime.mine.some.thing = 1\n");
  layers_.environment = {"HOLDFAST_RUNTIME__DOCKER__URL=unix:///d.sock"};
  const auto s = settings();
  EXPECT_EQ(s.runtimeOptions.at("docker").at("apiVersion"), "1.41");
  EXPECT_EQ(s.runtimeOptions.at("docker").at("url"), "unix:///d.sock");
  EXPECT_EQ(s.runtimeOptions.at("mine").at("some.thing"), "1");
}

TEST_F(LoaderTest, OptionsOfAPluginThatIsNotLoadedAreAnError) {
  write("holdfast.properties", "runtime.mine.url = unix:///x\nruntime.x = 1\n");
  EXPECT_THAT(problems(),
              ElementsAre(HasSubstr("runtime.x: found '***', no such key"),
                          HasSubstr("is an option of plugin 'mine', which plugins.load does not")));
}

TEST_F(LoaderTest, HandsOverReceivers) {
  write("holdfast.properties",
        "notifier.ops.plugin = webhook\nnotifier.ops.url = https://x/\n"
        "notifier.ops.header.X-Team = edge\nnotifier.site-2.plugin = syslog\n");
  write("conf.d/10-a.properties", "notifier.ops.url = https://y/\n");
  layers_.environment = {"HOLDFAST_NOTIFIER__NIGHT__PLUGIN=webhook"};
  const auto s = settings();
  ASSERT_EQ(s.notifiers.size(), 3U);
  EXPECT_EQ(s.notifiers.at("ops").plugin, "webhook");
  EXPECT_EQ(s.notifiers.at("ops").options,
            (PluginOptions{{"url", "https://y/"}, {"header.X-Team", "edge"}}));
  EXPECT_EQ(s.notifiers.at("site-2").plugin, "syslog");
  EXPECT_EQ(s.notifiers.at("night").plugin, "webhook");
  EXPECT_EQ(s.plugins, std::vector<std::string>{"docker"}) << "they need no place in plugins.load";
}

TEST_F(LoaderTest, SaysWhereAKeyWasGiven) {
  write("holdfast.properties",
        "notifier.ops.plugin = webhook\nnotifier.ops.url = https://x/\n"
        "runtime.docker.apiVersion = 1.41\nplugins.load = docker\n");
  write("conf.d/10-a.properties", "\nnotifier.ops.url = https://y/\n");
  layers_.environment = {"HOLDFAST_RUNTIME__DOCKER__URL=unix:///d.sock"};
  const auto s = settings();
  EXPECT_THAT(s.origins, UnorderedElementsAre(
                             Pair("notifier.ops.plugin", EndsWith("/holdfast.properties:1")),
                             Pair("notifier.ops.url", EndsWith("/10-a.properties:2")),
                             Pair("runtime.docker.apiVersion", EndsWith("/holdfast.properties:3")),
                             Pair("runtime.docker.url", "environment"),
                             Pair("plugins.load", EndsWith("/holdfast.properties:4"))));
}

TEST_F(LoaderTest, ReceiversHaveNamesAndPlugins) {
  write("holdfast.properties",
        "notifier.Ops.plugin = webhook\nnotifier.ops = webhook\nnotifier.ops. = webhook\n"
        "notifier.a23456789012345678901234567890123.plugin = webhook\n"
        "notifier.bad.plugin = ../webhook\nnotifier.bad.url = x\nnotifier.empty.plugin =\n");
  EXPECT_THAT(
      problems(),
      ElementsAre(HasSubstr("notifier.Ops.plugin: found 'webhook', expected notifier.<name>."),
                  HasSubstr("notifier.ops: found"), HasSubstr("notifier.ops.: found"),
                  HasSubstr("at most 32"),
                  HasSubstr("notifier.bad.plugin: found '../webhook', expected the name of"),
                  HasSubstr("notifier.empty.plugin: expected the name of a plugin")));
}

TEST_F(LoaderTest, AReceiverWithoutAPluginIsMostLikelyASlip) {
  write("holdfast.properties",
        "notifier.monitoring.plugin = webhook\nnotifier.monitorign.url = https://x/\n"
        "notifier.mail.plugn = webhook\nnotifier.site.target = local\n");
  EXPECT_THAT(
      problems(),
      ElementsAre(HasSubstr(":3: notifier.mail.plugn: found '***', notifier.mail.plugin is "
                            "missing; is it what notifier.mail.plugn was meant to be?"),
                  HasSubstr("notifier.monitorign.plugin is missing; did you mean "
                            "notifier.monitoring?"),
                  HasSubstr("notifier.site.plugin is missing; it names the plugin that delivers "
                            "to site")));
}

TEST_F(LoaderTest, ChecksWhatBelongsTogether) {
  layers_.defines = {{"runtime.default", "podman"},
                     {"retry.image.initial", "10m"},
                     {"api.maxConnections", "10"},
                     {"api.maxFollowers", "10"},
                     {"api.socket", "/" + std::string(120, 'x')}};
  EXPECT_THAT(problems(),
              ElementsAre("-D: runtime.default: found 'podman', expected one of the plugins in "
                          "plugins.load",
                          "default: retry.image.max: found '5m', expected at least "
                          "retry.image.initial, which is 10m",
                          "-D: api.maxFollowers: found '10', expected less than "
                          "api.maxConnections, which is 10",
                          HasSubstr("expected a path of at most 107 bytes")));
}

TEST_F(LoaderTest, WarnsOfSecretsThatEverybodyCanRead) {
  const auto file = write("holdfast.properties", "runtime.docker.password = hush\n", 0644);
  EXPECT_THAT(problems(), ElementsAre("holdfast.properties:1: runtime.docker.password: every user "
                                      "of this machine can read this secret; chmod 0640 " +
                                      file));
  EXPECT_TRUE(load(layers_).settings);
  write("holdfast.properties", "runtime.docker.password = hush\n", 0640);
  EXPECT_THAT(problems(), IsEmpty());
  layers_.defines = {{"registry.authFile", write("auth.json", "{}", 0644)}};
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("every user of this machine can read these")));
}

TEST_F(LoaderTest, NeverShowsASecret) {
  layers_.defines = {{"ap.token", "hush"}, {"notifier.ops.url", "https://x/hush"}};
  layers_.environment = {"HOLDFAST_NOTIFIER__1__URL=https://x/hush"};
  EXPECT_THAT(problems(), testing::AllOf(testing::SizeIs(3), Each(Not(HasSubstr("hush")))));
  layers_.environment = {"HOLDFAST_REGISTRY__LOGIN=hush"};
  layers_.defines = {{"notifer.ops.url", "https://x/hush"},
                     {"uplink.provisioningKey", "hush"},
                     {"runtime.absent.key", "hush"},
                     {"api.listen", "user:hush@host"},
                     {"runtime.docker.url", "ftp://user:hush@host"}};
  EXPECT_THAT(problems(), testing::AllOf(testing::SizeIs(6), Each(Not(HasSubstr("hush")))));
  EXPECT_THAT(problems(), Contains(HasSubstr("found 'ftp://***@host', expected an address")));
}

TEST_F(LoaderTest, ResolvesRelativePaths) {
  layers_.baseDirectory = "/base/x";
  layers_.defines = {{"state.dir", "../state"}, {"target.file", "t.json"}};
  const auto s = settings();
  EXPECT_EQ(s.stateDirectory, "/base/state");
  EXPECT_EQ(s.targetFile, "/base/x/t.json");
  EXPECT_EQ(s.socketPath, "/run/holdfast/holdfast.sock");
  EXPECT_EQ(s.pluginDirectory, "");
}

TEST_F(LoaderTest, KnowsWhatOnlyARestartApplies) {
  const auto before = settings();
  layers_.defines = {{"reconcile.interval", "1m"},
                     {"api.socket", "/elsewhere"},
                     {"runtime.docker.url", "unix:///other"},
                     {"runtime.docker.more", "1"}};
  EXPECT_THAT(needRestart(before, settings()),
              ElementsAre("api.socket", "runtime.docker.more", "runtime.docker.url"));
  layers_.defines = {{"notifier.ops.plugin", "webhook"}, {"notifier.ops.url", "x"}};
  const auto one = settings();
  EXPECT_THAT(needRestart(before, one), ElementsAre("notifier.ops.plugin", "notifier.ops.url"));
  layers_.defines = {{"notifier.ops.plugin", "webhook"}, {"notifier.ops.url", "y"}};
  EXPECT_THAT(needRestart(one, settings()), ElementsAre("notifier.ops.url"));
  layers_.defines = {{"uplink.plugin", "iotistic"}, {"uplink.url", "x"}, {"uplink.own", "1"}};
  const auto linked = settings();
  EXPECT_THAT(needRestart(before, linked),
              ElementsAre("uplink.plugin", "uplink.own", "uplink.url"));
  layers_.defines.emplace_back("uplink.pollInterval", "2m");
  layers_.defines.emplace_back("uplink.caFile", "/ca.pem");
  EXPECT_THAT(needRestart(linked, settings()), ElementsAre("uplink.caFile"));
  EXPECT_THAT(needRestart(before, before), IsEmpty());
}

TEST_F(LoaderTest, HandsOverTheUplink) {
  write("holdfast.properties",
        "uplink.plugin = iotistic\nuplink.url = https://x/\nuplink.pollInterval = 90s\n"
        "uplink.logs = true\nuplink.keyFile = key.pem\nuplink.ownOption = 7\nuplink.proxy =\n");
  layers_.baseDirectory = "/base";
  layers_.environment = {"HOLDFAST_UPLINK__URL=https://y/", "HOLDFAST_UPLINK__HEARTBEAT=3m"};
  const auto uplink = settings().uplink;
  EXPECT_EQ(uplink.plugin, "iotistic");
  EXPECT_EQ(
      uplink.options,
      (PluginOptions{{"url", "https://y/"}, {"keyFile", "/base/key.pem"}, {"ownOption", "7"}}));
  EXPECT_EQ(uplink.pollInterval, std::chrono::seconds{90});
  EXPECT_EQ(uplink.reportInterval, std::chrono::seconds{5});
  EXPECT_EQ(uplink.heartbeat, std::chrono::minutes{3});
  EXPECT_TRUE(uplink.logs);
}

TEST_F(LoaderTest, WithoutAnUplinkThereIsNothingToHandOver) {
  const auto uplink = settings().uplink;
  EXPECT_EQ(uplink.plugin, "");
  EXPECT_THAT(uplink.options, IsEmpty());
}

TEST_F(LoaderTest, OptionsOfAnUplinkNeedIt) {
  write("holdfast.properties", "uplink.url = https://me:hush@x/\n");
  EXPECT_THAT(problems(), ElementsAre(AllOf(HasSubstr("properties:1: uplink.url: uplink.plugin is "
                                                      "missing; it names the plugin"),
                                            Not(HasSubstr("hush")))));
  write("holdfast.properties", "uplink.a = 1\nuplink.plugn = iotistic\n");
  EXPECT_THAT(problems(),
              ElementsAre(HasSubstr(":2: uplink.plugn: uplink.plugin is missing; is it what "
                                    "uplink.plugn was meant to be?")));
  write("holdfast.properties", "uplink. = 1\nuplink.plugin = No Name\n");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("uplink.: found '***', no such key"),
                                      HasSubstr("expected the name of a plugin")));
}

TEST_F(LoaderTest, ASlipInAKeyOfTheLinkIsPointedOut) {
  write("holdfast.properties",
        "uplink.plugin = iotistic\nuplink.pollIntervall = 5s\nuplink.proxy = none\n");
  EXPECT_THAT(problems(), ElementsAre(AllOf(HasSubstr(":2: uplink.pollIntervall: "),
                                            HasSubstr("did you mean uplink.pollInterval?"))));
  EXPECT_TRUE(load(layers_).settings) << "the plugin is asked";
}

TEST_F(LoaderTest, AHeartbeatIsNotMoreFrequentThanReports) {
  write("holdfast.properties", "uplink.reportInterval = 5m\n");
  EXPECT_THAT(problems(),
              ElementsAre(HasSubstr("found '5m', expected at most uplink.heartbeat, which is 4m")));
}

TEST_F(LoaderTest, RoutesLeadToReceiversThatThereAre) {
  write("holdfast.properties",
        "notifier.ops.plugin = webhook\n"
        "alert.route.1.match = severity>=error\nalert.route.1.to = ops\n"
        "alert.route.2.groupWait = 1m\nalert.route.2.to = ops\n");
  const auto s = settings();
  ASSERT_EQ(s.alertRoutes.size(), 2U);
  EXPECT_EQ(s.alertRoutes.at(1).match.text(), "severity>=error");
  EXPECT_EQ(s.alertRoutes.at(2).groupWait, std::chrono::minutes{1});
}

TEST_F(LoaderTest, RoutesThatLeadNowhereAreTold) {
  write("holdfast.properties",
        "notifier.ops.plugin = webhook\n"
        "alert.route.1.match = severity>=error\n"
        "alert.route.2.to = opps\n"
        "alert.route.3.to = ops\nalert.route.3.mach = app=a\n");
  EXPECT_THAT(
      problems(),
      UnorderedElementsAre(
          HasSubstr("alert.route.1.to is missing"),
          HasSubstr("there is no receiver 'opps' (notifier.opps.plugin); did you mean ops?"),
          HasSubstr("did you mean match?")));
}

}  // namespace
}  // namespace holdfast::config

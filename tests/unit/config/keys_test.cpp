// SPDX-License-Identifier: Apache-2.0
#include "config/keys.hpp"

#include "config/property_file.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

namespace holdfast::config {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const Key& keyNamed(const std::vector<Key>& all, std::string_view name) {
  for (const auto& key : all) {
    if (key.name == name) {
      return key;
    }
  }
  throw std::out_of_range(std::string(name));
}

TEST(KeyTable, NamesAreUniqueAndEveryDefaultFitsItsOwnRule) {
  std::set<std::string> names;
  for (const auto& key : keys()) {
    Settings settings;
    EXPECT_TRUE(names.insert(key.name).second) << key.name;
    EXPECT_EQ(assign(key, key.defaultText, settings), "") << key.name;
    EXPECT_TRUE(key.help.ends_with('.')) << key.name;
  }
}

TEST(KeyTable, HasTheKeysThatScriptsRelyOn) {
  std::set<std::string> expected{"state.dir",
                                 "api.socket",
                                 "plugins.dir",
                                 "plugins.load",
                                 "target.file",
                                 "runtime.default",
                                 "runtime.docker.url",
                                 "runtime.podman.url",
                                 "registry.authFile",
                                 "reconcile.interval",
                                 "reconcile.parallelPulls",
                                 "reconcile.parallelOperations",
                                 "reconcile.pullStall",
                                 "retry.crash.firstImmediate",
                                 "retry.notify.maxAge",
                                 "retry.rearmAfter",
                                 "alert.summary.at",
                                 "uplink.plugin",
                                 "uplink.url",
                                 "uplink.provisioningKeyFile",
                                 "uplink.caFile",
                                 "uplink.certFile",
                                 "uplink.keyFile",
                                 "device.name",
                                 "log.level"};
  for (const auto* family : {"image", "start", "crash", "engine", "notify", "cloud"}) {
    for (const auto* member : {"initial", "factor", "max", "maxRetries", "jitter", "resetAfter"}) {
      expected.insert(std::string("retry.") + family + "." + member);
    }
  }
  for (const auto& key : keys()) {
    expected.erase(key.name);
  }
  EXPECT_TRUE(expected.empty()) << *expected.begin();
}

TEST(Defaults, AreThoseOfTheInterface) {
  const Settings s = defaultSettings();
  EXPECT_EQ(s.stateDirectory, "/var/lib/holdfast");
  EXPECT_EQ(s.socketPath, "/run/holdfast/holdfast.sock");
  EXPECT_EQ(s.plugins, std::vector<std::string>{"docker"});
  EXPECT_EQ(s.defaultRuntime, "docker");
  EXPECT_EQ(s.runtimeOptions.at("docker").at("url"), "unix:///var/run/docker.sock");
  EXPECT_EQ(s.runtimeOptions.at("podman").at("url"), "unix:///run/podman/podman.sock");
  EXPECT_EQ(s.registryAuthFile, "");
  EXPECT_EQ(s.targetFile, "");
  EXPECT_EQ(s.reconcileInterval, seconds{30});
  EXPECT_EQ(s.parallelPulls, 3);
  EXPECT_EQ(s.parallelOperations, 0);
  EXPECT_EQ(s.pullStall, seconds{120});
  EXPECT_EQ(s.summaryAt, std::nullopt);
  EXPECT_EQ(s.summaryJitter, minutes{10});
  EXPECT_FALSE(s.summaryWhenEmpty);
  EXPECT_EQ(s.logLevel, LogLevel::Information);
  EXPECT_EQ(s.uplink.plugin, "");
  EXPECT_EQ(s.uplink.pollInterval, seconds{60});
  EXPECT_EQ(s.uplink.reportInterval, seconds{5});
  EXPECT_EQ(s.uplink.heartbeat, minutes{4});
  EXPECT_FALSE(s.uplink.logs);
}

TEST(Defaults, OfRetriesAreTheTableOfTheBehaviour) {
  const RetryFamilies r = defaultSettings().retry;
  EXPECT_EQ(r.image.initial, seconds{10});
  EXPECT_EQ(r.image.factor, 2);
  EXPECT_EQ(r.image.max, seconds{300});
  EXPECT_EQ(r.image.maxRetries, 10);
  EXPECT_EQ(r.start.maxRetries, 10);
  EXPECT_EQ(r.crash.maxRetries, 0);
  EXPECT_EQ(r.crash.resetAfter, seconds{600});
  EXPECT_TRUE(r.crashFirstImmediate);
  EXPECT_EQ(r.engine.initial, seconds{1});
  EXPECT_EQ(r.engine.max, seconds{30});
  EXPECT_EQ(r.notify.initial, seconds{5});
  EXPECT_EQ(r.notify.factor, 3);
  EXPECT_EQ(r.notify.max, minutes{15});
  EXPECT_EQ(r.notify.jitter, 1);
  EXPECT_EQ(r.notifyMaxAge, hours{72});
  EXPECT_EQ(r.cloud.max, minutes{5});
  EXPECT_EQ(r.cloudSetup.initial, minutes{6});
  EXPECT_EQ(r.cloudSetup.max, minutes{30});
  EXPECT_EQ(r.rearmAfter, hours{1});
}

struct ValueCase {
  const char* key;
  const char* text;
  bool good;
};

class Values : public testing::TestWithParam<ValueCase> {};

TEST_P(Values, AreTakenOrRefused) {
  const auto all = keys();
  Settings settings;
  const auto expected = assign(keyNamed(all, GetParam().key), GetParam().text, settings);
  EXPECT_EQ(expected.empty(), GetParam().good) << expected;
}

INSTANTIATE_TEST_SUITE_P(
    Table, Values,
    testing::Values(
        ValueCase{"alert.summary.at", "07:00", true}, ValueCase{"alert.summary.at", "", true},
        ValueCase{"alert.summary.at", "23:59", true}, ValueCase{"alert.summary.at", "24:00", false},
        ValueCase{"alert.summary.at", "7:00", false}, ValueCase{"alert.summary.at", "07:60", false},
        ValueCase{"alert.summary.at", "07:00 ", false},
        ValueCase{"alert.summary.jitter", "7h", false},
        ValueCase{"reconcile.interval", "45s", true}, ValueCase{"reconcile.interval", "30", false},
        ValueCase{"reconcile.interval", "500ms", false},
        ValueCase{"reconcile.interval", "2h", false}, ValueCase{"reconcile.interval", "-5s", false},
        ValueCase{"reconcile.interval", "", false},
        ValueCase{"reconcile.parallelPulls", "0", false},
        ValueCase{"reconcile.parallelPulls", "3x", false},
        ValueCase{"reconcile.parallelPulls", "99999999999", false},
        ValueCase{"reconcile.parallelPulls", "auto", false},
        ValueCase{"reconcile.parallelOperations", "auto", true},
        ValueCase{"reconcile.parallelOperations", "4", true},
        ValueCase{"retry.image.factor", "1.5", true}, ValueCase{"retry.image.factor", "0.5", false},
        ValueCase{"retry.image.factor", "inf", false},
        ValueCase{"retry.image.factor", "nan", false},
        ValueCase{"retry.image.jitter", "0.25", true},
        ValueCase{"retry.image.maxRetries", "0", true},
        ValueCase{"retry.image.maxRetries", "-1", false},
        ValueCase{"retry.crash.firstImmediate", "yes", false},
        ValueCase{"plugins.load", "docker, podman", true},
        ValueCase{"plugins.load", "docker,docker", false}, ValueCase{"plugins.load", "", false},
        ValueCase{"plugins.load", "docker,", false}, ValueCase{"plugins.load", "../x", false},
        ValueCase{"api.listen", "", true}, ValueCase{"api.listen", "127.0.0.1:80,[::1]:81", true},
        ValueCase{"api.listen", "localhost:80", false}, ValueCase{"api.listen", "::1:80", false},
        ValueCase{"api.listen", "127.0.0.1", false},
        ValueCase{"api.listen", "127.0.0.1:70000", false},
        ValueCase{"api.listen", "127.0.0.1:80,", false},
        ValueCase{"api.listen", "127.0.0.1:80, 127.0.0.1:80", false},
        ValueCase{"api.hosts", "", true}, ValueCase{"api.hosts", "a.example, [::1]", true},
        ValueCase{"api.hosts", "a.example:80", false}, ValueCase{"api.hosts", "a,,b", false},
        ValueCase{"runtime.docker.url", "tcp://127.0.0.1:2375", true},
        ValueCase{"runtime.docker.url", "/var/run/docker.sock", false},
        ValueCase{"uplink.plugin", "", true}, ValueCase{"uplink.plugin", "Iotistic", false},
        ValueCase{"uplink.pollInterval", "1s", true},
        ValueCase{"uplink.pollInterval", "500ms", false},
        ValueCase{"uplink.pollInterval", "2d", false},
        ValueCase{"uplink.reportInterval", "2h", false}, ValueCase{"uplink.heartbeat", "9s", false},
        ValueCase{"uplink.logs", "on", false}, ValueCase{"state.dir", "", false},
        ValueCase{"target.file", "", true}, ValueCase{"log.level", "debug", true},
        ValueCase{"log.level", "INFO", false}));

TEST(Expectation, SaysFormAndRange) {
  const auto all = keys();
  EXPECT_EQ(expectation(keyNamed(all, "reconcile.interval")),
            "a duration from 1s to 1h (500ms, 30s, 5m, 1h, 2d)");
  EXPECT_EQ(expectation(keyNamed(all, "reconcile.parallelPulls")), "a whole number from 1 to 64");
  EXPECT_EQ(expectation(keyNamed(all, "log.level")), "error, warning, information or debug");
}

// The file that is shipped is the table's text, so it can neither miss a key nor invent one.
TEST(ShippedFile, IsTheTable) {
  std::ifstream file(HOLDFAST_ETC "/holdfast.properties");
  std::stringstream shipped;
  shipped << file.rdbuf();
  const std::string expected = defaultProperties();
  const std::string copy = HOLDFAST_TEST_OUTPUT "/holdfast.properties";
  std::ofstream(copy) << expected;
  EXPECT_EQ(shipped.str(), expected) << "cp " << copy << " " << HOLDFAST_ETC << "/";
}

TEST(ShippedFile, NamesEveryKeyOnceWithItsDefault) {
  std::string uncommented;
  std::istringstream lines(defaultProperties());
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(line.size(), 100U) << line;
    if (line.starts_with('#') && !line.starts_with("# ") && line != "#") {
      uncommented += line.substr(1) + "\n";
    }
  }
  const auto entries = parseProperties(uncommented).entries;
  const auto all = keys();
  ASSERT_EQ(entries.size(), all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(entries[i].key, all[i].name);
    EXPECT_EQ(entries[i].value, all[i].defaultText);
  }
}

}  // namespace
}  // namespace holdfast::config

// SPDX-License-Identifier: Apache-2.0
// The agent's configuration, typed and checked. Immutable once loaded: a reload makes a new one.
//
// The table in keys.hpp says which key fills which member, its default, unit, range and meaning;
// defaultSettings() is a Settings filled from that table alone.
#pragma once

#include "config/listen_address.hpp"
#include "model/alert_matcher.hpp"
#include "model/time.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace holdfast::config {

using model::Milliseconds;

// Since midnight, local time; absent: at no time.
using TimeOfDay = std::optional<std::chrono::minutes>;

enum class LogLevel { Error, Warning, Information, Debug };
enum class LogOutput { Auto, Stderr, Syslog };

// One `retry.<family>.*` group (docs/behaviour.md "Retry").
struct RetrySettings {
  Milliseconds initial{0};
  double factor = 1;
  Milliseconds max{0};
  int maxRetries = 0;
  double jitter = 0;
  Milliseconds resetAfter{0};
};

struct RetryFamilies {
  RetrySettings image;
  RetrySettings start;
  RetrySettings crash;
  RetrySettings engine;
  RetrySettings notify;
  RetrySettings cloud;
  RetrySettings cloudSetup;
  bool crashFirstImmediate = false;
  Milliseconds notifyMaxAge{0};
  Milliseconds rearmAfter{0};
};

// Options of one plugin, as configured: the plugin's own schema says what they mean.
using PluginOptions = std::map<std::string, std::string>;

// One receiver of notifications, `notifier.<name>.*`.
struct NotifierSettings {
  std::string plugin;
  PluginOptions options;
};

// One route of alerts, `alert.route.<number>.*`.
struct RouteSettings {
  model::AlertMatcher match;
  std::vector<std::string> to;
  std::vector<std::string> groupBy{"app"};  // type, app, service, runtime, severity
  Milliseconds groupWait{10'000};
  Milliseconds groupInterval{120'000};
  Milliseconds repeatInterval{14'400'000};
  bool sendResolved = true;
  bool goesOn = false;  // `continue`
};

// The connection to a cloud, `uplink.*`.
struct UplinkSettings {
  std::string plugin;     // empty: there is no cloud
  PluginOptions options;  // every `uplink.<option>` that is not a member here
  Milliseconds pollInterval{0};
  Milliseconds reportInterval{0};  // the least time between two reports
  Milliseconds heartbeat{0};       // the longest time without one
  bool logs = false;
};

struct Settings {
  std::string deviceName;  // empty: the host's name
  std::string stateDirectory;

  std::string socketPath;
  std::string socketGroup;
  std::string socketReadGroup;        // empty: none
  std::vector<ListenAddress> listen;  // empty: no TCP
  std::string tokenFile;              // empty: none
  std::vector<std::string> hosts;     // further names of this device
  int maxConnections = 0;
  int maxFollowers = 0;
  Milliseconds requestTimeout{0};

  std::string pluginDirectory;  // empty: where this build installs its plugins
  std::vector<std::string> plugins;
  std::string defaultRuntime;
  std::map<std::string, PluginOptions> runtimeOptions;  // by plugin: `runtime.<plugin>.<option>`
  std::string registryAuthFile;                         // empty: none
  std::map<std::string, NotifierSettings> notifiers;    // by name
  std::map<int, RouteSettings> alertRoutes;             // by number
  UplinkSettings uplink;
  // Where the value of a key was given, as in a Diagnostic; without those at their default.
  std::map<std::string, std::string> origins;

  TimeOfDay summaryAt;
  Milliseconds summaryJitter{0};
  bool summaryWhenEmpty = false;

  std::string targetFile;  // empty: none

  Milliseconds reconcileInterval{0};
  int parallelPulls = 0;
  int parallelOperations = 0;  // 0: twice as many as there are cores, 2 to 4
  Milliseconds pullStall{0};
  RetryFamilies retry;

  int maxEvents = 0;
  Milliseconds maxEventAge{0};

  LogLevel logLevel = LogLevel::Information;
  LogOutput logOutput = LogOutput::Auto;
};

}  // namespace holdfast::config

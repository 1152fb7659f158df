// SPDX-License-Identifier: Apache-2.0
#include "config/keys.hpp"

#include "config/alert_keys.hpp"
#include "config/words.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>

namespace holdfast::config {
namespace {

constexpr double kSecond = 1000;
constexpr double kMinute = 60 * kSecond;
constexpr double kHour = 60 * kMinute;
constexpr double kDay = 24 * kHour;

// ---- what each form accepts ---------------------------------------------------------------------

template <typename T>
bool assignInto(const Key& key, Settings& settings, T value) {
  std::get<Field<T>>(key.slot)(settings) = std::move(value);
  return true;
}

bool inRange(const Key& key, double value) {
  return key.max <= key.min || (value >= key.min && value <= key.max);
}

bool assignDuration(const Key& key, std::string_view text, Settings& settings) {
  const auto duration = model::parseDuration(text);
  return duration && inRange(key, static_cast<double>(duration->count())) &&
         assignInto(key, settings, *duration);
}

bool assignCount(const Key& key, std::string_view text, Settings& settings) {
  int value = 0;
  if (key.form == Form::CountOrAuto && text == "auto") {
    return assignInto(key, settings, 0);
  }
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() && inRange(key, value) &&
         assignInto(key, settings, value);
}

bool assignNumber(const Key& key, std::string_view text, Settings& settings) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() && std::isfinite(value) &&
         inRange(key, value) && assignInto(key, settings, value);
}

bool assignBoolean(const Key& key, std::string_view text, Settings& settings) {
  return (text == "true" || text == "false") && assignInto(key, settings, text == "true");
}

bool assignNames(const Key& key, std::string_view text, Settings& settings) {
  std::vector<std::string> names;
  for (std::string_view rest = text; !rest.empty();) {
    const auto comma = rest.find(',');
    const std::string name(trim(rest.substr(0, comma)));
    if (!isPluginName(name) || std::find(names.begin(), names.end(), name) != names.end()) {
      return false;
    }
    names.push_back(name);
    rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
    if (comma != std::string_view::npos && rest.empty()) {
      return false;
    }
  }
  return !names.empty() && assignInto(key, settings, std::move(names));
}

bool assignListen(const Key& key, std::string_view text, Settings& settings) {
  auto addresses = parseListenAddresses(text);
  return addresses && assignInto(key, settings, std::move(*addresses));
}

// Names, and addresses as they stand in a URL: an IPv6 one in brackets.
bool assignHosts(const Key& key, std::string_view text, Settings& settings) {
  constexpr std::string_view kCharacters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_[:]";
  std::vector<std::string> hosts;
  for (std::string_view rest = text; !rest.empty();) {
    const auto comma = rest.find(',');
    const auto host = trim(rest.substr(0, comma));
    const bool six = host.starts_with('[') && host.ends_with(']');
    if (host.empty() || host.find_first_not_of(kCharacters) != std::string_view::npos ||
        (!six && host.find_first_of("[:]") != std::string_view::npos)) {
      return false;
    }
    hosts.emplace_back(host);
    rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
  }
  return assignInto(key, settings, std::move(hosts));
}

bool assignTimeOfDay(const Key& key, std::string_view text, Settings& settings) {
  const TimeOfDay time = model::parseTimeOfDay(text);
  return (time || text.empty()) && assignInto(key, settings, time);
}

constexpr std::array<std::pair<std::string_view, LogLevel>, 4> kLevels{
    {{"error", LogLevel::Error},
     {"warning", LogLevel::Warning},
     {"information", LogLevel::Information},
     {"debug", LogLevel::Debug}}};

constexpr std::array<std::pair<std::string_view, LogOutput>, 3> kOutputs{
    {{"auto", LogOutput::Auto}, {"stderr", LogOutput::Stderr}, {"syslog", LogOutput::Syslog}}};

template <typename T, std::size_t N>
bool assignWord(const Key& key, std::string_view text, Settings& settings,
                const std::array<std::pair<std::string_view, T>, N>& words) {
  for (const auto& [word, value] : words) {
    if (word == text) {
      return assignInto(key, settings, value);
    }
  }
  return false;
}

bool textFits(const Key& key, std::string_view text) {
  if (text.empty()) {
    return key.form == Form::Text || key.defaultText.empty();
  }
  if (key.form == Form::Name) {
    return isPluginName(text);
  }
  return key.form == Form::Address ? isAddress(text) : text.find('\0') == std::string_view::npos;
}

bool assignText(const Key& key, std::string_view text, Settings& settings) {
  return textFits(key, text) && assignInto(key, settings, std::string(text));
}

bool assignByForm(const Key& key, std::string_view text, Settings& settings) {
  switch (key.form) {
    case Form::Text:
    case Form::Path:
    case Form::ExistingFile:
    case Form::Address:
    case Form::Name:
      return assignText(key, text, settings);
    case Form::Names:
      return assignNames(key, text, settings);
    case Form::Listen:
      return assignListen(key, text, settings);
    case Form::Hosts:
      return assignHosts(key, text, settings);
    case Form::Duration:
      return assignDuration(key, text, settings);
    case Form::Count:
    case Form::CountOrAuto:
      return assignCount(key, text, settings);
    case Form::Number:
      return assignNumber(key, text, settings);
    case Form::Boolean:
      return assignBoolean(key, text, settings);
    case Form::Time:
      return assignTimeOfDay(key, text, settings);
    case Form::Level:
      return assignWord(key, text, settings, kLevels);
    case Form::Output:
      return assignWord(key, text, settings, kOutputs);
  }
  return false;
}

std::string numberText(double value) {
  if (value == std::floor(value)) {
    return std::to_string(static_cast<std::int64_t>(value));  // not 1e+06
  }
  std::array<char, 32> buffer{};
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return error == std::errc{} ? std::string(buffer.data(), end) : std::string{};
}

std::string boundText(const Key& key, double value) {
  return key.form == Form::Duration
             ? model::formatDuration(Milliseconds{static_cast<Milliseconds::rep>(value)})
             : numberText(value);
}

std::string_view formText(Form form) {
  switch (form) {
    case Form::Text:
      return "text";
    case Form::Path:
      return "a path";
    case Form::ExistingFile:
      return "the path of a file that can be read";
    case Form::Address:
      return "an address: unix:///path, tcp://host:port, http://host:port or https://host:port";
    case Form::Name:
      return "the name of a plugin (small letters, digits and '-')";
    case Form::Names:
      return "one or more names of plugins (small letters, digits and '-'), comma separated, none "
             "twice";
    case Form::Listen:
      return "addresses with ports, 127.0.0.1:8090 or [::1]:8090, comma separated, none twice";
    case Form::Hosts:
      return "names or addresses of machines without ports, comma separated, an IPv6 address in "
             "brackets";
    case Form::Duration:
      return "a duration";
    case Form::Count:
      return "a whole number";
    case Form::CountOrAuto:
      return "auto or a whole number";
    case Form::Number:
      return "a number";
    case Form::Boolean:
      return "true or false";
    case Form::Time:
      return "a time of the day from 00:00 to 23:59, as in 07:00";
    case Form::Level:
      return "error, warning, information or debug";
    case Form::Output:
      return "auto, stderr or syslog";
  }
  return "";
}

// ---- the table ----------------------------------------------------------------------------------

// A member of Settings as a slot.
template <typename T>
Slot at(T Settings::*member) {
  return Field<T>([member](Settings& settings) -> T& { return settings.*member; });
}

template <typename T>
Slot at(T RetryFamilies::*member) {
  return Field<T>([member](Settings& settings) -> T& { return settings.retry.*member; });
}

template <typename T>
Slot at(RetrySettings RetryFamilies::*family, T RetrySettings::*member) {
  return Field<T>(
      [family, member](Settings& settings) -> T& { return settings.retry.*family.*member; });
}

template <typename T>
Slot at(T UplinkSettings::*member) {
  return Field<T>([member](Settings& settings) -> T& { return settings.uplink.*member; });
}

Slot runtimeOption(const char* plugin, const char* option) {
  return Field<std::string>([plugin, option](Settings& settings) -> std::string& {
    return settings.runtimeOptions[plugin][option];
  });
}

Slot uplinkOption(const char* option) {
  return Field<std::string>(
      [option](Settings& settings) -> std::string& { return settings.uplink.options[option]; });
}

Section agentSection() {
  return {"The agent",
          "",
          {{"device.name", Form::Text, "",
            "Name of this device in logs and reports. Without it, the host's name.",
            at(&Settings::deviceName), Applies::OnReload},
           {"state.dir", Form::Path, "/var/lib/holdfast",
            "Directory of the agent's memory: target, retries, history. Created with mode 0700.",
            at(&Settings::stateDirectory)},
           {"target.file", Form::Path, "",
            "File with the target state. Watched: a change, best made by renaming a new file over "
            "it, is noticed at once. It may appear later. Without it, targets come by the API.",
            at(&Settings::targetFile)},
           {"log.level", Form::Level, "information",
            "The least important messages that are still logged.", at(&Settings::logLevel),
            Applies::OnReload},
           {"log.output", Form::Output, "auto",
            "Where messages go. auto: stderr, or the system log with --daemon. Under systemd, "
            "lines on stderr carry the journal's priorities.",
            at(&Settings::logOutput)}}};
}

Section apiSection() {
  return {"The local API",
          "HTTP on a unix socket, and on TCP where api.listen says so; docs/interfaces.md has the "
          "routes, docs/operations.md who may use them.",
          {{"api.socket", Form::Path, "/run/holdfast/holdfast.sock",
            "Path of the socket. Created with mode 0660.", at(&Settings::socketPath)},
           {"api.group", Form::Text, "holdfast",
            "Group that may operate the agent over the socket, as root and the agent's own user "
            "may. A group that does not exist is passed over with a warning; empty: none.",
            at(&Settings::socketGroup)},
           {"api.readGroup", Form::Text, "",
            "Group that may read over the socket, but change nothing. With it the socket has mode "
            "0666: who asks is told by the kernel, and others are refused. Empty: none.",
            at(&Settings::socketReadGroup)},
           {"api.listen", Form::Listen, "",
            "Addresses on which the API and the dashboard answer over TCP, comma separated: "
            "127.0.0.1:8090, [::1]:8090. Requests need a token of api.tokenFile. There is no TLS: "
            "to reach it from other machines, put a proxy with TLS in front. Without it, no TCP.",
            at(&Settings::listen)},
           {"api.tokenFile", Form::Path, "",
            "File with the tokens for TCP, mode 0600, one a line: role:name:token with the role "
            "read or operate, or a token alone, which may operate; '#' begins a comment. A token "
            "has 16 characters at least (openssl rand -hex 32). Read again whenever it changes.",
            at(&Settings::tokenFile)},
           {"api.hosts", Form::Hosts, "",
            "Further names under which the API is reached over TCP, as the full name of the device "
            "or of a proxy, comma separated. Known anyway: localhost, device.name, the host's name "
            "and the address that was connected to. Requests under other names are refused (421).",
            at(&Settings::hosts), Applies::OnReload},
           {"api.maxConnections", Form::Count, "32",
            "Connections served at the same time on the socket, where more have to wait; and as "
            "many again over TCP, where more are refused with 503, from one address half as many.",
            at(&Settings::maxConnections), Applies::OnRestart, 4, 256},
           {"api.maxFollowers", Form::Count, "16",
            "Of these, on the socket and over TCP each, requests that stay open: followed logs and "
            "events. More are refused with 503.",
            at(&Settings::maxFollowers), Applies::OnRestart, 1, 128},
           {"api.requestTimeout", Form::Duration, "10s",
            "Time in which a request must have arrived in full; and in which a reader has to take "
            "each piece of what is sent to it.",
            at(&Settings::requestTimeout), Applies::OnRestart, kSecond, 5 * kMinute}}};
}

Section pluginSection() {
  return {"Plugins and runtimes",
          "Further options of a runtime plugin are set as runtime.<plugin>.<option>; the plugin's "
          "README lists them, and `holdfast plugins inspect FILE` prints them.",
          {{"plugins.dir", Form::Path, "",
            "Directory of the plugins, <name>.so. Without it, holdfast/plugins in the library "
            "directory of this installation.",
            at(&Settings::pluginDirectory)},
           {"plugins.load", Form::Names, "docker",
            "Runtime plugins to load, one at least: an agent without any could start nothing. "
            "What is not named here is never opened.",
            at(&Settings::plugins)},
           {"runtime.default", Form::Name, "docker",
            "Runtime of services that name none. It has to be in plugins.load.",
            at(&Settings::defaultRuntime)},
           {"runtime.docker.url", Form::Address, "unix:///var/run/docker.sock",
            "Where the Docker engine answers.", runtimeOption("docker", "url")},
           {"runtime.podman.url", Form::Address, "unix:///run/podman/podman.sock",
            "Where the Podman service answers.", runtimeOption("podman", "url")},
           {"registry.authFile", Form::ExistingFile, "",
            "Credentials for registries, in the form of Docker's config.json. Handed to every "
            "runtime; read again whenever it changes.",
            at(&Settings::registryAuthFile)}}};
}

Section notifierSection() {
  return {"Receivers of notifications",
          "A receiver is made by giving it a name (small letters, digits and '-') and a plugin: "
          "notifier.ops.plugin = webhook. Every other notifier.ops.<option> is an option of that "
          "plugin, which is loaded without standing in plugins.load; its README lists them, and "
          "`holdfast plugins inspect FILE` prints them. Several receivers may use one plugin. "
          "Secrets stand in files of their own, which options name. `holdfast alerts test ops` "
          "sends a test. Receivers have no defaults; changes take effect at the next start.",
          {}};
}

Section uplinkSection() {
  return {
      "The connection to a cloud",
      "Targets from it, the state of the device to it. Without uplink.plugin there is none. "
      "Every uplink.<option> that does not stand here is an option of that plugin, which is "
      "loaded without standing in plugins.load; its README lists them, and `holdfast plugins "
      "inspect FILE` prints them. retry.cloud and retry.cloudSetup have the delays after a "
      "failed call.",
      {{"uplink.plugin", Form::Name, "", "The plugin that speaks the protocol of the cloud.",
        at(&UplinkSettings::plugin)},
       {"uplink.url", Form::Text, "",
        "Where the cloud is. An option of the plugin, as are the four below.", uplinkOption("url")},
       {"uplink.provisioningKeyFile", Form::Path, "",
        "File with the key that the device registers with, once. Closed to other users.",
        uplinkOption("provisioningKeyFile")},
       {"uplink.caFile", Form::Path, "",
        "Certificates that the cloud's is checked against, PEM. Without it, those of the "
        "system.",
        uplinkOption("caFile")},
       {"uplink.certFile", Form::Path, "",
        "The device's own certificate, PEM, where the cloud asks for one.",
        uplinkOption("certFile")},
       {"uplink.keyFile", Form::Path, "", "The key of that certificate. Closed to other users.",
        uplinkOption("keyFile")},
       {"uplink.pollInterval", Form::Duration, "60s", "Between two questions for a new target.",
        at(&UplinkSettings::pollInterval), Applies::OnReload, kSecond, kDay},
       {"uplink.reportInterval", Form::Duration, "5s",
        "A change is reported at once, but not sooner than so long after the last report.",
        at(&UplinkSettings::reportInterval), Applies::OnReload, kSecond, kHour},
       {"uplink.heartbeat", Form::Duration, "4m",
        "Without a change, a report is sent so long after the last one. Clouds take a device "
        "that is silent for longer for lost.",
        at(&UplinkSettings::heartbeat), Applies::OnReload, 10 * kSecond, kDay},
       {"uplink.logs", Form::Boolean, "false", "Send the output of services to the cloud as well.",
        at(&UplinkSettings::logs), Applies::OnReload}}};
}

Section alertSection() {
  return {"Alerts",
          routeHelp(),
          {{"alert.summary.at", Form::Time, "",
            "When the daily summary (an alert of type=DailySummary and severity info) is sent, in "
            "the device's local time: 07:00. Without it there is none.",
            at(&Settings::summaryAt), Applies::OnReload},
           {"alert.summary.jitter", Form::Duration, "10m",
            "The summary is sent later than that by a part of this time, which is another one on "
            "each device and always the same on one.",
            at(&Settings::summaryJitter), Applies::OnReload, 0, 6 * kHour},
           {"alert.summary.sendWhenEmpty", Form::Boolean, "false",
            "Whether the summary is also sent when there is nothing to say, as a sign of life.",
            at(&Settings::summaryWhenEmpty), Applies::OnReload}}};
}

Section reconcileSection() {
  return {"Reconciling",
          "",
          {{"reconcile.interval", Form::Duration, "30s",
            "Between two looks at everything. Changes are acted upon at once; this is the net "
            "below.",
            at(&Settings::reconcileInterval), Applies::OnReload, kSecond, kHour},
           {"reconcile.parallelPulls", Form::Count, "3",
            "Images pulled at the same time, on each engine.", at(&Settings::parallelPulls),
            Applies::OnReload, 1, 64},
           {"reconcile.parallelOperations", Form::CountOrAuto, "auto",
            "Other steps at the same time, on each engine. auto: two per core, at most 4; more "
            "gain nothing.",
            at(&Settings::parallelOperations), Applies::OnReload, 1, 64},
           {"reconcile.pullStall", Form::Duration, "120s",
            "A pull that shows no progress for so long is cancelled and tried again later. The "
            "total time of a pull has no limit.",
            at(&Settings::pullStall), Applies::OnReload, 5 * kSecond, kHour}}};
}

Section historySection() {
  return {"History",
          "",
          {{"events.maxRecords", Form::Count, "5000",
            "Records kept; the oldest go first. A repeated event is one record with a count.",
            at(&Settings::maxEvents), Applies::OnRestart, 100, 1'000'000},
           {"events.maxAge", Form::Duration, "30d",
            "Records older than this, in time that the agent ran, go.", at(&Settings::maxEventAge),
            Applies::OnRestart, kHour, 3650 * kDay}}};
}

struct FamilyRow {
  std::string name;
  std::string what;
  RetrySettings RetryFamilies::*member;
  std::array<const char*, 6> defaults;  // initial, factor, max, maxRetries, jitter, resetAfter
};

void appendFamily(std::vector<Key>& keys, const FamilyRow& row) {
  const auto add = [&](const char* name, Form form, std::size_t index, std::string help, Slot slot,
                       double min, double max) {
    keys.push_back({"retry." + row.name + "." + name, form, row.defaults.at(index), std::move(help),
                    std::move(slot), Applies::OnReload, min, max});
  };
  add("initial", Form::Duration, 0, "Delay before the first retry of " + row.what + ".",
      at(row.member, &RetrySettings::initial), 1, 7 * kDay);
  add("factor", Form::Number, 1, "Each further delay is so many times the last one.",
      at(row.member, &RetrySettings::factor), 1, 100);
  add("max", Form::Duration, 2, "No delay is longer.", at(row.member, &RetrySettings::max), 1,
      7 * kDay);
  add("maxRetries", Form::Count, 3, "Retries before giving up; 0 never gives up.",
      at(row.member, &RetrySettings::maxRetries), 0, 1'000'000);
  add("jitter", Form::Number, 4, "Share of each delay that is random: 0 none, 1 all of it.",
      at(row.member, &RetrySettings::jitter), 0, 1);
  add("resetAfter", Form::Duration, 5,
      row.name == "crash" ? "A run longer than this starts the ladder afresh."
                          : "Without effect: success alone resets this ladder.",
      at(row.member, &RetrySettings::resetAfter), 0, 30 * kDay);
}

Section retrySection() {
  Section section{"Retries", "docs/behaviour.md \"Retry\" has the rules and the schedule.", {}};
  auto& keys = section.keys;
  appendFamily(
      keys, {"image", "a failed pull", &RetryFamilies::image, {"10s", "2", "5m", "10", "0", "0s"}});
  appendFamily(keys, {"start",
                      "a failed create or start",
                      &RetryFamilies::start,
                      {"10s", "2", "5m", "10", "0", "0s"}});
  appendFamily(keys, {"crash",
                      "a container that ended",
                      &RetryFamilies::crash,
                      {"10s", "2", "5m", "0", "0", "10m"}});
  keys.push_back({"retry.crash.firstImmediate", Form::Boolean, "true",
                  "The first restart of a container that ended has no delay.",
                  at(&RetryFamilies::crashFirstImmediate), Applies::OnReload});
  appendFamily(keys, {"engine",
                      "the connection to an engine",
                      &RetryFamilies::engine,
                      {"1s", "2", "30s", "0", "0", "0s"}});
  appendFamily(keys, {"notify",
                      "deliveries to a notifier",
                      &RetryFamilies::notify,
                      {"5s", "3", "15m", "0", "1", "0s"}});
  keys.push_back({"retry.notify.maxAge", Form::Duration, "72h",
                  "A message older than this is not delivered any more.",
                  at(&RetryFamilies::notifyMaxAge), Applies::OnReload, kMinute, 365 * kDay});
  appendFamily(
      keys,
      {"cloud", "a call to the cloud", &RetryFamilies::cloud, {"1s", "2", "5m", "0", "1", "0s"}});
  appendFamily(keys, {"cloudSetup",
                      "registration and key exchange with the cloud",
                      &RetryFamilies::cloudSetup,
                      {"6m", "2", "30m", "0", "1", "0s"}});
  keys.push_back({"retry.rearmAfter", Form::Duration, "1h",
                  "What gave up because of a network, a registry or an engine gets one more "
                  "attempt after this time; 0s: never.",
                  at(&RetryFamilies::rearmAfter), Applies::OnReload, 0, 365 * kDay});
  return section;
}

}  // namespace

std::vector<Section> sections() {
  return {agentSection(),  apiSection(),       pluginSection(), notifierSection(), alertSection(),
          uplinkSection(), reconcileSection(), retrySection(),  historySection()};
}

std::vector<Key> keys() {
  std::vector<Key> all;
  for (auto& section : sections()) {
    std::move(section.keys.begin(), section.keys.end(), std::back_inserter(all));
  }
  return all;
}

std::string expectation(const Key& key) {
  std::string text(formText(key.form));
  if (key.max > key.min) {
    text += " from " + boundText(key, key.min) + " to " + boundText(key, key.max);
  }
  if (key.form == Form::Duration) {
    text += " (500ms, 30s, 5m, 1h, 2d)";
  }
  return text;
}

std::string assign(const Key& key, std::string_view text, Settings& settings) {
  return assignByForm(key, text, settings) ? std::string{} : expectation(key);
}

Settings defaultSettings() {
  Settings settings;
  for (const Key& key : keys()) {
    static_cast<void>(assign(key, key.defaultText, settings));  // a test holds the table to this
  }
  return settings;
}

}  // namespace holdfast::config

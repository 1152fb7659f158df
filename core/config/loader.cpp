// SPDX-License-Identifier: Apache-2.0
#include "config/loader.hpp"

#include "config/alert_keys.hpp"
#include "config/keys.hpp"
#include "config/property_file.hpp"
#include "config/token_file.hpp"
#include "config/variable_names.hpp"
#include "config/words.hpp"
#include "model/image_reference.hpp"
#include "model/nearest.hpp"
#include "model/secret_names.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <set>
#include <system_error>

namespace holdfast::config {
namespace {

using Severity = Diagnostic::Severity;

constexpr std::array<std::string_view, 2> kReservedNames{"HOLDFAST_SOCKET", "HOLDFAST_CONFIG"};

// One value as some layer gives it.
struct Given {
  std::string origin;
  std::string key;
  std::string value;
};

// One that names a file is none itself.
bool looksSecret(std::string_view key) {
  std::string last(key.substr(key.rfind('.') + 1));
  std::transform(last.begin(), last.end(), last.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return !last.ends_with("file") && model::namedLikeSecret(last);
}

bool namesReceiversPlugin(std::string_view key) {
  return (key.starts_with("notifier.") && key.ends_with(".plugin")) ||
         (key.starts_with("HOLDFAST_NOTIFIER__") && key.ends_with("__PLUGIN"));
}

constexpr std::string_view kUplinkPrefix = "uplink.";

class Loader {
 public:
  explicit Loader(const Layers& layers)
      : layers_(layers), keys_(keys()), settings_(defaultSettings()) {}

  LoadResult run() {
    readFile(layers_.file, true);
    for (const auto& path : directoryFiles()) {
      readFile(path, false);
    }
    readEnvironment();
    for (const auto& [key, value] : layers_.defines) {
      take({"-D", key, value});
    }
    checkTogether();
    LoadResult result{std::nullopt, std::move(diagnostics_)};
    if (std::none_of(result.diagnostics.begin(), result.diagnostics.end(),
                     [](const auto& d) { return d.severity == Severity::Error; })) {
      result.settings = std::move(settings_);
    }
    return result;
  }

 private:
  void report(Severity severity, std::string origin, std::string key, std::string found,
              std::string expected) {
    constexpr std::size_t kMaxShown = 200;
    found = !found.empty() && !mayBeShown(key) ? "***" : model::withoutLogin(found);
    if (found.size() > kMaxShown) {
      found.resize(kMaxShown);
      found += "...";
    }
    diagnostics_.push_back(
        {severity, std::move(origin), std::move(key), std::move(found), std::move(expected)});
  }

  // Of a value is known what it is for, and that it is no secret. Options of plugins are theirs
  // alone, and many a receiver's URL is its password; behind a misspelt key stands anything.
  [[nodiscard]] bool mayBeShown(const std::string& key) const {
    const auto isIt = [&key](const Key& known) {
      return known.name == key || variableName(known.name) == key;
    };
    return key.empty() || namesReceiversPlugin(key) || isRouteKey(key) ||
           (!looksSecret(key) && std::any_of(keys_.begin(), keys_.end(), isIt));
  }

  void error(const Given& given, std::string expected) {
    report(Severity::Error, given.origin, given.key, given.value, std::move(expected));
  }

  // ---- layers -----------------------------------------------------------------------------------

  // conf.d beside the file, in the order of names; others than NN-*.properties are pointed out.
  std::vector<std::string> directoryFiles() {
    namespace fs = std::filesystem;
    const fs::path directory = fs::path(layers_.file).parent_path() / "conf.d";
    std::vector<std::string> paths;
    std::error_code failed;
    for (fs::directory_iterator it(directory, failed), end; !failed && it != end;
         it.increment(failed)) {
      const std::string name = it->path().filename();
      if (!name.ends_with(".properties")) {
        continue;  // README, editors' back-ups, what dpkg leaves
      }
      const bool numbered = name.size() > 3 && std::isdigit(static_cast<unsigned char>(name[0])) &&
                            std::isdigit(static_cast<unsigned char>(name[1])) && name[2] == '-';
      if (!numbered) {
        report(Severity::Error, it->path(), "", name,
               "expected two digits and '-' in front (NN-name.properties), which give its place "
               "in the order");
        continue;
      }
      paths.push_back(it->path());
    }
    if (failed && failed != std::errc::no_such_file_or_directory &&
        failed != std::errc::not_a_directory) {
      report(Severity::Error, directory, "", "",
             "cannot be listed: " + failed.message() + "; it has to be readable by holdfastd");
    }
    std::sort(paths.begin(), paths.end());
    return paths;
  }

  std::optional<std::string> readText(const std::string& path, bool required, bool& othersMayRead) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat status {};
    if (file < 0 || ::fstat(file, &status) != 0) {
      const int reason = errno;
      if (file >= 0) {
        ::close(file);
      }
      report(Severity::Error, path, "", "",
             std::string("cannot be read: ") + std::strerror(reason) +
                 (required ? "; create it (it may be empty) or name another with --config" : ""));
      return std::nullopt;
    }
    othersMayRead = S_ISREG(status.st_mode) && (status.st_mode & S_IROTH) != 0;
    std::string text;
    std::array<char, 16384> buffer{};
    ssize_t got = 0;
    while (text.size() <= kMaxFileBytes && (got = ::read(file, buffer.data(), buffer.size())) > 0) {
      text.append(buffer.data(), static_cast<std::size_t>(got));
    }
    const int reason = errno;
    ::close(file);
    if (got < 0) {
      report(Severity::Error, path, "", "",
             std::string("cannot be read: ") + std::strerror(reason));
      return std::nullopt;
    }
    if (text.size() > kMaxFileBytes) {
      report(Severity::Error, path, "", "",
             "is larger than 256 KiB, which no configuration file is; nothing of it was read");
      return std::nullopt;
    }
    return text;
  }

  void readFile(const std::string& path, bool required) {
    bool othersMayRead = false;
    const auto text = readText(path, required, othersMayRead);
    if (!text) {
      return;
    }
    const PropertyFile file = parseProperties(*text);
    for (const int line : file.badLines) {
      report(Severity::Error, path + ":" + std::to_string(line), "", "",
             "expected `key = value` or a comment (#)");
    }
    std::map<std::string, int> seen;
    for (const auto& entry : file.entries) {
      const auto origin = path + ":" + std::to_string(entry.line);
      const auto [first, isNew] = seen.emplace(entry.key, entry.line);
      if (!isNew) {
        report(Severity::Error, origin, entry.key, entry.value,
               "stands in line " + std::to_string(first->second) + " already; expected once");
      }
      if (othersMayRead && looksSecret(entry.key) && !entry.value.empty()) {
        report(Severity::Warning, origin, entry.key, "",
               "every user of this machine can read this secret; chmod 0640 " + path);
      }
      take({origin, entry.key, entry.value});
    }
  }

  // Capitals cannot be undone (PARALLELPULLS), so names are looked up the other way round.
  void readEnvironment() {
    for (const auto& variable : layers_.environment) {
      const auto equals = variable.find('=');
      const auto name = variable.substr(0, equals);
      if (equals == std::string::npos || !name.starts_with(kEnvironmentPrefix) ||
          std::find(kReservedNames.begin(), kReservedNames.end(), name) != kReservedNames.end()) {
        continue;
      }
      const Given given{"environment", name, variable.substr(equals + 1)};
      if (const auto* key = keyOfVariable(name)) {
        assignTo(*key, given);
      } else if (!takePluginKey(keyOfVariableName(name), given)) {
        unknown(given, variableNames());
      }
    }
  }

  [[nodiscard]] const Key* keyOfVariable(const std::string& name) const {
    const auto found = std::find_if(keys_.begin(), keys_.end(),
                                    [&](const Key& key) { return variableName(key.name) == name; });
    return found == keys_.end() ? nullptr : &*found;
  }

  [[nodiscard]] std::vector<std::string> variableNames() const {
    std::vector<std::string> names;
    for (const auto& key : keys_) {
      names.push_back(variableName(key.name));
    }
    return names;
  }

  // ---- values -----------------------------------------------------------------------------------

  void take(const Given& given) {
    const auto found = std::find_if(keys_.begin(), keys_.end(),
                                    [&](const Key& key) { return key.name == given.key; });
    if (found != keys_.end()) {
      assignTo(*found, given);
    } else if (!takePluginKey(given.key, given)) {
      std::vector<std::string> names;
      for (const auto& key : keys_) {
        names.push_back(key.name);
      }
      unknown(given, names);
    }
  }

  void assignTo(const Key& key, const Given& given) {
    if (const auto expected = assign(key, trim(given.value), settings_); !expected.empty()) {
      error(given, "expected " + expected);
      refused_.insert(key.name);
      return;
    }
    given_[key.name] = given;
    settings_.origins[key.name] = given.origin;
    if (key.form == Form::Path || key.form == Form::ExistingFile) {
      auto& path = std::get<Field<std::string>>(key.slot)(settings_);
      if (!path.empty() && !layers_.baseDirectory.empty()) {
        path = (std::filesystem::path(layers_.baseDirectory) / path).lexically_normal();
      }
      if (key.form == Form::ExistingFile && !path.empty() && ::access(path.c_str(), R_OK) != 0) {
        error(given, std::string("expected a file that can be read: ") + std::strerror(errno));
      }
    }
  }

  // Keys that the table cannot have, since part of their name is free.
  bool takePluginKey(const std::string& key, const Given& given) {
    return takeRuntimeOption(key, given) || takeNotifierKey(key, given) ||
           takeUplinkOption(key, given) || takeRouteKey(key, given);
  }

  bool takeRouteKey(const std::string& key, const Given& given) {
    if (!isRouteKey(key)) {
      return false;
    }
    routesGiven_.insert_or_assign(key, given);
    if (const auto problem = assignRouteKey(key, given.value, settings_.alertRoutes);
        !problem.empty()) {
      error(given, problem);
    }
    return true;
  }

  // runtime.<plugin>.<option>: what the option means is the plugin's to say, once it is loaded.
  bool takeRuntimeOption(const std::string& key, const Given& given) {
    constexpr std::string_view kPrefix = "runtime.";
    if (!key.starts_with(kPrefix)) {
      return false;
    }
    const auto dot = key.find('.', kPrefix.size());
    if (dot == std::string::npos || dot + 1 == key.size()) {
      return false;
    }
    const auto plugin = key.substr(kPrefix.size(), dot - kPrefix.size());
    if (!isPluginName(plugin)) {
      return false;
    }
    settings_.runtimeOptions[plugin][key.substr(dot + 1)] = given.value;
    settings_.origins[key] = given.origin;
    if (plugin != "docker" && plugin != "podman") {
      pluginsWithOptions_.emplace(plugin, given);
    }
    return true;
  }

  // notifier.<name>.plugin and notifier.<name>.<option>.
  bool takeNotifierKey(const std::string& key, const Given& given) {
    constexpr std::string_view kPrefix = "notifier.";
    if (!key.starts_with(kPrefix)) {
      return false;
    }
    const auto dot = key.find('.', kPrefix.size());
    const auto name = key.substr(kPrefix.size(), dot - kPrefix.size());
    if (dot == std::string::npos || dot + 1 == key.size() || !isPluginName(name)) {
      error(given,
            "expected notifier.<name>.plugin or notifier.<name>.<option>, <name> being small "
            "letters, digits and '-', a letter first, at most 32");
      return true;
    }
    auto& notifier = settings_.notifiers[name];
    notifiersGiven_.emplace(name, given);
    settings_.origins[key] = given.origin;
    const auto option = key.substr(dot + 1);
    if (option != "plugin") {
      notifier.options[option] = given.value;
      return true;
    }
    notifiersWithPlugin_.insert(name);
    notifier.plugin = trim(given.value);
    if (!isPluginName(notifier.plugin)) {
      error(given, "expected the name of a plugin (small letters, digits and '-')");
    }
    return true;
  }

  // uplink.<option>, other than those of the table.
  bool takeUplinkOption(const std::string& key, const Given& given) {
    if (!key.starts_with(kUplinkPrefix) || key.size() == kUplinkPrefix.size()) {
      return false;
    }
    settings_.origins[key] = given.origin;
    settings_.uplink.options[key.substr(kUplinkPrefix.size())] = given.value;
    given_[key] = given;
    return true;
  }

  void unknown(const Given& given, const std::vector<std::string>& candidates) {
    const auto near = model::nearest(given.key, candidates);
    error(given, near.empty() ? "no such key; etc/holdfast.properties lists all of them"
                              : "no such key; did you mean " + near + "?");
  }

  // ---- what only the whole shows
  // ------------------------------------------------------------------

  void checkTogether() {
    const auto& loaded = settings_.plugins;
    const auto isLoaded = [&](const std::string& plugin) {
      return std::find(loaded.begin(), loaded.end(), plugin) != loaded.end();
    };
    if (!isLoaded(settings_.defaultRuntime)) {
      error(givenOr("runtime.default", settings_.defaultRuntime),
            "expected one of the plugins in plugins.load");
    }
    for (const auto& [plugin, given] : pluginsWithOptions_) {
      if (!isLoaded(plugin)) {
        error(given, "is an option of plugin '" + plugin + "', which plugins.load does not name");
      }
    }
    checkNotifiers();
    checkRoutes();
    checkUplink();
    for (const auto& family :
         {"image", "start", "crash", "engine", "notify", "cloud", "cloudSetup"}) {
      checkLadder(std::string("retry.") + family);
    }
    if (settings_.maxFollowers >= settings_.maxConnections) {
      error(givenOr("api.maxFollowers", std::to_string(settings_.maxFollowers)),
            "expected less than api.maxConnections, which is " +
                std::to_string(settings_.maxConnections));
    }
    checkTcp();
    constexpr std::size_t kMaxSocketPath = 107;  // sockaddr_un, with its terminating zero
    if (settings_.socketPath.size() > kMaxSocketPath) {
      error(givenOr("api.socket", settings_.socketPath),
            "expected a path of at most 107 bytes, the limit of unix sockets");
    }
    warnOfReadableCredentials();
  }

  void checkTcp() {
    for (const auto& address : settings_.listen) {
      if (!address.loopback) {
        report(Severity::Warning, givenOr("api.listen", "").origin, "api.listen", address.text(),
               "can be reached by other machines, and tokens cross the network in the clear; "
               "better listen on 127.0.0.1 behind a proxy with TLS");
      }
    }
    if (settings_.tokenFile.empty()) {
      if (!settings_.listen.empty()) {
        error(givenOr("api.listen", ""),
              "expected api.tokenFile beside it: requests over TCP "
              "need a token");
      }
      return;
    }
    const auto file = readTokenFile(settings_.tokenFile);
    for (const auto& problem : file.problems) {
      report(Severity::Error,
             settings_.tokenFile + (problem.line == 0 ? "" : ":" + std::to_string(problem.line)),
             "api.tokenFile", "", problem.text);
    }
    if (settings_.listen.empty() && !refused_.contains("api.listen")) {
      report(Severity::Warning, givenOr("api.tokenFile", "").origin, "api.tokenFile", "",
             "has no effect without api.listen");
    } else if (file.problems.empty() && file.tokens.empty()) {
      report(Severity::Warning, settings_.tokenFile, "api.tokenFile", "",
             "has no token in it: nobody can use the API over TCP");
    }
  }

  // A receiver without a plugin is most likely a slip in the name of one of its keys.
  void checkNotifiers() {
    for (const auto& [name, notifier] : settings_.notifiers) {
      if (notifiersWithPlugin_.contains(name)) {
        continue;
      }
      const auto& given = notifiersGiven_.at(name);
      std::vector<std::string> options;
      for (const auto& [option, value] : notifier.options) {
        options.push_back(option);
      }
      const auto needed = "notifier." + name + ".plugin";
      if (const auto slip = model::nearest("plugin", options); !slip.empty()) {
        error(given, needed + " is missing; is it what notifier." + name + "." + slip +
                         " was meant to be?");
      } else if (const auto near = model::nearest(name, notifiersWithPlugin_); !near.empty()) {
        error(given, needed + " is missing; did you mean notifier." + near + "?");
      } else {
        error(given, needed + " is missing; it names the plugin that delivers to " + name);
      }
    }
  }

  void checkUplink() {
    auto& uplink = settings_.uplink;
    std::erase_if(uplink.options, [](const auto& option) { return option.second.empty(); });
    if (uplink.reportInterval > uplink.heartbeat) {
      error(
          givenOr("uplink.reportInterval", model::formatDuration(uplink.reportInterval)),
          "expected at most uplink.heartbeat, which is " + model::formatDuration(uplink.heartbeat));
    }
    if (!uplink.plugin.empty()) {
      return warnOfSlips(uplink.options);
    }
    if (uplink.options.empty()) {
      return;
    }
    std::vector<std::string> options;
    for (const auto& [option, value] : uplink.options) {
      options.push_back(option);
    }
    const auto slip = model::nearest("plugin", options);
    auto given = givenOr(std::string(kUplinkPrefix) + (slip.empty() ? options.front() : slip), "");
    given.value.clear();  // the address of a proxy may have a password in it
    error(given, slip.empty()
                     ? "uplink.plugin is missing; it names the plugin that speaks to the cloud"
                     : "uplink.plugin is missing; is it what " + given.key + " was meant to be?");
  }

  // What is no key of ours is the plugin's to judge, and its hints know only its own options.
  void warnOfSlips(const std::map<std::string, std::string>& options) {
    std::vector<std::string> ours;
    for (const auto& key : keys_) {
      if (key.name.starts_with(kUplinkPrefix)) {
        ours.push_back(key.name.substr(kUplinkPrefix.size()));
      }
    }
    for (const auto& [option, value] : options) {
      const auto near = model::nearest(option, ours);
      if (near.empty() || near == option) {
        continue;
      }
      const std::string prefix(kUplinkPrefix);
      report(Severity::Warning, givenOr(prefix + option, "").origin, prefix + option, "",
             "is handed to the plugin, since the agent has no such key; did you mean " + prefix +
                 near + "?");
    }
  }

  // Each route leads somewhere, to receivers that there are.
  void checkRoutes() {
    for (const auto& [number, route] : settings_.alertRoutes) {
      const auto prefix = "alert.route." + std::to_string(number) + ".";
      const auto to = routesGiven_.find(prefix + "to");
      if (to == routesGiven_.end()) {
        error(routesGiven_.lower_bound(prefix)->second,
              prefix + "to is missing; it names the receivers of what matches");
        continue;
      }
      for (const auto& name : route.to) {
        if (settings_.notifiers.contains(name)) {
          continue;
        }
        const auto near = model::nearest(name, notifiersWithPlugin_);
        error(to->second, "there is no receiver '" + name + "' (notifier." + name + ".plugin)" +
                              (near.empty() ? "" : "; did you mean " + near + "?"));
      }
    }
  }

  void checkLadder(const std::string& family) {
    const auto delay = [&](const std::string& name) {
      const auto key = std::find_if(keys_.begin(), keys_.end(),
                                    [&](const Key& k) { return k.name == family + "." + name; });
      return std::get<Field<Milliseconds>>(key->slot)(settings_);
    };
    if (delay("max") < delay("initial")) {
      error(givenOr(family + ".max", model::formatDuration(delay("max"))),
            "expected at least " + family + ".initial, which is " +
                model::formatDuration(delay("initial")));
    }
  }

  void warnOfReadableCredentials() {
    const auto& path = settings_.registryAuthFile;
    struct stat status {};
    if (!path.empty() && ::stat(path.c_str(), &status) == 0 && (status.st_mode & S_IROTH) != 0) {
      const auto given = givenOr("registry.authFile", path);
      report(Severity::Warning, given.origin, given.key, path,
             "every user of this machine can read these credentials; chmod 0600 " + path);
    }
  }

  [[nodiscard]] Given givenOr(const std::string& key, const std::string& value) const {
    const auto found = given_.find(key);
    return found != given_.end() ? found->second : Given{"default", key, value};
  }

  const Layers& layers_;
  std::vector<Key> keys_;
  Settings settings_;
  std::vector<Diagnostic> diagnostics_;
  std::map<std::string, Given> given_;               // the value in force, by key
  std::set<std::string> refused_;                    // keys that were given a wrong value
  std::map<std::string, Given> pluginsWithOptions_;  // first option given for it
  std::map<std::string, Given> notifiersGiven_;      // first key given for it
  std::map<std::string, Given> routesGiven_;         // by key
  std::set<std::string> notifiersWithPlugin_;        // a good name or not
};

}  // namespace

LoadResult load(const Layers& layers) {
  return Loader(layers).run();
}

}  // namespace holdfast::config

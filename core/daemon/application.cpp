// SPDX-License-Identifier: Apache-2.0
#include "daemon/application.hpp"

#include "api/unix_socket.hpp"
#include "daemon/agent_process.hpp"
#include "daemon/detachment.hpp"
#include "daemon/log.hpp"
#include "daemon/pid_file.hpp"
#include "daemon/plugin_requests.hpp"
#include "daemon/service_loop.hpp"
#include "daemon/version.hpp"

#include <Poco/Exception.h>
#include <Poco/Util/HelpFormatter.h>
#include <Poco/Util/Option.h>
#include <Poco/Util/OptionCallback.h>
#include <Poco/Util/OptionSet.h>

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <optional>

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX has no header for it

namespace holdfast::daemon {
namespace {

using Poco::Util::Option;
using Poco::Util::OptionCallback;

std::string workingDirectory() {
  std::error_code failed;
  const auto path = std::filesystem::current_path(failed);
  return failed ? "/" : path.string();
}

std::vector<std::string> environmentVariables() {
  std::vector<std::string> variables;
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    variables.emplace_back(*variable);
  }
  return variables;
}

int failed(const std::string& what) {
  std::cerr << "holdfastd: " << what << '\n';
  return kExitFailure;
}

// What the agent would warn of at its start. A group is made apart from the configuration, which is
// no worse without it.
std::vector<config::Diagnostic> missingGroups(const config::Settings& settings) {
  std::vector<config::Diagnostic> missing;
  for (const auto& [key, name] : {std::pair("api.group", settings.socketGroup),
                                  std::pair("api.readGroup", settings.socketReadGroup)}) {
    if (!name.empty() && !api::groupNamed(name)) {
      missing.push_back(
          {config::Diagnostic::Severity::Warning, "this machine", key, name,
           "no such group: nobody may use the socket by it (groupadd --system " + name + ")"});
    }
  }
  return missing;
}

}  // namespace

Application::Application(Successor& successor)
    : successor_(successor), startedIn_(workingDirectory()) {}

int Application::execute(int argc, char** argv) {
  try {
    init(argc, argv);
  } catch (const Poco::Exception& error) {
    return failed(error.displayText() + "; holdfastd --help lists the options");
  }
  return ServerApplication::run();
}

void Application::defineOptions(Poco::Util::OptionSet& options) {
  for (const auto& known : commandOptions()) {
    Option option{std::string(known.name), std::string(known.letter), std::string(known.help)};
    option.repeatable(known.repeatable);
    if (!known.argument.empty())
      option.argument(std::string(known.argument));
    options.addOption(option.callback(OptionCallback<Application>(this, &Application::take)));
  }
}

void Application::take(const std::string& name, const std::string& value) {
  if (name == "config") {
    line_.config = value;
  } else if (name == "define") {
    takeDefine(value);
  } else if (name == "pidfile") {
    line_.pidFile = (std::filesystem::path(startedIn_) / value).lexically_normal();
  } else {
    takeFlag(name);
  }
}

void Application::takeDefine(const std::string& value) {
  const auto equals = value.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw Poco::InvalidArgumentException("-D" + value + ": expected -Dkey=value");
  }
  line_.defines.emplace_back(value.substr(0, equals), value.substr(equals + 1));
}

void Application::takeFlag(const std::string& name) {
  line_.detach = line_.detach || name == "daemon";
  line_.check = line_.check || name == "check-config";
  line_.version = line_.version || name == "version";
  line_.help = line_.help || name == "help";
}

void Application::printHelp() const {
  Poco::Util::HelpFormatter help(options());
  help.setUnixStyle(true);
  help.setWidth(100);
  help.setCommand("holdfastd");
  help.setUsage("[OPTION...]");
  help.setHeader(std::string(kPurpose));
  std::string codes;
  for (const auto& [code, meaning] : exitCodes())
    codes += (codes.empty() ? "" : ", ") + std::to_string(code) + " " + std::string(meaning);
  help.setFooter("Exit codes: " + codes + ".");
  help.format(std::cout);
}

config::Layers Application::layers() const {
  config::Layers layers;
  const char* named = std::getenv("HOLDFAST_CONFIG");
  const std::string file = !line_.config.empty() ? line_.config : named == nullptr ? "" : named;
  if (!file.empty()) {
    layers.file = (std::filesystem::path(startedIn_) / file).lexically_normal();
  }
  layers.environment = environmentVariables();
  layers.defines = line_.defines;
  layers.baseDirectory = startedIn_;
  return layers;
}

int Application::main(const std::vector<std::string>& arguments) {
  if (line_.help) {
    printHelp();
    return 0;
  }
  if (line_.version) {
    std::cout << versionText();
    return 0;
  }
  if (!arguments.empty()) {
    return failed("'" + arguments.front() +
                  "' was not expected; holdfastd --help lists the "
                  "options");
  }
  return line_.check ? check() : serve();
}

int Application::check() const {
  auto loaded = config::load(layers());
  auto& diagnostics = loaded.diagnostics;
  if (loaded.settings) {
    const model::SystemClock clock;
    const auto more = checkPlugins(*loaded.settings, clock);
    diagnostics.insert(diagnostics.end(), more.begin(), more.end());
    const auto groups = missingGroups(*loaded.settings);
    diagnostics.insert(diagnostics.end(), groups.begin(), groups.end());
  }
  bool usable = true;
  for (const auto& diagnostic : diagnostics) {
    const bool error = diagnostic.severity == config::Diagnostic::Severity::Error;
    usable = usable && !error;
    std::cerr << (error ? "error: " : "warning: ") << diagnostic.text() << '\n';
  }
  std::cout << (usable ? "the configuration can be used\n" : "the configuration cannot be used\n");
  return usable ? 0 : kExitConfiguration;
}

int Application::serve() {
  const auto settings = loadForStart(layers());
  if (!settings) {
    return kExitConfiguration;
  }
  ::umask(S_IRWXG | S_IRWXO);
  std::optional<Detachment> detachment;
  if (line_.detach) {
    detachment.emplace(successor_.isOne());
  }
  const auto style = chooseLogStyle(settings->logOutput, line_.detach);
  setUpLog(style, settings->logLevel);
  try {
    return live(*settings, detachment);
  } catch (const std::exception& error) {
    logMessage("", engine::Severity::Error, error.what());
    return style == LogStyle::Syslog ? failed(error.what()) : kExitFailure;
  }
}

int Application::live(const config::Settings& settings, std::optional<Detachment>& detachment) {
  const auto environment = ServiceManager::takeEnvironment();
  successor_.serve(environment);
  ServiceManager services(environment.socket, environment.watchdog);
  AgentProcess process(settings, services);
  std::optional<PidFile> pidFile;
  if (!line_.pidFile.empty()) {
    pidFile.emplace(line_.pidFile);
  }
  if (detachment) {
    detachment->ready();
  }
  const Ending ending = runUntilStopped(process, layers(), services, successor_);
  restarts_ = ending.restart;
  if (!ending.clean) {
    // Threads of a plugin are still there: destructors would pull the ground from under them.
    pidFile.reset();
    flushLog();
    ::_exit(ending.restart ? failed(successor_.begin()) : 0);
  }
  return 0;
}

}  // namespace holdfast::daemon

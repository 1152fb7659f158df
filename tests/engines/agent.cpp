// SPDX-License-Identifier: Apache-2.0
#include "engines/agent.hpp"

#include "fixtures/lab/wait_until.hpp"

#include <signal.h>

#include <sstream>
#include <stdexcept>
#include <utility>

namespace holdfast::engines {

namespace fs = std::filesystem;
namespace json = boost::json;

using namespace std::chrono_literals;
using fixtures::waitUntil;

namespace {

// Generous: only a failing test waits so long.
constexpr auto kStartLimit = 20s;
constexpr auto kStopLimit = 20s;
constexpr auto kCallLimit = 30s;

// Plugins are loaded only from folders that nobody but root and the agent's user can write to; a
// build tree need not be one.
void installPlugin(const fs::path& built, const fs::path& folder) {
  const fs::path installed = folder / built.filename();
  fs::copy_file(built, installed);
  fs::permissions(installed, fs::perms::owner_read | fs::perms::owner_exec);
}

fs::path pluginFor(fixtures::Engine engine) {
  return engine == fixtures::Engine::kDocker ? HOLDFAST_DOCKER_PLUGIN : HOLDFAST_PODMAN_PLUGIN;
}

Agent::Settings together(Agent::Settings settings, const Agent::Settings& more) {
  for (const auto& [key, value] : more) {
    settings[key] = value;
  }
  return settings;
}

}  // namespace

Agent::Agent(const fixtures::Lab& lab, fixtures::LabEngines engines, Settings settings)
    : directory_("hf-agent-") {
  settings_ = together(defaults(), {{"state.dir", stateDirectory()},
                                    {"api.socket", directory() / "holdfast.sock"},
                                    {"api.group", "root"},
                                    {"plugins.dir", directory() / "plugins"},
                                    {"log.level", "debug"},
                                    {"log.output", "stderr"}});
  const auto plugins = directory() / "plugins";
  fs::create_directory(plugins);
  fs::permissions(plugins, fs::perms::owner_all);
  for (const char* plugin :
       {HOLDFAST_IOTISTIC_PLUGIN, HOLDFAST_SYSLOG_PLUGIN, HOLDFAST_WEBHOOK_PLUGIN}) {
    installPlugin(plugin, plugins);
  }
  std::string loaded;
  for (const auto engine : fixtures::enginesOf(engines)) {
    const auto name = fixtures::nameOf(engine);
    installPlugin(pluginFor(engine), plugins);
    settings_["runtime." + name + ".url"] = "unix://" + lab.socket(engine).string();
    settings_.emplace("runtime.default", name);
    loaded += (loaded.empty() ? "" : ", ") + name;
  }
  settings_["plugins.load"] = loaded;
  settings_ = together(std::move(settings_), settings);
}

Agent::~Agent() = default;

Agent::Settings Agent::defaults() {
  return {{"reconcile.interval", "1h"},  // whatever is noticed is noticed without it
          {"retry.image.initial", "300ms"},  {"retry.image.max", "2s"},
          {"retry.start.initial", "300ms"},  {"retry.start.max", "2s"},
          {"retry.crash.initial", "300ms"},  {"retry.crash.max", "2s"},
          {"retry.engine.initial", "100ms"}, {"retry.engine.max", "500ms"}};
}

void Agent::configure(const Settings& settings) {
  settings_ = together(std::move(settings_), settings);
}

void Agent::writeConfiguration() const {
  std::string text;
  for (const auto& [key, value] : settings_) {
    text.append(key).append(" = ").append(value).append("\n");
  }
  fixtures::writeFile(directory() / "holdfast.properties", text);
}

void Agent::start(bool engineAnswers) {
  writeConfiguration();
  std::vector<std::string> command = way_;
  command.insert(command.end(),
                 {HOLDFAST_DAEMON, "--config", (directory() / "holdfast.properties").string()});
  process_ = std::make_unique<fixtures::Process>(std::move(command));
  const std::string path = engineAnswers ? "/readyz" : "/healthz";
  const auto ready = [&] {
    try {
      return call("GET", path).status == 200;
    } catch (const std::runtime_error&) {
      return false;
    }
  };
  if (!waitUntil([&] { return !running() || ready(); }, kStartLimit) || !running()) {
    throw std::runtime_error(why("holdfastd does not start"));
  }
}

void Agent::kill() {
  process_->signal(SIGKILL);
  process_->wait(kStopLimit);
  earlierLog_ += process_->standardError();
  process_.reset();
}

void Agent::stop() {
  process_->signal(SIGTERM);
  const auto status = process_->wait(kStopLimit);
  if (status != fixtures::ExitStatus{}) {
    throw std::runtime_error(
        why(status ? "holdfastd ended with a failure" : "holdfastd does not end after SIGTERM"));
  }
  earlierLog_ += process_->standardError();
  process_.reset();
}

fixtures::EngineAnswer Agent::call(const std::string& method, const std::string& path,
                                   const std::string& body) const {
  return fixtures::request(directory() / "holdfast.sock", method, path, body, kCallLimit);
}

json::value Agent::get(const std::string& path) const {
  const auto answer = call("GET", path);
  if (answer.status != 200) {
    throw std::runtime_error("GET " + path + ": " + std::to_string(answer.status) + " " +
                             answer.body);
  }
  return answer.json();
}

std::int64_t Agent::apply(const json::value& target) {
  const auto answer = call("PUT", "/v1/target", json::serialize(target));
  if (answer.status != 200) {
    throw std::runtime_error("the target was refused: " + answer.body);
  }
  applied_ = answer.json().at("revision").as_int64();
  return applied_;
}

json::array Agent::plan(const std::optional<json::value>& target) const {
  const auto answer = call("POST", "/v1/plan", target ? json::serialize(*target) : "");
  if (answer.status != 200) {
    throw std::runtime_error("there is no plan: " + answer.body);
  }
  return answer.json().at("actions").as_array();
}

void Agent::command(const std::string& service, const std::string& verb) const {
  const auto answer = call("POST", "/v1/services/" + service + "/" + verb);
  if (answer.status != 202) {
    throw std::runtime_error(verb + " " + service + ": " + std::to_string(answer.status) + " " +
                             answer.body);
  }
}

json::object Agent::show(const std::string& service) const {
  return get("/v1/services/" + service).as_object();
}

json::array Agent::events(const std::string& service) const {
  std::string path = "/v1/events?limit=1000";
  if (!service.empty()) {
    path += "&service=" + service;
  }
  return get(path).at("events").as_array();
}

json::array Agent::logs(const std::string& service, const std::string& query) const {
  const auto answer = call("GET", "/v1/services/" + service + "/logs" + query);
  if (answer.status != 200) {
    throw std::runtime_error("logs of " + service + ": " + answer.body);
  }
  json::array lines;
  std::istringstream text(answer.body);
  for (std::string line; std::getline(text, line);) {
    lines.push_back(json::parse(line));
  }
  return lines;
}

std::int64_t Agent::revision() const {
  const auto target = get("/v1/info").at("target");
  return target.is_null() ? 0 : target.at("revision").as_int64();
}

bool Agent::settled() const {
  const auto target = get("/v1/info").at("target");
  return !target.is_null() && target.at("revision").as_int64() >= applied_ &&
         target.at("settled").as_bool();
}

std::string Agent::lookedAt() const {
  const auto at = get("/v1/info").at("runtimes").at(0).at("observedAt");
  return at.is_null() ? "" : json::value_to<std::string>(at);
}

std::string Agent::log() const {
  return earlierLog_ + (process_ ? process_->standardError() : "");
}

std::string Agent::why(const std::string& what) {
  return what + ": " + process_->standardOutput() + log();
}

}  // namespace holdfast::engines

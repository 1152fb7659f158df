// SPDX-License-Identifier: Apache-2.0
#include "api/json_views.hpp"

#include <boost/json/parse.hpp>
#include <boost/system/error_code.hpp>

namespace holdfast::api {
namespace {

namespace json = boost::json;

std::optional<model::WallTime> dueAt(const retry::Entry& entry, const model::Now& now) {
  return entry.due ? std::optional(model::wallOf(*entry.due, now)) : std::nullopt;
}

std::string_view stateWord(model::ContainerState state) {
  switch (state) {
    case model::ContainerState::Created:
      return "created";
    case model::ContainerState::Running:
      return "running";
    case model::ContainerState::Paused:
      return "paused";
    case model::ContainerState::Exited:
      return "exited";
    case model::ContainerState::Changing:
      return "changing";
  }
  return "changing";
}

template <class Map>
json::object textMap(const Map& map) {
  json::object object;
  for (const auto& [name, value] : map) {
    object[name] = value;
  }
  return object;
}

json::array ledgerArray(const engine::ServiceView& view, const model::Now& now) {
  json::array entries;
  for (const auto& entry : view.ledger) {
    entries.push_back(ledgerEntry(entry, now));
  }
  return entries;
}

json::array faultArray(const engine::ServiceView& view) {
  return json::array(view.faults.begin(), view.faults.end());
}

json::value containerOf(const engine::ServiceView& view) {
  return view.container ? json::value(containerObject(*view.container)) : json::value(nullptr);
}

json::array mountArray(const model::ObservedContainer& container) {
  json::array mounts;
  for (const auto& mount : container.mounts) {
    mounts.push_back({{"volume", textOrNull(mount.volume)},
                      {"source", textOrNull(mount.source)},
                      {"destination", mount.destination}});
  }
  return mounts;
}

std::string_view typeWord(pluginhost::OptionType type) {
  switch (type) {
    case pluginhost::OptionType::String:
      return "string";
    case pluginhost::OptionType::Integer:
      return "integer";
    case pluginhost::OptionType::Boolean:
      return "boolean";
    case pluginhost::OptionType::Duration:
      return "duration";
    case pluginhost::OptionType::Path:
      return "path";
    case pluginhost::OptionType::SecretFile:
      return "secret-file";
  }
  return "string";
}

json::array optionArray(const std::vector<pluginhost::OptionSpec>& options) {
  json::array array;
  for (const auto& option : options) {
    array.push_back({{"name", option.name},
                     {"type", typeWord(option.type)},
                     {"default", option.fallback ? json::value(*option.fallback) : nullptr},
                     {"allowed", json::array(option.allowed.begin(), option.allowed.end())},
                     {"required", option.required},
                     {"description", option.description}});
  }
  return array;
}

std::string_view pluginState(const pluginhost::PluginReport& plugin) {
  if (plugin.refusal) {
    return plugin.refusal->stage() == pluginhost::Stage::Quarantine ? "quarantined" : "refused";
  }
  return plugin.health.quarantined      ? "quarantined"
         : plugin.health.stuckCalls > 0 ? "stuck"
                                        : "loaded";
}

}  // namespace

json::value timeOrNull(const std::optional<model::WallTime>& at) {
  return at ? json::value(model::toRfc3339(*at)) : json::value(nullptr);
}

json::value textOrNull(const std::string& text) {
  return text.empty() ? json::value(nullptr) : json::value(text);
}

json::object detailedService(const engine::ServiceView& view, const model::Now& now) {
  json::object object = model::toJson(view.status);
  object["key"] = view.key;
  object["spec"] = specValue(view);
  object["specHash"] = view.specHash;
  object["decision"] = view.decision;
  object["ledger"] = ledgerArray(view, now);
  object["container"] = containerOf(view);
  object["faults"] = faultArray(view);
  return object;
}

json::array historyArray(const std::vector<StatusChange>& changes) {
  json::array array;
  for (const StatusChange& change : changes) {
    array.push_back({{"at", model::toRfc3339(change.at)},
                     {"status", change.status},
                     {"reason", change.reason}});
  }
  return array;
}

// The text is JSON already; what is none is shown as it stands.
json::value specValue(const engine::ServiceView& view) {
  boost::system::error_code failed;
  auto value = json::parse(view.specJson, failed);
  return failed ? textOrNull(view.specJson) : value;
}

json::object ledgerEntry(const retry::Entry& entry, const model::Now& now) {
  json::object object{{"key", entry.key},
                      {"retryCount", entry.retryCount},
                      {"maxRetries", entry.maxRetries},
                      {"attempt", model::attemptText(entry.retryCount, entry.maxRetries)},
                      {"delayMs", entry.delay.count()},
                      {"exhausted", entry.exhausted},
                      {"class", model::errorClassWord(entry.latest.errorClass)},
                      {"reason", entry.latest.reason},
                      {"message", entry.latest.message},
                      {"raw", textOrNull(entry.latest.raw)},
                      {"host", textOrNull(entry.latest.host)},
                      {"firstError", entry.firstError},
                      {"since", model::toRfc3339(entry.since)},
                      {"timestamp", model::toRfc3339(entry.timestamp)}};
  if (const auto due = dueAt(entry, now)) {
    object["nextRetry"] = model::toRfc3339(*due);
  }
  if (entry.latest.retryAfter >= model::Milliseconds{0}) {
    object["retryAfterMs"] = entry.latest.retryAfter.count();
  }
  return object;
}

json::object containerObject(const model::ObservedContainer& container) {
  return {{"id", container.id},
          {"name", container.name},
          {"image", container.image},
          {"imageId", container.imageId},
          {"state", stateWord(container.state)},
          {"exitCode", container.exitCode},
          {"pid", container.pid},
          {"oomKilled", container.oomKilled},
          {"engineError", textOrNull(container.engineError)},
          {"createdAt", timeOrNull(container.createdAt)},
          {"startedAt", timeOrNull(container.startedAt)},
          {"finishedAt", timeOrNull(container.finishedAt)},
          {"labels", textMap(container.labels)},
          {"mounts", mountArray(container)},
          {"addresses", textMap(container.addresses)}};
}

json::object runtimeObject(const engine::RuntimeStatus& runtime, const model::Now& now) {
  const auto& info = runtime.info;
  json::object object{{"name", runtime.name},
                      {"available", runtime.available},
                      {"problem", textOrNull(runtime.problem)},
                      {"observedAt", timeOrNull(runtime.observedAt)},
                      {"retry", nullptr},
                      {"engine", nullptr}};
  if (runtime.retry) {
    object["retry"] = ledgerEntry(*runtime.retry, now);
  }
  if (!info.name.empty()) {
    object["engine"] = json::object{{"name", info.name},
                                    {"version", info.version},
                                    {"apiVersion", info.apiVersion},
                                    {"architecture", info.architecture},
                                    {"dataRoot", textOrNull(info.dataRoot)},
                                    {"cpus", info.cpus},
                                    {"memoryBytes", info.memoryBytes}};
  }
  return object;
}

json::object pluginObject(const pluginhost::PluginReport& plugin) {
  json::value stage = nullptr;
  json::value reason = nullptr;
  if (plugin.refusal) {
    stage = pluginhost::stageName(plugin.refusal->stage());
    reason = plugin.refusal->reason();
  } else if (plugin.changedOnDisk) {
    reason = "another file is there now; restart the agent to load it";
  }
  return {{"name", plugin.name},
          {"instance", textOrNull(plugin.instance)},
          {"kind", textOrNull(plugin.kind)},
          {"version", textOrNull(plugin.version)},
          {"state", pluginState(plugin)},
          {"stage", std::move(stage)},
          {"reason", std::move(reason)},
          {"nextTry", plugin.nextTry ? json::value(model::toRfc3339(*plugin.nextTry)) : nullptr},
          {"path", plugin.path},
          {"abi", textOrNull(plugin.abi)},
          {"toolchain", textOrNull(plugin.toolchain)},
          {"options", optionArray(plugin.options)},
          {"changedOnDisk", plugin.changedOnDisk},
          {"runningCalls", plugin.health.runningCalls},
          {"stuckCalls", plugin.health.stuckCalls},
          {"internalErrors", plugin.health.internalErrors}};
}

json::value targetObject(const engine::Snapshot& snapshot) {
  if (!snapshot.storedTarget) {
    return nullptr;
  }
  const auto& stored = *snapshot.storedTarget;
  return json::object{
      {"revision", stored.revision},
      {"version", snapshot.target ? textOrNull(snapshot.target->version) : json::value(nullptr)},
      {"source", sourceWord(stored.source)},
      {"sourceDetail", stored.sourceDetail},
      {"acceptedAt", model::toRfc3339(stored.acceptedAt)},
      {"settled", snapshot.settled}};
}

json::array problemArray(const std::vector<model::Problem>& problems) {
  json::array array;
  for (const auto& problem : problems) {
    array.push_back({{"pointer", problem.pointer}, {"message", problem.message}});
  }
  return array;
}

std::string_view sourceWord(engine::TargetSource source) {
  switch (source) {
    case engine::TargetSource::File:
      return "file";
    case engine::TargetSource::Api:
      return "api";
    case engine::TargetSource::Cloud:
      return "cloud";
  }
  return "api";
}

}  // namespace holdfast::api

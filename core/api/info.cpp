// SPDX-License-Identifier: Apache-2.0
#include "api/entity_tag.hpp"
#include "api/handlers.hpp"
#include "api/json_views.hpp"
#include "api/link_json.hpp"
#include "api/overview.hpp"

#include <boost/json/array.hpp>

namespace holdfast::api {
namespace {

// The engine thread never waits for a plugin, so its rounds take milliseconds. Half a watchdog's
// usual interval.
constexpr model::Milliseconds kHung{15'000};

struct Check {
  bool passed = false;
  std::string name;
  std::string detail;
};

Check heartbeat(const Agent& agent) {
  const auto since = agent.sinceHeartbeat();
  return {since < kHung, "engine",
          since < kHung
              ? "the agent's own thread moves"
              : "the agent's own thread has not moved for " + model::humanDuration(since)};
}

Response verdict(const std::vector<Check>& checks) {
  boost::json::array array;
  bool passed = true;
  for (const auto& check : checks) {
    passed = passed && check.passed;
    array.push_back({{"name", check.name},
                     {"status", check.passed ? "pass" : "fail"},
                     {"detail", check.detail}});
  }
  return json(passed ? 200 : 503,
              {{"status", passed ? "pass" : "fail"}, {"checks", std::move(array)}});
}

}  // namespace

boost::json::object infoObject(const Agent& agent) {
  const auto snapshot = agent.snapshot();
  const auto now = agent.now();
  auto info = agent.identity();
  boost::json::array runtimes;
  for (const auto& runtime : snapshot->runtimes) {
    runtimes.push_back(runtimeObject(runtime, now));
  }
  info["owner"] = snapshot->owner;
  const auto link = agent.link();
  info["target"] = targetObject(*snapshot);
  if (auto* target = info["target"].if_object()) {
    addVersions(*target, *snapshot, link);
  }
  info["link"] = linkValue(link);
  info["warnings"] = problemArray(snapshot->targetWarnings);
  info["runtimes"] = std::move(runtimes);
  return info;
}

boost::json::object clockObject(const Agent& agent) {
  const auto now = agent.now();
  return {{"wall", model::toRfc3339(now.wall)},
          {"bootId", model::bootId()},
          {"sinceBootMs", now.boot.time_since_epoch().count()}};
}

Response showInfo(const Request&, Agent& agent) {
  auto info = infoObject(agent);
  info["clock"] = clockObject(agent);
  return json(200, info);
}

Response listPlugins(const Request& request, Agent& agent) {
  boost::json::array plugins;
  for (const auto& plugin : agent.plugins()) {
    plugins.push_back(pluginObject(plugin));
  }
  return taggedByContent(json(200, {{"plugins", std::move(plugins)}}), request);
}

Response inspectPlugin(const Request& request, Agent& agent) {
  const std::string path(request.parameter("path"));
  if (!path.starts_with('/')) {
    return problem(400, "parameter 'path': expected the absolute path of a plugin file");
  }
  auto object = pluginObject(agent.inspectPlugin(path));
  if (object["state"] == "loaded") {
    object["state"] = "loadable";  // nothing was loaded
  }
  return json(200, object);
}

Response alive(const Request&, Agent& agent) {
  return verdict({heartbeat(agent)});
}

Response ready(const Request&, Agent& agent) {
  std::vector<Check> checks{heartbeat(agent)};
  const auto snapshot = agent.snapshot();
  for (const auto& runtime : snapshot->runtimes) {
    const bool seen = runtime.available && runtime.observedAt.has_value();
    const std::string why =
        runtime.problem.empty() ? "has not been looked at yet" : runtime.problem;
    checks.push_back({seen, "runtime:" + runtime.name, seen ? "answers" : why});
  }
  if (snapshot->runtimes.empty()) {
    checks.push_back({false, "runtimes", "no runtime is loaded; see GET /v1/plugins"});
  }
  return verdict(checks);
}

}  // namespace holdfast::api

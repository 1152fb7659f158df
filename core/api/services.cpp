// SPDX-License-Identifier: Apache-2.0
#include "api/entity_tag.hpp"
#include "api/handlers.hpp"
#include "api/json_views.hpp"
#include "api/link_json.hpp"
#include "api/lookup.hpp"
#include "api/parameters.hpp"
#include "api/service_list.hpp"
#include "api/why.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <chrono>
#include <functional>

namespace holdfast::api {
namespace {

// How far back the details of a service tell how it fared.
constexpr model::Milliseconds kHistory = std::chrono::hours{24};

using SnapshotPtr = std::shared_ptr<const engine::Snapshot>;

// What the cloud wants is no part of a snapshot, and shown beside it.
std::string tagOf(const engine::Snapshot& snapshot, const Agent& agent) {
  std::string tag = agent.instance() + '-' + std::to_string(snapshot.version);
  if (const auto link = agent.link(); link && link->wanted) {
    tag += '-' + std::to_string(std::hash<std::string>()(*link->wanted));
  }
  return '"' + tag + '"';
}

boost::json::value versionsOf(const engine::Snapshot& snapshot, const Agent& agent) {
  boost::json::object versions;
  addVersions(versions, snapshot, agent.link());
  return versions;
}

// The snapshot to answer from: with `wait`, the first one that the client does not have yet.
SnapshotPtr latest(const Request& request, Agent& agent) {
  auto snapshot = agent.snapshot();
  const auto patience = waitParameter(request);
  const auto until = agent.now().boot + patience;
  auto left = patience;
  for (News news = agent.news(); left > model::Milliseconds{0} && !news.stopping &&
                                 matchesTag(request.ifNoneMatch, tagOf(*snapshot, agent));) {
    news = agent.waitForNews(news, left);
    snapshot = agent.snapshot();
    left = until - agent.now().boot;
  }
  return snapshot;
}

// `app`: an id or a name; empty: every app.
boost::json::object servicesObject(const engine::Snapshot& snapshot, std::string_view app,
                                   const Agent& agent) {
  boost::json::array services;
  for (const auto& view : snapshot.services) {
    if (app.empty() || view.isOf(app)) {
      services.push_back(model::toJson(view.status));
    }
  }
  return {{"services", std::move(services)}, {"target", versionsOf(snapshot, agent)}};
}

boost::json::object detailsOf(const engine::ServiceView& view, const Agent& agent) {
  const auto now = agent.now();
  auto details = detailedService(view, now);
  details["history"] = historyArray(agent.statusHistory(view.key, now.wall - kHistory));
  return details;
}

}  // namespace

Response listServices(const Request& request, Agent& agent) {
  const auto snapshot = latest(request, agent);
  return tagged(json(200, servicesObject(*snapshot, request.parameter("app"), agent)), request,
                tagOf(*snapshot, agent));
}

std::string serviceListTag(Agent& agent) {
  return tagOf(*agent.snapshot(), agent);
}

TaggedText serviceList(Agent& agent) {
  const auto snapshot = agent.snapshot();
  return {tagOf(*snapshot, agent), boost::json::serialize(servicesObject(*snapshot, {}, agent))};
}

Response showService(const Request& request, Agent& agent) {
  const auto snapshot = latest(request, agent);
  const auto* view = find(*snapshot, request);
  if (view == nullptr) {
    return noSuchService(*snapshot, request);
  }
  const auto body =
      flagParameter(request, "detail") ? detailsOf(*view, agent) : model::toJson(view->status);
  return tagged(json(200, body), request, tagOf(*snapshot, agent));
}

Response explainService(const Request& request, Agent& agent) {
  const auto snapshot = agent.snapshot();
  const auto* view = find(*snapshot, request);
  return view == nullptr ? noSuchService(*snapshot, request)
                         : json(200, whyService(*snapshot, *view, agent.now()));
}

}  // namespace holdfast::api

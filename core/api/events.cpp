// SPDX-License-Identifier: Apache-2.0
#include "api/event_views.hpp"
#include "api/handlers.hpp"
#include "api/lookup.hpp"
#include "api/parameters.hpp"

#include <boost/json/array.hpp>

namespace holdfast::api {
namespace {

constexpr std::int64_t kDefaultLimit = 100;
constexpr std::int64_t kMaxId = INT64_MAX - 1;

// `service=` is APP/SERVICE, an app, or a service's name.
void narrow(const std::string& wanted, const engine::Snapshot& snapshot, EventQuery& query) {
  const auto slash = wanted.find('/');
  const auto first = wanted.substr(0, slash);
  const auto app = appIdOf(snapshot, first);
  if (slash != std::string::npos) {
    query.app = app.empty() ? first : app;
    query.service = wanted.substr(slash + 1);
  } else if (!app.empty()) {
    query.app = app;
  } else {
    query.service = wanted;
  }
}

// The answer to `query`, after waiting for the first event if there is none.
std::vector<model::Event> waitForEvents(const EventQuery& query, model::Milliseconds patience,
                                        Agent& agent) {
  const auto until = agent.now().boot + patience;
  News news = agent.news();  // before the look, so that what comes in between is not missed
  auto events = agent.events(query);
  for (auto left = patience; events.empty() && left > model::Milliseconds{0} && !news.stopping;
       left = until - agent.now().boot) {
    const auto seen = news.events;
    news = agent.waitForNews(news, left);
    if (news.events != seen) {
      events = agent.events(query);
    }
  }
  return events;
}

}  // namespace

EventQuery eventQueryOf(const Request& request, const Agent& agent) {
  const auto snapshot = agent.snapshot();
  EventQuery query;
  query.after = numberParameter(request, "after", 0, kMaxId);
  query.before = numberParameter(request, "before", 1, kMaxId);
  query.limit = static_cast<std::size_t>(
      numberParameter(request, "limit", 1, kMostEvents).value_or(kDefaultLimit));
  query.since = instantParameter(request, "since", agent.now().wall);
  if (const std::string app(request.parameter("app")); !app.empty()) {
    const auto id = appIdOf(*snapshot, app);
    query.app = id.empty() ? app : id;
  }
  if (const std::string service(request.parameter("service")); !service.empty()) {
    narrow(service, *snapshot, query);
  }
  return query;
}

boost::json::object eventObject(const model::Event& event, const engine::Snapshot& snapshot) {
  auto object = model::toJson(event);
  if (!event.what.app.empty()) {
    object["appName"] = appNameOf(snapshot, event.what.app);
  }
  return object;
}

Response listEvents(const Request& request, Agent& agent) {
  const auto query = eventQueryOf(request, agent);
  const auto events = waitForEvents(query, waitParameter(request), agent);
  const auto snapshot = agent.snapshot();
  const auto bounds = agent.eventBounds();  // after the look, as in a stream
  const auto after = query.after.value_or(bounds.last);
  boost::json::array array;
  for (const auto& event : events) {
    array.push_back(eventObject(event, *snapshot));
  }
  return json(200, {{"events", std::move(array)},
                    {"first", events.empty() ? query.before.value_or(0) : events.front().id},
                    {"last", events.empty() ? std::min(after, bounds.last) : events.back().id},
                    {"missed", bounds.missedSince(after)}});
}

}  // namespace holdfast::api

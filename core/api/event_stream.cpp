// SPDX-License-Identifier: Apache-2.0
// Server-sent events: what happens, numbered, so that a client which comes back misses none; and
// for whom it wants them, the services and all that a page shows beside them as they are, of which
// only the newest state counts.
#include "api/event_views.hpp"
#include "api/handlers.hpp"
#include "api/overview.hpp"
#include "api/parameters.hpp"
#include "api/service_list.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <optional>
#include <string>

namespace holdfast::api {
namespace {

// A comment now and then tells the client that the agent is still there; whether the client is
// still there can be seen without one, so that its place is free again soon.
constexpr model::Milliseconds kHeartbeat{15'000};
constexpr model::Milliseconds kLook{2'000};

// Services that change faster than this are sent less often than they change.
constexpr model::Milliseconds kServicesApart{100};

// The rest has no news of its own and is compared as text; not with every event of a busy moment.
constexpr model::Milliseconds kOverviewApart{500};

// What a client wants besides the numbered events.
struct Wishes {
  bool services = false;
  bool overview = false;
};

class EventStream {
 public:
  EventStream(EventQuery query, Wishes wishes, Agent& agent, StreamWriter& out)
      : query_(std::move(query)), wishes_(wishes), agent_(agent), out_(out) {}

  void run() {
    bool open = out_.write(": events\n\n");
    written_ = agent_.now().boot;
    while (open) {
      const News news = agent_.news();  // before the looks, so that nothing in between is missed
      if (news.stopping) {
        return;
      }
      open = writeWhatIsNew(newServices() + newOverview() + newEvents(news));
      if (open) {
        agent_.waitForNews(news, patience());
      }
    }
  }

 private:
  bool writeWhatIsNew(std::string text) {
    const auto now = agent_.now().boot;
    if (text.empty() && now - written_ < kHeartbeat) {
      return out_.open();
    }
    written_ = now;
    return out_.write(text.empty() ? ": still here\n\n" : text);
  }

  // Without an id, so that a client's Last-Event-ID stays that of the last numbered event.
  std::string newServices() {
    held_ = false;
    if (!wishes_.services || serviceListTag(agent_) == shown_) {
      return {};
    }
    const auto now = agent_.now().boot;
    if (shownAt_ && now - *shownAt_ < kServicesApart) {
      held_ = true;
      return {};
    }
    auto list = serviceList(agent_);
    shown_ = std::move(list.tag);
    shownAt_ = now;
    return "event: services\ndata: " + list.text + "\n\n";
  }

  // Alerts, receivers and the link change by themselves, too: whoever waits looks at least every
  // kLook.
  std::string newOverview() {
    const auto now = agent_.now().boot;
    if (!wishes_.overview || (comparedAt_ && now - *comparedAt_ < kOverviewApart)) {
      return {};
    }
    comparedAt_ = now;
    const auto alerting = agent_.alerting();
    boost::json::object overview{{"info", infoObject(agent_)},
                                 {"alerts", alertArray(*alerting)},
                                 {"silences", silenceArray(*alerting)},
                                 {"notifiers", notifierArray(agent_)}};
    auto text = boost::json::serialize(overview);
    if (text == overview_) {
      return {};
    }
    overview_ = std::move(text);
    overview["clock"] = clockObject(agent_);
    return "event: overview\ndata: " + boost::json::serialize(overview) + "\n\n";
  }

  std::string newEvents(const News& news) {
    if (asked_ && news.events == *asked_) {
      return {};
    }
    const auto events = agent_.events(query_);
    // A full answer may have left some behind: ask again.
    asked_ = events.size() < query_.limit ? std::optional(news.events) : std::nullopt;
    const auto snapshot = agent_.snapshot();
    std::string text = missedEvents(agent_.eventBounds());
    for (const auto& event : events) {
      text += "id: " + std::to_string(event.id) +
              "\ndata: " + boost::json::serialize(eventObject(event, *snapshot)) + "\n\n";
      query_.after = event.id;
    }
    return text;
  }

  // Tells the client once, each time that events were dropped, that it misses some. `bounds` are
  // those after the look at the events: what was dropped before it cannot have been seen. From an
  // id that was never given here the stream goes on with the next one, instead of waiting for ever.
  std::string missedEvents(const EventBounds& bounds) {
    const auto after = *query_.after;
    query_.after = std::min(after, bounds.last);
    if (!bounds.missedSince(after) || (after <= bounds.last && bounds.dropped <= told_)) {
      return {};
    }
    told_ = bounds.dropped;
    return "event: missed\nid: " + std::to_string(*query_.after) + "\ndata: " +
           boost::json::serialize(boost::json::object{{"after", after}, {"last", bounds.last}}) +
           "\n\n";
  }

  [[nodiscard]] model::Milliseconds patience() const {
    if (!asked_) {
      return model::Milliseconds{0};
    }
    return held_
               ? std::max(kServicesApart - (agent_.now().boot - *shownAt_), model::Milliseconds{0})
               : kLook;
  }

  EventQuery query_;
  const Wishes wishes_;
  Agent& agent_;
  StreamWriter& out_;
  model::BootTime written_;
  std::optional<std::uint64_t> asked_;  // News::events that has been written in full
  std::int64_t told_ = 0;               // EventBounds::dropped of which the client knows
  std::string shown_;                   // tag of the services that were written last
  std::optional<model::BootTime> shownAt_;
  std::string overview_;  // that was written last
  std::optional<model::BootTime> comparedAt_;
  bool held_ = false;  // services are newer than those, but the last are too fresh
};

}  // namespace

Response streamEvents(const Request& request, Agent& agent) {
  Request resumed = request;
  if (!request.lastEventId.empty()) {
    resumed.query["after"] = request.lastEventId;
  }
  auto query = eventQueryOf(resumed, agent);
  query.limit = kMostEvents;
  if (!query.after) {
    // A new listener hears what happens from now on; the history is GET /v1/events.
    query.after = agent.eventBounds().last;
  }
  const Wishes wishes{.services = flagParameter(request, "services"),
                      .overview = flagParameter(request, "overview")};
  return {.contentType = "text/event-stream",
          .headers = {{"Cache-Control", "no-store"}},
          .body = "",
          .stream = [query, wishes, &agent](StreamWriter& out) {
            const metrics::Counters::Follower follower(agent.counters());
            EventStream(query, wishes, agent, out).run();
          }};
}

}  // namespace holdfast::api

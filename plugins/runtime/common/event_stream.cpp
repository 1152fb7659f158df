// SPDX-License-Identifier: Apache-2.0
#include "runtime/common/event_stream.hpp"

#include "holdfast/support/json.hpp"

#include <charconv>
#include <system_error>

namespace holdfast::runtime {
namespace {

sdk::EventKind kindOf(std::string_view action) {
  if (action == "die" || action == "died") {  // Docker's and Podman's word
    return sdk::EventKind::Died;
  }
  return action == "start" ? sdk::EventKind::Started : sdk::EventKind::Changed;
}

std::int64_t timeOf(const boost::json::value& object) {
  constexpr std::int64_t kNanosPerMilli = 1'000'000;
  if (const std::int64_t nanos = support::jsonInteger(object, {"timeNano"}); nanos != 0) {
    return nanos / kNanosPerMilli;
  }
  return sdk::kNoTime;
}

void forget(LookCache& cache, const SeenEvent& event) {
  switch (event.subject) {
    case EventSubject::Container:
      cache.forgetContainer(event.id);
      break;
    case EventSubject::Image:
      cache.forgetImages();
      break;
    case EventSubject::Network:
      cache.forgetNetworks();
      break;
    case EventSubject::Volume:
      cache.forgetVolumes();
      break;
    case EventSubject::Command:  // changes nothing that is looked at
      break;
  }
}

// The others count on the stream exactly as long as this lives.
class StreamPresence {
 public:
  StreamPresence(LookCache& cache, ExecEnds* ends) : cache_(cache), ends_(ends) {
    cache_.connected();
    if (ends_ != nullptr) {
      ends_->connected();
    }
  }
  ~StreamPresence() {
    cache_.disconnected();
    if (ends_ != nullptr) {
      ends_->disconnected();
    }
  }
  StreamPresence(const StreamPresence&) = delete;
  StreamPresence& operator=(const StreamPresence&) = delete;

 private:
  LookCache& cache_;
  ExecEnds* const ends_;  // nullptr where no event tells of commands
};

// Nothing where the engine says it in another way.
std::optional<SeenEvent> readEndOfCommand(const boost::json::value& object) {
  SeenEvent event;
  event.subject = EventSubject::Command;
  event.id = support::jsonText(object, {"Actor", "Attributes", "execID"});
  const std::string_view code = support::jsonText(object, {"Actor", "Attributes", "exitCode"});
  const auto read = std::from_chars(code.data(), code.data() + code.size(), event.exitCode);
  const bool number = read.ec == std::errc{} && read.ptr == code.data() + code.size();
  return number && !event.id.empty() ? std::optional(event) : std::nullopt;
}

void report(sdk::EventSink& sink, const SeenEvent& event) {
  sdk::EngineEvent reported;
  reported.kind = event.kind;
  reported.timeMs = event.timeMs;
  if (event.subject == EventSubject::Container) {
    reported.containerId = event.id;
    reported.containerName = event.name;
  }
  reported.action = event.action;
  sink.event(reported);
}

}  // namespace

std::optional<SeenEvent> readEvent(const Dialect& dialect, const boost::json::value& object) {
  SeenEvent event;
  const std::string_view type = support::jsonText(object, {"Type"});
  if (type == "container") {
    // The labels of a container stand among the attributes of its events.
    const boost::json::object* labels = support::jsonObject(object, {"Actor", "Attributes"});
    if (labels == nullptr || !dialect.manages(*labels)) {
      return std::nullopt;
    }
    if (support::jsonText(object, {"Action"}) == "exec_die") {
      return readEndOfCommand(object);
    }
  } else if (type == "image") {
    event.subject = EventSubject::Image;
  } else if (type == "network") {
    event.subject = EventSubject::Network;
  } else if (type == "volume") {
    event.subject = EventSubject::Volume;
  } else {
    return std::nullopt;
  }
  event.action = support::jsonText(object, {"Action"});
  event.id = support::jsonText(object, {"Actor", "ID"});
  event.name = support::jsonText(object, {"Actor", "Attributes", "name"});
  event.timeMs = timeOf(object);
  if (event.subject == EventSubject::Container) {
    event.kind = kindOf(event.action);
  }
  return event;
}

sdk::Status watchEvents(EngineClient& engine, LookCache& cache, ExecEnds& ends, sdk::Call& call,
                        sdk::EventSink& sink) {
  std::optional<StreamPresence> presence;
  support::JsonSplitter splitter;
  const support::StreamHandler handler{
      .head =
          [&](const support::HttpResponse&) {
            presence.emplace(cache, engine.dialect().reportsExecEnds() ? &ends : nullptr);
            sdk::EngineEvent connected;
            connected.kind = sdk::EventKind::Connected;
            connected.action = "connected";
            sink.event(connected);
            return true;
          },
      .data =
          [&](std::string_view bytes) {
            return splitter.push(bytes, [&](const boost::json::value& object) {
              const std::optional<SeenEvent> event = readEvent(engine.dialect(), object);
              if (event && event->subject == EventSubject::Command) {
                ends.ended(event->id, event->exitCode);
              } else if (event) {
                forget(cache, *event);
                report(sink, *event);
              }
              return true;
            });
          }};
  const EngineAnswer answer = engine.stream(
      call,
      {.path = "/events?filters=" + support::urlEncode(engine.dialect().eventFilters()),
       .timeoutMs = support::kNoTimeout},
      handler);
  // Transient: it broke off while the engine is there, which is an end like any other.
  if (!answer.ok() && answer.status.code != sdk::ErrorClass::Transient) {
    return answer.status;
  }
  if (answer.ok() && answer.http() != 200) {
    return engine.refuse(call, kLook, answer.response);
  }
  return fail(call, sdk::ErrorClass::Unavailable,
              std::string(engine.dialect().name()) + " ended its stream of events");
}

}  // namespace holdfast::runtime

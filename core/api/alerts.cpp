// SPDX-License-Identifier: Apache-2.0
#include "api/entity_tag.hpp"
#include "api/handlers.hpp"
#include "api/json_views.hpp"
#include "api/overview.hpp"
#include "model/json_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <charconv>
#include <string_view>

namespace holdfast::api {
namespace {

namespace bj = boost::json;

constexpr std::size_t kMaxComment = 256;

bj::object rowObject(const alerts::AlertView::Row& row) {
  bj::object object = model::toJson(row.alert);
  object["silenced"] = row.silenced;
  object["inhibited"] = row.inhibited;
  object["flapping"] = row.flapping;
  return object;
}

bj::object queueObject(const std::string& notifier, const alerts::Outbox::QueueState& queue) {
  return {{"notifier", notifier},
          {"waiting", queue.entries},
          {"bytes", queue.bytes},
          {"oldest", timeOrNull(queue.oldest)},
          {"delivering", queue.delivering},
          {"dropped", queue.dropped},
          {"switchedOff", textOrNull(queue.switchedOff)}};
}

bj::object silenceObject(const alerts::Silence& silence) {
  return {{"id", silence.id},
          {"match", silence.match.text()},
          {"comment", silence.comment},
          {"createdAt", model::toRfc3339(silence.createdAt)},
          {"endsAt", model::toRfc3339(silence.endsAt)}};
}

bj::object letterObject(const alerts::DeadLetter& letter) {
  bj::array alerts;
  for (const model::Alert& alert : letter.entry.notice.alerts) {
    alerts.push_back(model::toJson(alert));
  }
  return {{"number", letter.entry.number},
          {"id", letter.entry.id},
          {"notifier", letter.entry.notice.notifier},
          {"title", letter.entry.notice.title},
          {"reason", alerts::word(letter.entry.notice.reason)},
          {"attempts", letter.entry.attempts},
          {"why", letter.why},
          {"at", model::toRfc3339(letter.at)},
          {"queuedAt", model::toRfc3339(letter.entry.firstQueuedAt)},
          {"alerts", std::move(alerts)}};
}

// Without what does not belong in a line, and not without end.
std::string quoted(std::string_view text) {
  constexpr std::size_t kMaxQuoted = 64;
  std::string line(text.substr(0, kMaxQuoted));
  std::replace_if(
      line.begin(), line.end(), [](unsigned char c) { return c < 0x20 || c >= 0x7F; }, '?');
  return "'" + line + "'";
}

// What is wrong with the body; empty when `wanted` is filled.
std::string readSilence(const std::string& body, alerts::SilenceRequest& wanted) {
  static constexpr const char* kExpected =
      "expected a body {\"match\": \"service=web\", \"duration\": \"1h\"} with an optional "
      "\"comment\"";
  const auto read = model::readJson(body, {.bytes = 8'192});
  const auto* object = read.value ? read.value->if_object() : nullptr;
  if (object == nullptr) {
    return read.problem.empty() ? kExpected : kExpected + (": " + read.problem);
  }
  for (const auto& [name, value] : *object) {
    const auto* text = value.if_string();
    if (text == nullptr) {
      return std::string(kExpected) + ": '" + std::string(name).substr(0, 64) + "' is no text";
    }
    if (name == "match") {
      wanted.match = std::string(*text);
    } else if (name == "duration") {
      const auto length = model::parseDuration(*text);
      if (!length || *length <= model::Milliseconds{0}) {
        return "'duration' is " + quoted(*text) + "; expected 30m, 1h or 2d";
      }
      wanted.length = *length;
    } else if (name == "comment") {
      wanted.comment = std::string(*text);
    } else {
      return std::string(kExpected) + ": unknown member '" + std::string(name).substr(0, 64) + "'";
    }
  }
  if (!object->contains("match") || !object->contains("duration")) {
    return kExpected;
  }
  return wanted.comment.size() > kMaxComment ? "a comment has at most 256 bytes" : "";
}

}  // namespace

bj::array alertArray(const alerts::AlertView& view) {
  bj::array rows;
  for (const auto& row : view.alerts) {
    rows.push_back(rowObject(row));
  }
  return rows;
}

bj::array silenceArray(const alerts::AlertView& view) {
  bj::array silences;
  for (const auto& silence : view.silences) {
    silences.push_back(silenceObject(silence));
  }
  return silences;
}

Response listAlerts(const Request& request, Agent& agent) {
  const auto view = agent.alerting();
  bj::array queues;
  for (const auto& [notifier, queue] : view->queues) {
    queues.push_back(queueObject(notifier, queue));
  }
  return taggedByContent(json(200, bj::object{{"alerts", alertArray(*view)},
                                              {"outbox", std::move(queues)},
                                              {"nextSummary", timeOrNull(view->nextSummary)}}),
                         request);
}

Response listSilences(const Request& request, Agent& agent) {
  return taggedByContent(json(200, bj::object{{"silences", silenceArray(*agent.alerting())}}),
                         request);
}

Response addSilence(const Request& request, Agent& agent) {
  alerts::SilenceRequest wanted;
  if (const auto wrong = readSilence(request.body, wanted); !wrong.empty()) {
    return problem(400, wrong);
  }
  const auto answer = agent.silence(std::move(wanted));
  return answer.silence ? json(201, silenceObject(*answer.silence)) : problem(400, answer.problem);
}

Response removeSilence(const Request& request, Agent& agent) {
  const auto& id = request.captures.at("id");
  if (!agent.unsilence(id)) {
    return problem(404, "there is no silence '" + id + "'; see GET /v1/silences");
  }
  return json(200, bj::object{{"message", "the silence is over"}});
}

Response listDeadLetters(const Request& request, Agent& agent) {
  const auto view = agent.alerting();
  bj::array letters;
  for (const auto& letter : view->deadLetters) {
    letters.push_back(letterObject(letter));
  }
  return taggedByContent(json(200, bj::object{{"deadLetters", std::move(letters)}}), request);
}

Response replayDeadLetter(const Request& request, Agent& agent) {
  const auto& text = request.captures.at("number");
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) {
    return problem(404, "a dead letter is named by its number; see GET /v1/dead-letters");
  }
  const auto wrong = agent.replay(number);
  return wrong.empty() ? json(202, bj::object{{"message", "it waits for delivery again"}})
                       : problem(404, wrong);
}

}  // namespace holdfast::api

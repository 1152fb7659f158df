// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "fixtures/notifier/sample.hpp"
#include "holdfast/support/json.hpp"
#include "notifier/webhook/formats/formats.hpp"

#include <stdexcept>
#include <string>
#include <utility>

namespace holdfast::webhook {

inline Message messageOf(fixtures::SampleNotification sample) {
  std::string problem;
  std::optional<Message> message = notifier::readMessage(sample.view(), problem);
  if (!message) {
    throw std::runtime_error(problem);
  }
  return std::move(*message);
}

inline FormatContext contextAt(std::string target = "/hook") {
  return {.nowMs = 1'761'300'930'000, .target = std::move(target), .routingKey = {}};
}

// The body as JSON. Throws when it is none.
inline boost::json::value render(const Format& format, const Message& message,
                                 const FormatContext& context = contextAt()) {
  const std::optional<boost::json::value> body =
      support::parseJson(format.render(message, context).body);
  if (!body) {
    throw std::runtime_error("the body is no JSON");
  }
  return *body;
}

// A message whose every text is `text`, with `alerts` alerts: what a hostile registry or image can
// put there.
inline Message hostileMessage(const std::string& text, std::size_t alerts) {
  fixtures::SampleNotification sample = fixtures::firingSample();
  sample.title = text;
  sample.text = text;
  boost::json::object alert = fixtures::sampleAlert();
  for (const char* name : {"alert", "app", "service", "image", "reason", "message"}) {
    alert[name] = text;
  }
  boost::json::array list;
  for (std::size_t at = 0; at < alerts; ++at) {
    list.push_back(alert);
  }
  sample.content["alerts"] = list;
  sample.content["device"] = {{"id", "dev-42"}, {"name", text}};
  return messageOf(sample);
}

// Code points of well-formed text.
inline std::size_t characters(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) {
    count += (static_cast<unsigned char>(c) & 0xc0u) != 0x80u ? 1 : 0;
  }
  return count;
}

inline support::HttpResponse answerOf(int status, std::string body = {},
                                      const std::string& type = {}) {
  support::HttpResponse answer{.status = status, .headers = {}, .body = std::move(body)};
  if (!type.empty()) {
    answer.headers.emplace_back("content-type", type);
  }
  return answer;
}

}  // namespace holdfast::webhook

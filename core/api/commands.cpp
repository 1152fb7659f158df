// SPDX-License-Identifier: Apache-2.0
#include "api/answer.hpp"
#include "api/entity_tag.hpp"
#include "api/handlers.hpp"

#include <boost/json/parse.hpp>
#include <boost/system/error_code.hpp>

namespace holdfast::api {
namespace {

// A command that was taken in; what comes of it shows in the status and the events.
Response accepted(const engine::CommandResult& result) {
  return result.code == engine::CommandResult::Code::Done ? json(202, {{"message", result.message}})
                                                          : refusal(result);
}

// 8-4-4-4-12 hex digits: the form of every owner's uuid.
bool isUuid(std::string_view text) {
  constexpr std::string_view kForm = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  if (text.size() != kForm.size()) {
    return false;
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool hex = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f');
    if (kForm[i] == '-' ? text[i] != '-' : !hex) {
      return false;
    }
  }
  return true;
}

std::string ownerIn(const std::string& body) {
  boost::system::error_code failed;
  const auto value = boost::json::parse(body, failed);
  const auto* object = failed ? nullptr : value.if_object();
  const auto* owner = object == nullptr ? nullptr : object->if_contains("owner");
  return owner != nullptr && owner->is_string() ? std::string(owner->get_string()) : "";
}

}  // namespace

Response commandService(Verb verb, const Request& request, Agent& agent) {
  return accepted(agent.command(verb, request.captures.at("app"), request.captures.at("service")));
}

Response retryEverything(const Request&, Agent& agent) {
  return accepted(agent.retryAll());
}

Response purgeApp(const Request& request, Agent& agent) {
  return accepted(agent.purge(request.captures.at("app")));
}

Response showOrphans(const Request& request, Agent& agent) {
  const auto snapshot = agent.snapshot();
  boost::json::array orphans;
  for (const auto& orphan : snapshot->orphans) {
    orphans.push_back(
        {{"owner", orphan.owner}, {"runtime", orphan.runtime}, {"name", orphan.name}});
  }
  return taggedByContent(json(200, {{"owner", snapshot->owner}, {"orphans", std::move(orphans)}}),
                         request);
}

Response adoptOwner(const Request& request, Agent& agent) {
  const auto owner = ownerIn(request.body);
  if (!isUuid(owner)) {
    return problem(400,
                   "expected a body {\"owner\": \"<uuid>\"} with the owner's uuid, the value of "
                   "the label io.holdfast.owner, in small letters");
  }
  return accepted(agent.adopt(owner));
}

}  // namespace holdfast::api

// SPDX-License-Identifier: Apache-2.0
#include "api/answer.hpp"
#include "api/entity_tag.hpp"
#include "api/handlers.hpp"
#include "api/json_views.hpp"
#include "api/masked.hpp"
#include "api/parameters.hpp"

#include <boost/json/array.hpp>

namespace holdfast::api {
namespace {

engine::TargetRequest strict(const Request& request) {
  return {.text = request.body,
          .strictness = model::Strictness::Strict,
          .source = engine::TargetSource::Api,
          .sourceDetail = "api"};
}

}  // namespace

Response showTarget(const Request& request, Agent& agent) {
  const auto snapshot = agent.snapshot();
  if (!snapshot->storedTarget) {
    return problem(404, "no target was accepted yet; PUT one here, or set target.file");
  }
  return taggedByContent(
      {.status = 200, .headers = {}, .body = snapshot->storedTarget->text, .stream = {}}, request);
}

Response putTarget(const Request& request, Agent& agent) {
  const bool overrides = flagParameter(request, "override");
  if (const auto link = agent.link(); link && !overrides) {
    return problem(409, "the cloud sets the target (uplink " + link->uplink +
                            "); to set another one until its next change, use 'holdfast apply "
                            "--override' or PUT /v1/target?override=1");
  }
  if (auto masked = maskedValues(request.body); !masked.empty()) {
    // All problems at once: those of the document itself, too.
    const auto parsed = model::parseTarget(request.body, model::Strictness::Strict);
    masked.insert(masked.end(), parsed.problems.begin(), parsed.problems.end());
    return problem(422, "the target was refused; nothing was changed", problemArray(masked));
  }
  const auto result = agent.setTarget(strict(request));
  return result.code == engine::CommandResult::Code::Done
             ? json(200, {{"revision", result.revision}, {"message", result.message}})
             : refusal(result);
}

Response planTarget(const Request& request, Agent& agent) {
  const auto run = agent.plan(request.body.empty() ? std::nullopt : std::optional(strict(request)));
  if (run.result.code != engine::CommandResult::Code::Done) {
    return refusal(run.result);
  }
  boost::json::array actions;
  for (const auto& action : run.actions) {
    actions.push_back({{"service", action.service},
                       {"runtime", action.runtime},
                       {"step", action.step},
                       {"object", action.object},
                       {"why", action.why}});
  }
  return json(200, {{"actions", std::move(actions)}});
}

}  // namespace holdfast::api

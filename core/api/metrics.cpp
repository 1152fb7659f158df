// SPDX-License-Identifier: Apache-2.0
#include "api/handlers.hpp"
#include "metrics/exposition.hpp"
#include "metrics/process_families.hpp"
#include "metrics/scrape.hpp"

#include <iterator>

namespace holdfast::api {
namespace {

void append(metrics::Families& families, metrics::Families more) {
  families.insert(families.end(), std::make_move_iterator(more.begin()),
                  std::make_move_iterator(more.end()));
}

}  // namespace

Response showMetrics(const Request&, Agent& agent) {
  // Before the snapshot: counts of a service go with it, and one that is still shown must not have
  // lost them.
  const auto serviceCounts = agent.counters().services();
  const auto snapshot = agent.snapshot();
  const auto alerting = agent.alerting();
  const auto link = agent.link();
  const auto plugins = agent.plugins();
  auto families = metrics::familiesOf({.snapshot = *snapshot,
                                       .alerting = *alerting,
                                       .link = link,
                                       .plugins = plugins,
                                       .serviceCounts = serviceCounts,
                                       .version = agent.version()});
  append(families, agent.counters().families());
  append(families, metrics::processFamilies());
  metrics::arrange(families);
  return {.contentType = metrics::kContentType,
          .headers = {},
          .body = metrics::textOf(families),
          .stream = {}};
}

}  // namespace holdfast::api

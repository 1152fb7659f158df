// SPDX-License-Identifier: Apache-2.0
#include "api/handlers.hpp"
#include "api/router.hpp"

namespace holdfast::api {
namespace {

Handler command(Verb verb) {
  return
      [verb](const Request& request, Agent& agent) { return commandService(verb, request, agent); };
}

}  // namespace

std::vector<Route> routes() {
  constexpr bool kFollows = true;
  return {
      {"GET", "/v1/services", listServices},
      {"GET", "/v1/services/{app}/{service}", showService},
      {"GET", "/v1/services/{app}/{service}/why", explainService},
      {"GET", "/v1/services/{app}/{service}/logs", serviceLogs, kFollows},
      {"POST", "/v1/services/{app}/{service}/retry", command(Verb::Retry)},
      {"POST", "/v1/services/{app}/{service}/restart", command(Verb::Restart)},
      {"POST", "/v1/services/{app}/{service}/stop", command(Verb::Stop)},
      {"POST", "/v1/services/{app}/{service}/start", command(Verb::Start)},
      {"POST", "/v1/retry", retryEverything},
      {"GET", "/v1/target", showTarget},
      {"PUT", "/v1/target", putTarget},
      {"POST", "/v1/plan", planTarget},
      {"GET", "/v1/events", listEvents},
      {"GET", "/v1/events/stream", streamEvents, kFollows},
      {"POST", "/v1/apps/{app}/purge", purgeApp},
      {"GET", "/v1/adopt", showOrphans},
      {"POST", "/v1/adopt", adoptOwner},
      {"GET", "/v1/plugins", listPlugins},
      {"POST", "/v1/plugins/inspect", inspectPlugin},
      {"GET", "/v1/alerts", listAlerts},
      {"GET", "/v1/silences", listSilences},
      {"POST", "/v1/silences", addSilence},
      {"DELETE", "/v1/silences/{id}", removeSilence},
      {"GET", "/v1/dead-letters", listDeadLetters},
      {"POST", "/v1/dead-letters/{number}/replay", replayDeadLetter},
      {"GET", "/v1/notifiers", listNotifiers},
      {"POST", "/v1/notifiers/{name}/test", testNotifier},
      {"GET", "/v1/info", showInfo},
      {"GET", "/healthz", alive},
      {"GET", "/readyz", ready},
  };
}

}  // namespace holdfast::api

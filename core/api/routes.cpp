// SPDX-License-Identifier: Apache-2.0
#include "api/handlers.hpp"
#include "api/idempotency.hpp"
#include "api/router.hpp"

namespace holdfast::api {
namespace {

Handler command(Verb verb) {
  return
      [verb](const Request& request, Agent& agent) { return commandService(verb, request, agent); };
}

Handler commandToApp(Verb verb) {
  return [verb](const Request& request, Agent& agent) { return operateApp(verb, request, agent); };
}

}  // namespace

std::vector<Route> routes() {
  constexpr bool kFollows = true;
  constexpr bool kTakesApiKey = true;
  const auto once = [book = std::make_shared<IdempotencyBook>()](Handler handler) -> Handler {
    return [book, handler = std::move(handler)](const Request& request, Agent& agent) {
      return book->once(request, agent, handler);
    };
  };
  return {
      {"GET", "/v1/services", Access::Read, listServices},
      {"GET", "/v1/services/{app}/{service}", Access::Read, showService},
      {"GET", "/v1/services/{app}/{service}/why", Access::Read, explainService},
      {"GET", "/v1/services/{app}/{service}/logs", Access::Read, serviceLogs, kFollows},
      {"POST", "/v1/services/{app}/{service}/retry", Access::Operate, once(command(Verb::Retry))},
      {"POST", "/v1/services/{app}/{service}/restart", Access::Operate,
       once(command(Verb::Restart))},
      {"POST", "/v1/services/{app}/{service}/stop", Access::Operate, once(command(Verb::Stop))},
      {"POST", "/v1/services/{app}/{service}/start", Access::Operate, once(command(Verb::Start))},
      {"POST", "/v1/retry", Access::Operate, once(retryEverything)},
      {"GET", "/v1/target", Access::Operate, showTarget},
      {"PUT", "/v1/target", Access::Operate, putTarget},
      {"POST", "/v1/plan", Access::Operate, planTarget},
      {"GET", "/v1/events", Access::Read, listEvents},
      {"GET", "/v1/events/stream", Access::Read, streamEvents, kFollows},
      {"POST", "/v1/apps/{app}/purge", Access::Operate, once(purgeApp)},
      {"GET", "/v1/adopt", Access::Read, showOrphans},
      {"POST", "/v1/adopt", Access::Operate, once(adoptOwner)},
      {"GET", "/v1/plugins", Access::Read, listPlugins},
      {"POST", "/v1/plugins/inspect", Access::Operate, inspectPlugin},
      {"GET", "/v1/alerts", Access::Read, listAlerts},
      {"GET", "/v1/silences", Access::Read, listSilences},
      {"POST", "/v1/silences", Access::Operate, once(addSilence)},
      {"DELETE", "/v1/silences/{id}", Access::Operate, removeSilence},
      {"GET", "/v1/dead-letters", Access::Read, listDeadLetters},
      {"POST", "/v1/dead-letters/{number}/replay", Access::Operate, once(replayDeadLetter)},
      {"GET", "/v1/notifiers", Access::Read, listNotifiers},
      {"POST", "/v1/notifiers/{name}/test", Access::Operate, once(testNotifier)},
      {"GET", "/v1/info", Access::Read, showInfo},
      {"GET", "/v1/openapi.json", Access::Read, describeApi},
      {"GET", "/v1/device", Access::Read, showDevice, !kFollows, kTakesApiKey},
      {"GET", "/v1/apps/{app}", Access::Read, showApp, !kFollows, kTakesApiKey},
      {"POST", "/v1/apps/{app}/stop", Access::Operate, once(commandToApp(Verb::Stop)), !kFollows,
       kTakesApiKey},
      {"POST", "/v1/apps/{app}/start", Access::Operate, once(commandToApp(Verb::Start)), !kFollows,
       kTakesApiKey},
      {"POST", "/v1/restart", Access::Operate, once(restartApp), !kFollows, kTakesApiKey},
      {"POST", "/v1/purge", Access::Operate, once(purgeAppData), !kFollows, kTakesApiKey},
      {"POST", "/v1/reboot", Access::Operate, once(restartAgent), !kFollows, kTakesApiKey},
      {"GET", "/", Access::Public, dashboardPage},
      {"GET", "/dashboard/{file}", Access::Public, dashboardFile},
      {"GET", "/healthz", Access::Public, alive},
      {"GET", "/readyz", Access::Public, ready},
      {"GET", "/metrics", Access::Read, showMetrics},
  };
}

}  // namespace holdfast::api

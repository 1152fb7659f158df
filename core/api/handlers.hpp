// SPDX-License-Identifier: Apache-2.0
// The handlers of the routes (router.cpp has the table), one source file per subject. Each is a
// function of the request and the agent; none touches a socket.
#pragma once

#include "api/agent.hpp"
#include "api/http.hpp"

namespace holdfast::api {

// services.cpp
[[nodiscard]] Response listServices(const Request& request, Agent& agent);
[[nodiscard]] Response showService(const Request& request, Agent& agent);
[[nodiscard]] Response explainService(const Request& request, Agent& agent);

// logs.cpp
[[nodiscard]] Response serviceLogs(const Request& request, Agent& agent);

// commands.cpp
[[nodiscard]] Response commandService(Verb verb, const Request& request, Agent& agent);
[[nodiscard]] Response retryEverything(const Request& request, Agent& agent);
[[nodiscard]] Response purgeApp(const Request& request, Agent& agent);
[[nodiscard]] Response showOrphans(const Request& request, Agent& agent);
[[nodiscard]] Response adoptOwner(const Request& request, Agent& agent);

// device.cpp
[[nodiscard]] Response showDevice(const Request& request, Agent& agent);
[[nodiscard]] Response showApp(const Request& request, Agent& agent);
[[nodiscard]] Response operateApp(Verb verb, const Request& request, Agent& agent);
[[nodiscard]] Response restartApp(const Request& request, Agent& agent);
[[nodiscard]] Response purgeAppData(const Request& request, Agent& agent);
[[nodiscard]] Response restartAgent(const Request& request, Agent& agent);

// openapi.cpp
[[nodiscard]] Response describeApi(const Request& request, Agent& agent);

// targets.cpp
[[nodiscard]] Response showTarget(const Request& request, Agent& agent);
[[nodiscard]] Response putTarget(const Request& request, Agent& agent);
[[nodiscard]] Response planTarget(const Request& request, Agent& agent);

// events.cpp
[[nodiscard]] Response listEvents(const Request& request, Agent& agent);
// event_stream.cpp
[[nodiscard]] Response streamEvents(const Request& request, Agent& agent);

// alerts.cpp
[[nodiscard]] Response listAlerts(const Request& request, Agent& agent);
[[nodiscard]] Response listSilences(const Request& request, Agent& agent);
[[nodiscard]] Response addSilence(const Request& request, Agent& agent);
[[nodiscard]] Response removeSilence(const Request& request, Agent& agent);
[[nodiscard]] Response listDeadLetters(const Request& request, Agent& agent);
[[nodiscard]] Response replayDeadLetter(const Request& request, Agent& agent);

// notifiers.cpp
[[nodiscard]] Response listNotifiers(const Request& request, Agent& agent);
[[nodiscard]] Response testNotifier(const Request& request, Agent& agent);

// dashboard.cpp
[[nodiscard]] Response dashboardPage(const Request& request, Agent& agent);
[[nodiscard]] Response dashboardFile(const Request& request, Agent& agent);

// info.cpp
[[nodiscard]] Response showInfo(const Request& request, Agent& agent);
[[nodiscard]] Response listPlugins(const Request& request, Agent& agent);
[[nodiscard]] Response inspectPlugin(const Request& request, Agent& agent);
[[nodiscard]] Response alive(const Request& request, Agent& agent);
[[nodiscard]] Response ready(const Request& request, Agent& agent);

// metrics.cpp
[[nodiscard]] Response showMetrics(const Request& request, Agent& agent);

}  // namespace holdfast::api

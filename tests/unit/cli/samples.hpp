// SPDX-License-Identifier: Apache-2.0
// Statuses as the API gives them (docs/interfaces.md "Service status").
#pragma once

#include <string>

namespace holdfast::cli {

inline const std::string kNodered = R"({"appId": 1001, "appName": "monitoring", "serviceId": 2,
  "serviceName": "nodered", "imageName": "nodered/node-red:invalid", "state": "running",
  "override": null, "serviceStatus": "error", "reason": "ImagePullBackOff", "ready": false,
  "restartCount": 0, "crashCount": 0, "containerId": null, "runningImage": null,
  "startedAt": null, "lastState": null, "pull": null, "runtime": "docker", "stale": false,
  "observedAt": "2025-10-24T10:15:31.000Z",
  "error": {"type": "ImagePullBackOff", "reason": "ImagePullBackOff",
    "message": "manifest unknown", "class": "not_found",
    "timestamp": "2025-10-24T10:15:30.000Z", "retryCount": 3, "maxRetries": 10,
    "nextRetry": "2025-10-24T10:15:50.000Z", "exhausted": false,
    "since": "2025-10-24T10:15:00.000Z", "firstError": "connection refused"}})";

inline const std::string kMosquitto = R"({"appId": 1001, "appName": "monitoring", "serviceId": 1,
  "serviceName": "mosquitto", "imageName": "eclipse-mosquitto:2", "state": "running",
  "override": null, "serviceStatus": "running", "reason": "Running", "ready": true,
  "restartCount": 5, "crashCount": 0,
  "containerId": "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
  "runningImage": "eclipse-mosquitto:2", "runningImageDigest": "sha256:0123456789ab",
  "startedAt": "2025-10-24T10:13:24.000Z",
  "lastState": {"exitCode": 1, "reason": "Error", "startedAt": "2025-10-24T10:12:00.000Z",
    "finishedAt": "2025-10-24T10:13:22.000Z"},
  "pull": null, "runtime": "docker", "stale": false,
  "observedAt": "2025-10-24T10:15:31.000Z"})";

inline const std::string kPulling = R"({"appId": 1002, "appName": "web", "serviceId": 7,
  "serviceName": "front", "imageName": "nginx:1.27", "state": "running", "override": null,
  "serviceStatus": "pending", "reason": "Pulling", "ready": false, "restartCount": 0,
  "crashCount": 0, "containerId": null, "runningImage": null, "startedAt": null,
  "lastState": null, "pull": {"done": 12000000, "total": 48000000, "phase": "downloading"},
  "runtime": "docker", "stale": false, "observedAt": "2025-10-24T10:15:31.000Z"})";

inline std::string servicesOf(const std::string& list) {
  return R"({"services": [)" + list + "]}";
}

}  // namespace holdfast::cli

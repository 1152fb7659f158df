// SPDX-License-Identifier: Apache-2.0
// Statuses as the agent gives them (docs/interfaces.md, "Service status").

export const NOW = Date.parse("2025-10-24T10:16:00.000Z");

export function running(members = {}) {
  return {
    appId: 1001, appName: "monitoring", serviceId: 2, serviceName: "nodered", imageName: "nodered/node-red:3",
    state: "running", override: null, serviceStatus: "running", reason: "Running", ready: true, restartCount: 0,
    crashCount: 0, containerId: "c0ffee", runningImage: "nodered/node-red:3", runningImageDigest: null,
    startedAt: "2025-10-24T10:00:00.000Z",
    lastState: null, pull: null, runtime: "docker", stale: false, observedAt: "2025-10-24T10:16:00.000Z", ...members,
  };
}

export function pullError(members = {}) {
  return {
    type: "ImagePullBackOff", reason: "ImagePullBackOff", message: "manifest unknown", class: "not_found",
    timestamp: "2025-10-24T10:15:30.000Z", retryCount: 3, maxRetries: 10, nextRetry: "2025-10-24T10:16:10.000Z",
    exhausted: false, since: "2025-10-24T10:15:00.000Z", firstError: "manifest unknown", ...members,
  };
}

export function failing(members = {}, error = {}) {
  return running({
    serviceStatus: "error", reason: "ImagePullBackOff", ready: false, containerId: null, runningImage: null,
    startedAt: null, error: pullError(error), ...members,
  });
}

// An event of "nodered"; its two times are minutes before NOW.
export function event(id, reason, minutesAgo, members = {}) {
  const at = new Date(NOW - minutesAgo * 60_000).toISOString();
  return {
    id, firstId: id, type: "Normal", reason, app: "1001", service: "nodered", message: reason, count: 1,
    firstTimestamp: at, lastTimestamp: at, ...members,
  };
}

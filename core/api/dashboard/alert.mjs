// SPDX-License-Identifier: Apache-2.0
// What the page shows of an alert: a pure reading of GET /v1/alerts (docs/alerting.md).

const SEVERITIES = {
  critical: { tone: "bad", icon: "cross" },
  error: { tone: "bad", icon: "alert" },
  warning: { tone: "warn", icon: "alert" },
  info: { tone: "busy", icon: "dots" },
};

const ORDER = ["critical", "error", "warning", "info"];

// Worst first, among equals the latest; what only waits to become one is no alert yet.
export function firing(alerts) {
  return alerts
    .filter((alert) => alert.state === "firing")
    .sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity) || b.startsAt.localeCompare(a.startsAt));
}

export function lookOf(alert) {
  return SEVERITIES[alert.severity] ?? SEVERITIES.error;
}

export function subjectOf(alert) {
  if (alert.service) {
    return `${alert.app}/${alert.service}`;
  }
  const [kind] = ["notifier", "plugin", "runtime"].filter((name) => alert[name]);
  return kind ? `${kind === "runtime" ? "engine" : kind} ${alert[kind]}` : "device";
}

// Why it is not sent, or null.
export function hushOf(alert) {
  if (alert.silenced) {
    return "silenced";
  }
  if (alert.inhibited) {
    return "inhibited";
  }
  return alert.flapping ? "flapping" : null;
}

// The matcher of this alert and no other.
export function matcherOf(alert) {
  const parts = [`type=${alert.alert}`];
  for (const [name, value] of [
    ["app", alert.appId],
    ["service", alert.service],
    ["runtime", alert.service ? null : alert.runtime],
    ["plugin", alert.plugin],
    ["notifier", alert.notifier],
  ]) {
    if (value !== null && value !== undefined && value !== "") {
      parts.push(`${name}=${value}`);
    }
  }
  return parts.join(", ");
}

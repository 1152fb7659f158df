// SPDX-License-Identifier: Apache-2.0
// What the page shows of one service: a pure reading of its status (docs/interfaces.md, "Service
// status"). Words are the agent's own, so that page, command line and cloud never disagree.
import { countdown, duration } from "./time.mjs";

// Reasons that tell of a fault without being one of the wire's errors.
const FAULTS_AT_REST = new Set(["Error", "OOMKilled"]);

export function keyOf(service) {
  return `${service.appId}/${service.serviceName}`;
}

export function nameOf(service) {
  return `${service.appName}/${service.serviceName}`;
}

export function isFailing(service) {
  return service.serviceStatus === "error";
}

// A service whose old container runs on while its update fails: both facts count.
function runsOn(service) {
  return isFailing(service) && service.ready;
}

// {word, tone, icon}: the icon's shape alone tells the tones apart, without colour.
export function badgeOf(service) {
  if (service.stale) {
    return { word: service.reason, tone: "stale", icon: "unknown" };
  }
  switch (service.serviceStatus) {
    case "running":
      return runningBadge(service);
    case "stopped":
      return FAULTS_AT_REST.has(service.reason)
        ? { word: service.reason, tone: "bad", icon: "cross" }
        : { word: service.reason, tone: "off", icon: "square" };
    case "error":
      return errorBadge(service);
    default:
      return {
        word: service.reason,
        tone: "busy",
        icon: service.reason === "Pulling" ? "down" : "dots",
      };
  }
}

function runningBadge(service) {
  if (service.reason === "Paused") {
    return { word: "Paused", tone: "off", icon: "pause" };
  }
  return service.ready
    ? { word: service.reason, tone: "ok", icon: "check" }
    : { word: `${service.reason}, not ready`, tone: "warn", icon: "alert" };
}

function errorBadge(service) {
  return runsOn(service)
    ? { word: service.reason, tone: "warn", icon: "alert" }
    : { word: service.reason, tone: "bad", icon: "cross" };
}

// "3/10", "4" without a limit: as the command line has it.
export function attemptText(retryCount, maxRetries) {
  return maxRetries > 0 ? `${retryCount}/${maxRetries}` : `${retryCount}`;
}

// What comes next by itself, or null for a service without an error:
//   {kind: "waits", attempt, due, from}   the retry at `due`; it has been waited for since `from`
//   {kind: "tries", attempt}              it is being made
//   {kind: "gaveUp", attempt}             no more retries
//   {kind: "fixSpec"}                     only another specification helps
export function nextOf(service) {
  const error = service.error;
  if (!error) {
    return null;
  }
  const attempt = attemptText(error.retryCount, error.maxRetries);
  if (error.exhausted) {
    return { kind: "gaveUp", attempt };
  }
  if (error.nextRetry) {
    const due = Date.parse(error.nextRetry);
    return { kind: "waits", attempt, due, from: Date.parse(error.timestamp) };
  }
  return error.class === "invalid" ? { kind: "fixSpec" } : { kind: "tries", attempt };
}

// The changing part of the line beside the badge: {text, fraction}, the fraction of the wait that is
// over (0 to 1) or null.
export function nextText(next, now) {
  switch (next.kind) {
    case "waits": {
      const left = countdown(next.due, now);
      const whole = next.due - next.from;
      return {
        text: left === "now" ? "Retrying now" : `Retry in ${left}`,
        fraction: whole > 0 ? Math.min(1, Math.max(0, (now - next.from) / whole)) : null,
      };
    }
    case "tries":
      return { text: "Retrying", fraction: null };
    case "gaveUp":
      return { text: "Gave up", fraction: null };
    default:
      return { text: "Fix the specification", fraction: null };
  }
}

// {done, total, percent, phase} of a pull; percent is null while the size is not known.
export function pullOf(service) {
  const pull = service.pull;
  if (!pull) {
    return null;
  }
  const percent = pull.total > 0 ? Math.floor((100 * Math.min(pull.done, pull.total)) / pull.total) : null;
  return { ...pull, percent };
}

export function bytesText(bytes) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  let size = bytes;
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${unit === 0 || size >= 99.5 ? Math.round(size) : size.toFixed(1)} ${units[unit]}`;
}

// Name and the end of the reference apart, so that what tells two images apart is never cut off.
export function imageParts(image) {
  const digest = image.indexOf("@");
  const name = digest < 0 ? image : image.slice(0, digest);
  const colon = name.lastIndexOf(":");
  const tagged = colon > name.lastIndexOf("/");
  return {
    name: tagged ? name.slice(0, colon) : name,
    tag: tagged ? name.slice(colon + 1) : "",
    digest: digest < 0 ? "" : image.slice(digest + 1),
  };
}

// "sha256:0123456789ab"
export function shortDigest(digest) {
  const [algorithm, hex] = digest.split(":");
  return hex ? `${algorithm}:${hex.slice(0, 12)}` : digest.slice(0, 12);
}

// "exit code 137 (OOMKilled)", or null.
export function lastStateText(service) {
  const last = service.lastState;
  return last ? `exit code ${last.exitCode} (${last.reason})` : null;
}

export function uptimeText(service, now) {
  const runs = service.startedAt && service.containerId && (service.serviceStatus === "running" || runsOn(service));
  return runs ? duration(now - Date.parse(service.startedAt)) : null;
}

const PROBE_TONES = { success: "ok", failure: "bad" };

// The probes that it has: [{kind, word, tone, detail}]. The detail says why, where that is of interest.
export function probesOf(service) {
  return Object.entries(service.probes ?? {})
    .filter(([, probe]) => probe)
    .map(([kind, { type, result, streak, streakOf, lastOutput, message }]) => {
      const row = streak > 1 ? `, ${streak} times ${streakOf}` : "";
      const detail = result === "success" && streakOf !== "failure" ? "" : (message ?? lastOutput ?? "");
      return { kind, word: `${type} ${result}${row}`, tone: PROBE_TONES[result] ?? "busy", detail };
    });
}

// What the explanation of a service rests on, as text: another one has another explanation. How often
// and when a probe has said the same is not in it, since that changes with each attempt.
export function causesOf(service) {
  const { serviceStatus, reason, ready, override, error, containerId } = service;
  const verdicts = Object.entries(service.probes ?? {}).map(([kind, probe]) => [kind, probe?.result]);
  return JSON.stringify([serviceStatus, reason, ready, override, error, containerId, verdicts]);
}

// Which buttons there are: {retry, restart, stop, start}, each true when pressing it makes sense.
export function actionsOf(service) {
  const stopped = service.override === "stopped";
  return {
    retry: Boolean(service.error) && !stopped,
    restart: Boolean(service.containerId) && !stopped && service.state !== "stopped",
    stop: !stopped && service.state !== "stopped",
    start: stopped,
  };
}

// What a screen reader is told of a change: only when a service begins or ceases to fail, gives up,
// runs or rests. The steps in between repeat with each retry and would never be silent.
export function announcementOf(before, after) {
  const standing = standingOf(after);
  if (!before || standing === null || standing === standingOf(before)) {
    return null;
  }
  const what = isFailing(after) && after.error?.message ? `: ${after.error.message}` : "";
  return `${nameOf(after)} ${standing}${what}`;
}

function standingOf(service) {
  switch (service.serviceStatus) {
    case "error":
      return service.error?.exhausted ? "gave up" : "is failing";
    case "running":
      return service.ready ? "is running" : "is running, not ready";
    case "stopped":
      return `is stopped (${service.reason})`;
    default:
      return service.error ? "is failing" : null;  // a retry under way is still the same failure
  }
}

// SPDX-License-Identifier: Apache-2.0
// The history of a service out of its events (docs/interfaces.md, "Events"). Pure.
import { DAY } from "./time.mjs";

export const SPAN = DAY;

// What is only known to be so now is shown for as long as can be seen on a strip.
const LEAST = SPAN / 288;

// More records than the page can show; the oldest go first.
const MAX_RECORDS = 2000;

// Which state an event leaves its service in. What is not named here changes nothing.
const LEAVES = {
  Started: "ok",
  Adopted: "ok",
  TakenOver: "ok",
  Failed: "bad",
  BackOff: "bad",
  MaxRetriesExceeded: "bad",
  Killing: "off",
  Purged: "off",
  Pulling: "busy",
  Created: "busy",
};

function leaves(event) {
  if (event.reason === "Exited") {
    return event.type === "Warning" ? "bad" : "off";
  }
  return LEAVES[event.reason] ?? null;
}

// Records by the id of their first occurrence: a repeat replaces what it repeats.
export class EventLog {
  #records = new Map();

  add(events) {
    for (const event of events) {
      const known = this.#records.get(event.firstId);
      if (known && known.id >= event.id) {
        continue;
      }
      this.#records.delete(event.firstId);
      this.#records.set(event.firstId, event);
    }
    for (const firstId of this.#records.keys()) {
      if (this.#records.size <= MAX_RECORDS) {
        break;
      }
      this.#records.delete(firstId);
    }
  }

  clear() {
    this.#records.clear();
  }

  // Of one service, the latest first.
  of(service) {
    return [...this.#records.values()]
      .filter((event) => String(event.app) === String(service.appId) && event.service === service.serviceName)
      .sort((a, b) => b.id - a.id);
  }
}

// Each record stands for its first and its latest occurrence.
function pointsOf(events) {
  const points = [];
  for (const event of events) {
    const tone = leaves(event);
    if (tone === null) {
      continue;
    }
    points.push({ at: Date.parse(event.firstTimestamp), id: event.firstId, tone, event });
    if (event.count > 1) {
      points.push({ at: Date.parse(event.lastTimestamp), id: event.id, tone, event });
    }
  }
  return points.sort((a, b) => a.at - b.at || a.id - b.id);
}

// A retry between two failures is part of the failure.
function settled(points) {
  let failing = false;
  return points.map((point) => {
    failing = point.tone === "bad" || (failing && point.tone === "busy");
    return failing && point.tone === "busy" ? { ...point, tone: "bad" } : point;
  });
}

function runningSince(service) {
  return service.serviceStatus === "running" && service.startedAt ? Date.parse(service.startedAt) : null;
}

function toneNow(service) {
  switch (service.serviceStatus) {
    case "running":
      return service.ready ? "ok" : "warn";
    case "stopped":
      return "off";
    case "error":
      return "bad";
    default:
      return service.error ? "bad" : "busy";
  }
}

// Since when the service has been what it is now, as far as its status tells.
function presentSince(service) {
  const since = {
    running: service.startedAt,
    error: service.error?.timestamp,
    stopped: service.lastState?.finishedAt,
  }[service.serviceStatus];
  return since ? Date.parse(since) : null;
}

// The last 24 hours as [{from, to, tone, cause}], without gaps, oldest first; `cause` is the message
// of the event that began it. Before the first event nothing is known, unless the container that
// runs now is older. The last segment is what the service shows now, whatever its last event was.
export function segmentsOf(events, service, now) {
  const begin = now - SPAN;
  const started = runningSince(service);
  const points = settled(pointsOf(events)).filter((point) => point.at <= now);
  const before = points.filter((point) => point.at <= begin).at(-1);
  const segments = [{ from: begin, tone: before?.tone ?? "unknown", cause: before?.event.message ?? "" }];
  const turn = (from, tone, cause) => {
    if (segments.at(-1).tone !== tone) {
      segments.push({ from: Math.max(from, segments.at(-1).from), tone, cause });
    }
  };
  for (const point of points) {
    if (point.at > begin && (started === null || point.at < started)) {
      turn(point.at, point.tone, point.event.message);
    }
  }
  turn(presentSince(service) ?? now - LEAST, toneNow(service), service.error?.message ?? "");
  return segments
    .map((segment, i) => ({ ...segment, to: segments[i + 1]?.from ?? now }))
    .filter((segment) => segment.to > segment.from);
}

const WORDS = { ok: "running", bad: "failing", warn: "not ready", off: "stopped", busy: "starting", unknown: "unknown" };

export function toneWord(tone) {
  return WORDS[tone] ?? tone;
}

// "running 92 %, failing 8 %": what a strip says to somebody who does not see it.
export function summaryOf(segments) {
  const whole = segments.reduce((sum, { from, to }) => sum + (to - from), 0);
  const shares = new Map();
  for (const { from, to, tone } of segments) {
    shares.set(tone, (shares.get(tone) ?? 0) + (to - from));
  }
  return [...shares]
    .sort((a, b) => b[1] - a[1])
    .map(([tone, share]) => {
      const percent = Math.round((100 * share) / whole);
      return `${toneWord(tone)} ${percent < 1 ? "under 1" : percent} %`;
    })
    .join(", ");
}

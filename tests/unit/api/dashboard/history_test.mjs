// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { EventLog, segmentsOf, SPAN, summaryOf } from "../../../../core/api/dashboard/history.mjs";
import { MINUTE } from "../../../../core/api/dashboard/time.mjs";
import { event, failing, NOW, running } from "./statuses.mjs";

const warning = { type: "Warning" };

// "unknown 100, bad 16": tone and minutes.
function strip(events, service) {
  const segments = segmentsOf(events, service, NOW);
  for (let i = 1; i < segments.length; ++i) {
    assert.equal(segments[i].from, segments[i - 1].to, "no gap and no overlap");
  }
  assert.equal(segments[0].from, NOW - SPAN);
  assert.equal(segments.at(-1).to, NOW);
  return segments.map(({ from, to, tone }) => `${tone} ${(to - from) / MINUTE}`).join(", ");
}

test("a container that runs for longer than the strip fills it", () => {
  const old = running({ startedAt: "2025-10-20T00:00:00.000Z" });
  assert.equal(strip([], old), "ok 1440");
  assert.equal(strip([event(1, "Started", 9999)], old), "ok 1440");
});

test("before the first event nothing is known", () => {
  assert.equal(strip([event(1, "Pulling", 17), event(2, "Started", 16)], running()), "unknown 1423, busy 1, ok 16");
});

test("what was before the strip begins goes on into it", () => {
  assert.equal(strip([event(1, "Failed", 2000, warning)], failing({}, { timestamp: new Date(NOW).toISOString() })), "bad 1440");
});

test("retries between two failures belong to the failure", () => {
  const events = [event(1, "Pulling", 60), event(2, "Failed", 59, warning), event(3, "Pulling", 40), event(4, "BackOff", 39)];
  assert.equal(strip(events, failing()), "unknown 1380, busy 1, bad 59");
});

test("a counted record stands for its first and its latest time", () => {
  const repeated = event(9, "Failed", 100, { ...warning, firstId: 1, count: 3, lastTimestamp: new Date(NOW - 30 * MINUTE).toISOString() });
  const started = event(5, "Started", 60);
  assert.equal(strip([repeated, started], running()), "unknown 1340, bad 40, ok 30, bad 14, ok 16");
});

test("a failure beside a run that goes on leaves the run as it is", () => {
  assert.equal(strip([event(1, "Started", 16), event(2, "Failed", 5, warning)], running()), "unknown 1424, ok 16");
});

test("the end is what the service shows now", () => {
  const stopped = running({ serviceStatus: "stopped", reason: "Stopped", lastState: { finishedAt: new Date(NOW - 30 * MINUTE).toISOString() } });
  assert.equal(strip([event(1, "Started", 90)], stopped), "unknown 1350, ok 60, off 30");
  const unseen = running({ serviceStatus: "stopped", reason: "Stopped" });
  assert.equal(strip([], unseen), "unknown 1435, off 5");
});

test("an orderly end is no failure", () => {
  const completed = running({ serviceStatus: "stopped", reason: "Completed" });
  assert.equal(strip([event(1, "Started", 20), event(2, "Exited", 10)], completed), "unknown 1420, ok 10, off 10");
});

test("a device whose clock was set back shows no future", () => {
  const stopped = running({ serviceStatus: "stopped", reason: "Stopped", lastState: { finishedAt: new Date(NOW - 30 * MINUTE).toISOString() } });
  assert.equal(strip([event(1, "Started", 90), event(2, "Failed", -600, warning)], stopped), "unknown 1350, ok 60, off 30");
});

test("a strip says its shares, the largest first", () => {
  const segments = segmentsOf([event(1, "Started", 720)], failing({}, { timestamp: new Date(NOW - 6 * MINUTE).toISOString() }), NOW);
  assert.equal(summaryOf(segments), "unknown 50 %, running 50 %, failing under 1 %");
});

test("the log replaces a record by its repeat, and ignores what it has seen", () => {
  const log = new EventLog();
  log.add([event(1, "Pulling", 9), event(2, "Failed", 8)]);
  log.add([event(5, "Pulling", 9, { firstId: 1, count: 2 })]);
  log.add([event(1, "Pulling", 9)]);
  assert.deepEqual(log.of(running()).map(({ id, count }) => [id, count]), [[5, 2], [2, 1]]);
  assert.deepEqual(log.of(running({ serviceName: "other" })), []);
  log.clear();
  assert.deepEqual(log.of(running()), []);
});

test("the log has an end", () => {
  const log = new EventLog();
  log.add(Array.from({ length: 5000 }, (_, i) => event(i + 1, "Pulling", 1)));
  assert.equal(log.of(running()).length, 2000);
  assert.equal(log.of(running()).at(-1).id, 3001);
});

// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import * as view from "../../../../core/api/dashboard/service.mjs";
import { failing, NOW, running } from "./statuses.mjs";

test("a badge has the agent's word, and a tone and shape for each kind of state", () => {
  const look = (service) => Object.values(view.badgeOf(service)).join(" ");
  const of = (serviceStatus, reason) => running({ serviceStatus, reason, ready: false });
  assert.equal(look(running()), "Running ok check");
  assert.equal(look(running({ ready: false })), "Running, not ready warn alert");
  assert.equal(look(running({ reason: "Paused", ready: false })), "Paused off pause");
  assert.equal(look(of("pending", "ContainerCreating")), "ContainerCreating busy dots");
  assert.equal(look(of("pending", "DependencyNotReady")), "DependencyNotReady busy dots");
  assert.equal(look(of("pending", "Pulling")), "Pulling busy down");
  assert.equal(look(of("stopped", "Stopped")), "Stopped off square");
  assert.equal(look(of("stopped", "Completed")), "Completed off square");
  assert.equal(look(of("stopped", "Error")), "Error bad cross");
  assert.equal(look(of("stopped", "OOMKilled")), "OOMKilled bad cross");
  assert.equal(look(failing()), "ImagePullBackOff bad cross");
  assert.equal(look(failing({ ready: true, containerId: "old" })), "ImagePullBackOff warn alert");
  assert.equal(look(running({ stale: true })), "Running stale unknown");
});

test("tones differ in shape, not in colour alone", () => {
  const shapes = new Map();
  for (const service of [running(), running({ ready: false }), failing(), running({ stale: true }),
    running({ serviceStatus: "stopped", reason: "Stopped" }), running({ serviceStatus: "pending", reason: "Pulling" })]) {
    const { tone, icon } = view.badgeOf(service);
    assert.ok(!shapes.has(icon), `${icon} stands for ${tone} and ${shapes.get(icon)}`);
    shapes.set(icon, tone);
  }
});

test("what comes next is told of each kind of error", () => {
  assert.equal(view.nextOf(running()), null);
  assert.deepEqual(view.nextOf(failing()),
    { kind: "waits", attempt: "3/10", due: NOW + 10_000, from: NOW - 30_000 });
  assert.deepEqual(view.nextOf(failing({}, { retryCount: 10, exhausted: true, nextRetry: undefined })), { kind: "gaveUp", attempt: "10/10" });
  assert.deepEqual(view.nextOf(failing({}, { nextRetry: undefined, class: "invalid", retryCount: 0 })), { kind: "fixSpec" });
  assert.deepEqual(view.nextOf(failing({}, { nextRetry: undefined })), { kind: "tries", attempt: "3/10" });
  assert.equal(view.nextOf(failing({}, { maxRetries: 0, retryCount: 4 })).attempt, "4");
});

test("the countdown runs with the agent's time and starts over with the next attempt", () => {
  const next = view.nextOf(failing());
  assert.deepEqual(view.nextText(next, NOW), { text: "Retry in 10s", fraction: 0.75 });
  assert.deepEqual(view.nextText(next, NOW + 9_500), { text: "Retry in 1s", fraction: 0.9875 });
  assert.deepEqual(view.nextText(next, NOW + 10_000), { text: "Retrying now", fraction: 1 });
  const after = view.nextOf(failing({}, { retryCount: 4, timestamp: "2025-10-24T10:16:10.000Z", nextRetry: "2025-10-24T10:17:30.000Z" }));
  assert.deepEqual(view.nextText(after, NOW + 10_000), { text: "Retry in 1:20", fraction: 0 });
  assert.equal(view.nextText({ kind: "gaveUp" }, NOW).text, "Gave up");
  assert.equal(view.nextText({ kind: "fixSpec" }, NOW).text, "Fix the specification");
  assert.equal(view.nextText({ kind: "tries" }, NOW).text, "Retrying");
});

test("a wait without length has no bar, and never leaves its ends", () => {
  const wait = { kind: "waits", from: NOW, due: NOW };
  assert.equal(view.nextText(wait, NOW).fraction, null);
  assert.equal(view.nextText({ ...wait, due: NOW + 10 }, NOW - 5_000).fraction, 0);
});

test("an image reference is taken apart at the tag, not at a registry's port", () => {
  assert.deepEqual(view.imageParts("127.0.0.1:5055/nodered/node-red:3"), { name: "127.0.0.1:5055/nodered/node-red", tag: "3", digest: "" });
  assert.deepEqual(view.imageParts("127.0.0.1:5055/app"), { name: "127.0.0.1:5055/app", tag: "", digest: "" });
  assert.deepEqual(view.imageParts("app:1@sha256:abc"), { name: "app", tag: "1", digest: "sha256:abc" });
  assert.equal(view.shortDigest("sha256:0123456789abcdef"), "sha256:0123456789ab");
  assert.equal(view.shortDigest("0123456789abcdef"), "0123456789ab");
});

test("buttons are there when pressing them makes sense", () => {
  const of = (service) => Object.entries(view.actionsOf(service)).filter(([, there]) => there).map(([verb]) => verb).join(" ");
  assert.equal(of(running()), "restart stop");
  assert.equal(of(failing()), "retry stop");
  assert.equal(of(failing({ containerId: "old" })), "retry restart stop");
  assert.equal(of(running({ override: "stopped", serviceStatus: "stopped", reason: "Stopped" })), "start");
  assert.equal(of(running({ state: "stopped", serviceStatus: "stopped", reason: "Stopped" })), "");
});

test("a pull tells its share where the size is known", () => {
  assert.equal(view.pullOf(running()), null);
  assert.equal(view.pullOf(running({ pull: { done: 1, total: 3, phase: "Downloading" } })).percent, 33);
  assert.equal(view.pullOf(running({ pull: { done: 5, total: 3, phase: "" } })).percent, 100);
  assert.equal(view.pullOf(running({ pull: { done: 5, total: 0, phase: "" } })).percent, null);
});

test("bytes are told in three digits", () => {
  assert.equal(view.bytesText(0), "0 B");
  assert.equal(view.bytesText(999), "999 B");
  assert.equal(view.bytesText(1_500), "1.5 kB");
  assert.equal(view.bytesText(52_428_800), "52.4 MB");
  assert.equal(view.bytesText(999_950), "1.0 MB");
});

test("only what runs has an uptime, also the old container of a failing update", () => {
  assert.equal(view.uptimeText(running(), NOW), "16m");
  assert.equal(view.uptimeText(failing({ ready: true, containerId: "old", startedAt: "2025-10-24T10:15:00.000Z" }), NOW), "1m");
  assert.equal(view.uptimeText(failing(), NOW), null);
});

test("probes tell their verdict, and why when it is of interest", () => {
  const probe = (members) => ({ type: "http", result: "success", streak: 12, streakOf: "success", lastOutput: "200", message: null, ...members });
  assert.deepEqual(view.probesOf(running()), []);
  assert.deepEqual(view.probesOf(running({ probes: null })), []);
  assert.deepEqual(view.probesOf(running({ probes: { startup: null, liveness: probe(), readiness: probe({ result: "failure", streak: 3, streakOf: "failure", lastOutput: "503" }) } })), [
    { kind: "liveness", word: "http success, 12 times success", tone: "ok", detail: "" },
    { kind: "readiness", word: "http failure, 3 times failure", tone: "bad", detail: "503" },
  ]);
  const [beginning] = view.probesOf(running({ probes: { startup: probe({ result: "unknown", streak: 0, streakOf: null, lastOutput: null, message: "no address yet" }) } }));
  assert.deepEqual(beginning, { kind: "startup", word: "http unknown", tone: "busy", detail: "no address yet" });
  const [wavering] = view.probesOf(running({ probes: { liveness: probe({ streak: 1, streakOf: "failure", lastOutput: "500" }) } }));
  assert.equal(wavering.detail, "500");
});

test("what changes the explanation of a service, and nothing else, changes its causes", () => {
  const readiness = { type: "http", result: "success", streak: 1, lastTime: "2025-10-24T10:15:00.000Z" };
  const service = running({ probes: { startup: null, liveness: null, readiness } });
  const causes = view.causesOf(service);
  assert.equal(view.causesOf({ ...service, observedAt: "2025-10-24T10:17:00.000Z" }), causes);
  const again = { ...readiness, streak: 2, lastTime: "2025-10-24T10:15:10.000Z" };
  assert.equal(view.causesOf({ ...service, probes: { ...service.probes, readiness: again } }), causes);
  for (const other of [
    { ready: false }, { override: "stopped" }, { reason: "Unready" }, { containerId: null },
    { probes: { ...service.probes, readiness: { ...readiness, result: "failure" } } }, { probes: null },
  ]) {
    assert.notEqual(view.causesOf({ ...service, ...other }), causes, JSON.stringify(other));
  }
});

test("the last run is told with its exit code", () => {
  assert.equal(view.lastStateText(running()), null);
  assert.equal(view.lastStateText(running({ lastState: { exitCode: 137, reason: "OOMKilled" } })), "exit code 137 (OOMKilled)");
});

test("retries of the same failure are not announced again", () => {
  const pulling = failing({ serviceStatus: "pending", reason: "Pulling" });
  const first = view.announcementOf(running(), failing());
  assert.equal(first, "monitoring/nodered is failing: manifest unknown");
  assert.equal(view.announcementOf(failing(), pulling), null);
  assert.equal(view.announcementOf(pulling, failing({}, { retryCount: 4 })), null);
  assert.equal(view.announcementOf(failing(), failing({}, { exhausted: true })), "monitoring/nodered gave up: manifest unknown");
  assert.equal(view.announcementOf(failing(), running()), "monitoring/nodered is running");
  assert.equal(view.announcementOf(undefined, failing()), null);
});

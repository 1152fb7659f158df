// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { firing, hushOf, lookOf, matcherOf, subjectOf } from "../../../../core/api/dashboard/alert.mjs";

const alert = (members = {}) => ({
  id: "1", alert: "ImagePullFailed", state: "firing", severity: "error", app: "monitoring", appId: 1001, service: "nodered",
  runtime: "docker", startsAt: "2025-10-24T10:15:00.000Z", silenced: false, inhibited: false, flapping: false, ...members,
});

test("the worst is first, among equals the latest, and what is only pending is left out", () => {
  const rows = [
    alert({ id: "warning", severity: "warning" }),
    alert({ id: "old" }),
    alert({ id: "new", startsAt: "2025-10-24T10:16:00.000Z" }),
    alert({ id: "pending", state: "pending" }),
    alert({ id: "critical", severity: "critical" }),
  ];
  assert.deepEqual(firing(rows).map(({ id }) => id), ["critical", "new", "old", "warning"]);
});

test("a silence is for this alert and no other", () => {
  assert.equal(matcherOf(alert()), "type=ImagePullFailed, app=1001, service=nodered");
  assert.equal(matcherOf({ alert: "EngineUnavailable", runtime: "docker" }), "type=EngineUnavailable, runtime=docker");
  assert.equal(matcherOf({ alert: "NotifierFailing", notifier: "ops" }), "type=NotifierFailing, notifier=ops");
});

test("the subject is named as everywhere", () => {
  assert.equal(subjectOf(alert()), "monitoring/nodered");
  assert.equal(subjectOf({ runtime: "docker" }), "engine docker");
  assert.equal(subjectOf({ plugin: "webhook" }), "plugin webhook");
  assert.equal(subjectOf({ notifier: "ops" }), "notifier ops");
  assert.equal(subjectOf({}), "device");
});

test("why it is not sent", () => {
  assert.equal(hushOf(alert()), null);
  assert.equal(hushOf(alert({ silenced: true, inhibited: true })), "silenced");
  assert.equal(hushOf(alert({ inhibited: true })), "inhibited");
  assert.equal(hushOf(alert({ flapping: true })), "flapping");
});

test("every severity has a look, also one of a later agent", () => {
  assert.equal(lookOf(alert({ severity: "warning" })).tone, "warn");
  assert.equal(lookOf(alert({ severity: "novel" })).tone, "bad");
});

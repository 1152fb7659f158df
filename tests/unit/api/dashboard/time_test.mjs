// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { ago, clockText, countdown, DAY, duration, HOUR, MINUTE, SECOND, ServerClock } from "../../../../core/api/dashboard/time.mjs";

test("a duration shows its two largest units", () => {
  assert.equal(duration(0), "0s");
  assert.equal(duration(42 * SECOND), "42s");
  assert.equal(duration(3 * MINUTE + 20 * SECOND + 999), "3m 20s");
  assert.equal(duration(5 * HOUR), "5h");
  assert.equal(duration(12 * DAY + 4 * HOUR + 59 * MINUTE), "12d 4h");
  assert.equal(duration(-1), "0s");
});

test("a countdown rounds up and ends with now", () => {
  assert.equal(countdown(10_000, 0), "10s");
  assert.equal(countdown(9_001, 0), "10s");
  assert.equal(countdown(65_000, 0), "1:05");
  assert.equal(countdown(3_725_000, 0), "1:02:05");
  assert.equal(countdown(0, 0), "now");
  assert.equal(countdown(0, 5_000), "now");
  assert.equal(countdown(0, NaN), "now");
});

test("what is past is told in one unit", () => {
  assert.equal(ago(0, 4_999), "just now");
  assert.equal(ago(0, 5_000), "5s ago");
  assert.equal(ago(0, 3 * MINUTE + 20 * SECOND), "3m ago");
  assert.equal(ago(10_000, 0), "just now");
});

test("another day's time has its date", () => {
  const noon = new Date(2025, 9, 24, 12, 0, 0).getTime();
  assert.equal(clockText(noon), "12:00:00");
  assert.equal(clockText(noon - DAY, noon), "2025-10-23 12:00:00");
});

test("the agent's clock follows its answers, whatever time the browser has", () => {
  let monotonic = 500;
  const clock = new ServerClock(() => monotonic);
  assert.equal(clock.known, false);
  assert.ok(Number.isNaN(clock.now()));
  clock.learn("2025-10-24T10:00:00.000Z", 400, 600);
  assert.equal(clock.now(), Date.parse("2025-10-24T10:00:00.000Z"));
  monotonic = 2_500;
  assert.equal(clock.now(), Date.parse("2025-10-24T10:00:02.000Z"));
  clock.learn("2030-01-01T00:00:00.000Z", 2_500, 2_500);
  assert.equal(clock.now(), Date.parse("2030-01-01T00:00:00.000Z"));
});

// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { delayBefore } from "../../../../core/api/dashboard/connection.mjs";

test("the wait for the agent doubles up to a quarter of a minute", () => {
  const delays = [1, 2, 3, 4, 5, 6, 7, 99].map((attempt) => delayBefore(attempt, 0.5));
  assert.deepEqual(delays, [500, 1000, 2000, 4000, 8000, 15000, 15000, 15000]);
});

test("many pages do not come at once", () => {
  assert.equal(delayBefore(3, 0), 1500);
  assert.equal(delayBefore(3, 1), 2500);
});

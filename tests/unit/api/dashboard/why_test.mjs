// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { lastingWords, TITLES } from "../../../../core/api/dashboard/why.mjs";

test("every step of an explanation has a title", () => {
  const api = readFileSync(new URL("../../../../core/api/openapi.json", import.meta.url), "utf8");
  const steps = [...api.matchAll(/"step": \{"const": "(\w+)"\}/g)].map(([, step]) => step);
  assert.ok(steps.includes("probe"));
  assert.deepEqual(steps.filter((step) => !TITLES[step]), []);
});

test("what the clock alone changes is not told, since nobody asks again for it", () => {
  assert.equal(lastingWords("accepted at 17:28:01 UTC (38s ago), by the API"), "accepted at 17:28:01 UTC, by the API");
  assert.equal(lastingWords("Retry 3/10 is due at 17:29:12 UTC (in 5m3s)."), "Retry 3/10 is due at 17:29:12 UTC.");
  assert.equal(lastingWords("it ended with exit code 1 (Error)"), "it ended with exit code 1 (Error)");
});

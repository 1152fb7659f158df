// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { TITLES } from "../../../../core/api/dashboard/why.mjs";

test("every step of an explanation has a title", () => {
  const api = readFileSync(new URL("../../../../core/api/openapi.json", import.meta.url), "utf8");
  const steps = [...api.matchAll(/"step": \{"const": "(\w+)"\}/g)].map(([, step]) => step);
  assert.ok(steps.includes("probe"));
  assert.deepEqual(steps.filter((step) => !TITLES[step]), []);
});

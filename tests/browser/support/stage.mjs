// SPDX-License-Identifier: Apache-2.0
// What every test here has: a lab, an agent on it, a browser. Ended whatever happens.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { Agent } from "./agent.mjs";
import { Browser } from "./browser.mjs";
import { Lab, REGISTRY } from "./lab.mjs";

export const MOSQUITTO = ["mosquitto", `${REGISTRY}/eclipse-mosquitto:2`];
export const NODERED = ["nodered", `${REGISTRY}/nodered/node-red:invalid`];

// The three in one object, filled before the first test of a file.
export function stage(settings = {}) {
  const on = {};
  before(async () => {
    on.lab = await Lab.up();
    on.agent = await Agent.start(on.lab, settings);
    on.browser = await Browser.start();
  });
  after(async () => {
    await on.browser?.end();
    await on.agent?.end();
    await on.lab?.down();
    assert.deepEqual(on.browser?.problems, [], "the browser had nothing against the page");
  });
  return on;
}

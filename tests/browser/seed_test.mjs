// SPDX-License-Identifier: Apache-2.0
// The story of a tag that does not exist, as somebody at the page lives it, on the default ladder.
import assert from "node:assert/strict";
import { test } from "node:test";
import { OPERATE } from "./support/agent.mjs";
import { badge, card, DESKTOP, fits, head, isAccessible, PHONE, screenshot, shows, signIn } from "./support/browser.mjs";
import { eventually } from "./support/eventually.mjs";
import { MOSQUITTO, NODERED, stage } from "./support/stage.mjs";

const on = stage();
const FAILING = "monitoring/nodered";
const LOOKS = [
  ["desktop", DESKTOP, "light"],
  ["desktop", DESKTOP, "dark"],
  ["phone", PHONE, "light"],
  ["phone", PHONE, "dark"],
];

// Seconds left by what the page shows; NaN while it shows something else.
async function secondsLeft(page) {
  const text = await card(page, FAILING).locator(".countdown").textContent();
  const [, minutes, seconds] = /^Retry in (?:(\d+):)?(\d+)s?$/.exec(text) ?? [];
  return Number(minutes ?? 0) * 60 + Number(seconds);
}

async function seenInAllLooks(name) {
  for (const [device, viewport, colorScheme] of LOOKS) {
    const where = `${name}, ${device}, ${colorScheme}`;
    const page = await on.browser.visit(on.agent.url, { viewport, colorScheme });
    await isAccessible(page, `${where}, signing in`);
    await signIn(page, OPERATE);
    await badge(page, FAILING).waitFor();
    await card(page, FAILING).getByRole("button", { name: /^Why/ }).click();
    await page.locator(".why li").first().waitFor();
    await card(page, "monitoring/mosquitto").getByRole("button", { name: /^Events/ }).click();
    await page.locator(".events li").first().waitFor();
    await fits(page, where);
    await isAccessible(page, where);
    await screenshot(page, `${name}-${device}-${colorScheme}`);
    await page.context().close();
  }
}

test("the seed scenario", async (t) => {
  const page = await on.browser.visit(on.agent.url);
  await signIn(page, OPERATE);
  await shows(page.locator("#headline"), "No target yet");
  const { target, link } = await on.agent.get("/v1/info");
  assert.deepEqual([target, link, await on.agent.get("/v1/notifiers")], [null, null, { notifiers: [] }]);
  const { Target, Link, Notifiers } = await head(page);
  assert.deepEqual([Target, Link, Notifiers], [
    "none yet | apply one, or wait for the cloud's | off", "none | no cloud is configured | off", "none | alerts stay on this page | off",
  ]);
  await on.agent.apply(MOSQUITTO, NODERED);

  await t.test("the badge appears, and the other service does not care", async () => {
    await shows(badge(page, FAILING), "ImagePullBackOff");
    await shows(badge(page, "monitoring/mosquitto"), "Running");
    await shows(card(page, FAILING).locator(".message"), "manifest unknown");
    assert.equal(await card(page, FAILING).getAttribute("data-tone"), "bad");
    assert.equal(await card(page, FAILING).locator(".badge use").getAttribute("href"), "#icon-cross");
    await eventually("the tab's title counts it", async () => (await page.title()) === "(1) gateway-07 - Holdfast");
    await shows(page.locator("#headline"), "1 of 2 services failing");
    await shows(page.locator("#alert-list"), "ImagePullFailed");
  });

  await t.test("the countdown runs and starts over with the next attempt", async () => {
    await shows(card(page, FAILING).locator(".attempt"), "Attempt 1/10");
    const first = await eventually("it counts", () => secondsLeft(page));
    assert.ok(first <= 10, `${first} s of 10`);
    await eventually("it runs", async () => (await secondsLeft(page)) < first);
    await shows(card(page, FAILING).locator(".attempt"), "Attempt 2/10");
    const second = await eventually("it starts over", () => secondsLeft(page));
    assert.ok(second > 10 && second <= 20, `${second} s of 20`);
  });

  await t.test("at every width and in every colour", () => seenInAllLooks("failing"));

  await t.test("why: the words name the tag and what the registry said", async () => {
    await card(page, FAILING).getByRole("button", { name: /^Why/ }).click();
    const why = card(page, FAILING).locator(".why");
    await shows(why, "node-red:invalid");
    await shows(why, "manifest unknown");
    await shows(why, "Next");
  });

  await t.test("Retry now retries now", async () => {
    await card(page, FAILING).getByRole("button", { name: /^Retry now/ }).click();
    await shows(page.locator("#notice"), FAILING);
    await eventually("the retry was made", async () =>
      (await on.agent.get("/v1/events?limit=100")).events.some(({ reason }) => reason === "ForcedRetry"));
    await shows(card(page, FAILING).locator(".attempt"), "Attempt 1/10");
    await eventually("the countdown starts over", async () => (await secondsLeft(page)) <= 10);
  });

  await t.test("the history tells the causes", async () => {
    await card(page, FAILING).getByRole("button", { name: /^Events/ }).click();
    const events = card(page, FAILING).locator(".events li");
    await shows(events, "Failed to pull image");
    await shows(events, "manifest unknown");
    await shows(events, "ForcedRetry");
    const strip = card(page, FAILING).locator(".strip");
    assert.match(await strip.getAttribute("aria-label"), /^Last 24 hours: .*failing/);
    assert.ok((await strip.locator('rect[data-tone="bad"]').count()) > 0);
  });

  await t.test("it heals once the tag is pushed", async () => {
    await on.lab.tag("nodered/node-red", "3", "invalid");
    await card(page, FAILING).getByRole("button", { name: /^Retry now/ }).click();
    await shows(badge(page, FAILING), "Running");
    assert.equal(await card(page, FAILING).getAttribute("data-tone"), "ok");
    await card(page, FAILING).locator(".trouble").waitFor({ state: "hidden" });
    await shows(page.locator("#headline"), "All 2 services are at their state");
    await eventually("the tab's title is clear", async () => (await page.title()) === "gateway-07 - Holdfast");
    await eventually("the alert is gone", () => page.locator("#alerts").isHidden());
    await seenInAllLooks("healed");
  });
});

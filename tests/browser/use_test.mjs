// SPDX-License-Identifier: Apache-2.0
// Using the page: by keyboard alone, for reading only, with a connection that comes and goes, and
// with things in it that want to be more than text.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, test } from "node:test";
import { OPERATE, READ } from "./support/agent.mjs";
import { badge, card, DESKTOP, isAccessible, screenshot, shows, signIn } from "./support/browser.mjs";
import { eventually } from "./support/eventually.mjs";
import { REGISTRY } from "./support/lab.mjs";
import { MOSQUITTO, NODERED, stage } from "./support/stage.mjs";
import { Wire } from "./support/wire.mjs";

const on = stage();
afterEach(() => on.browser.empty());
const RUNNING = "monitoring/mosquitto";
const FAILING = "monitoring/nodered";
const MARKUP = "<img src=x onerror=alert(1)>";
const TALKER = ["talker", `${REGISTRY}/demo/sleeper:1.0`, {
  command: ["/bin/sh", "-c", `echo '${MARKUP}'; trap 'exit 0' TERM; sleep 100000 & wait`],
}];

async function visit(token = OPERATE, options = {}) {
  const page = await on.browser.visit(options.url ?? on.agent.url, options);
  await signIn(page, token);
  return page;
}

function focusedName(page) {
  return page.evaluate(() => {
    const node = document.activeElement;
    return node.getAttribute("aria-label") ?? node.textContent.trim();
  });
}

function serviceOf(name) {
  return on.agent.get(`/v1/services/${name}`);
}

async function tabTo(page, name) {
  for (let presses = 0; presses < 60; ++presses) {
    if ((await focusedName(page)) === name) {
      return;
    }
    await page.keyboard.press("Tab");
  }
  assert.fail(`the Tab key does not lead to "${name}"`);
}

// What runs is read and restarted, from the keyboard.
async function readAndRestart(page) {
  const log = card(page, RUNNING).locator(".log");
  const shownLines = () => log.locator("p").evaluateAll((lines) => lines.map((line) => line.lastChild.textContent.trim()));
  const putOut = async () => (await (await on.agent.call("GET", `/v1/services/${RUNNING}/logs?tail=100`)).text()).trim().split("\n").map((line) => JSON.parse(line).line);
  await tabTo(page, `Logs: ${RUNNING}`);
  await page.keyboard.press("Enter");
  await shows(log, "mosquitto running");
  const lines = await putOut();
  await eventually("the page has every line", async () => (await shownLines()).join("\n") === lines.join("\n"));
  await tabTo(page, "Output");  // where the arrow keys scroll

  const former = await serviceOf(RUNNING);
  await tabTo(page, `Restart: ${RUNNING}`);
  await page.keyboard.press("Enter");
  await shows(page.getByRole("dialog"), `Restart ${RUNNING}?`);
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  assert.equal((await serviceOf(RUNNING)).startedAt, former.startedAt, "who says no changes nothing");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await shows(page.locator("#notice"), RUNNING);
  await eventually("it runs anew", async () => {
    const { reason, startedAt } = await serviceOf(RUNNING);
    return reason === "Running" && startedAt > former.startedAt;
  });
  assert.equal((await serviceOf(RUNNING)).containerId, former.containerId, "in the same container");
  const more = await eventually("the new run puts out more", async () => {
    const now = await putOut();
    return now.length > lines.length && now;
  });
  await eventually("which comes by itself", async () => (await shownLines()).join("\n") === more.join("\n"));
  await shows(badge(page, RUNNING), "Running");
  assert.equal(await focusedName(page), `Restart: ${RUNNING}`, "the focus is back where it was");
}

// What fails is explained, tried again and silenced, from the keyboard.
async function explainRetryAndSilence(page) {
  const why = card(page, FAILING).locator(".why > li > h4 + p");
  // The others name instants, of the latest look at the engine and of the retry, that go on or are made anew.
  const steady = ({ step }) => ["status", "target", "decision", "answer", "class"].includes(step);
  await tabTo(page, `Why: ${FAILING}`);
  await page.keyboard.press("Enter");
  await eventually("the page explains it as the agent does", async () => {
    const { chain } = await on.agent.get(`/v1/services/${FAILING}/why`);
    const told = await why.allTextContents();
    const wanted = chain.filter(steady).map(({ words }) => words.replaceAll(/ \((in \w+|\w+ ago)\)/g, ""));
    assert.deepEqual(told.filter((words) => wanted.includes(words)), wanted);
    return told.length === chain.length + 1 && wanted.some((words) => words.includes("manifest unknown"));
  });

  const isForced = ({ reason, service }) => reason === "ForcedRetry" && service === "nodered";
  assert.ok(!(await on.agent.get("/v1/events?limit=1000")).events.some(isForced));
  await tabTo(page, `Retry now: ${FAILING}`);
  await page.keyboard.press("Enter");
  await shows(page.locator("#notice"), FAILING);
  await eventually("the retry was made", async () => (await on.agent.get("/v1/events?limit=1000")).events.some(isForced));
  await tabTo(page, `Events: ${FAILING}`);
  await page.keyboard.press("Enter");
  await shows(card(page, FAILING).locator(".events li"), "ForcedRetry");

  await page.getByRole("button", { name: `Silence ImagePullFailed of ${FAILING}` }).waitFor();
  await tabTo(page, `Silence ImagePullFailed of ${FAILING}`);
  await page.keyboard.press("Enter");
  await shows(page.getByRole("dialog"), "Silence ImagePullFailed");
  await page.keyboard.press("8");  // the length that begins with it
  await page.keyboard.press("Tab");
  await page.keyboard.type("seen by the night shift");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await shows(page.locator("#alert-list .hush"), "silenced");
  const { silences: [silence] } = await on.agent.get("/v1/silences");
  assert.equal(silence.comment, "seen by the night shift");
  assert.equal(Math.round((Date.parse(silence.endsAt) - Date.parse(silence.createdAt)) / 60_000), 8 * 60);
  const { alerts } = await on.agent.get("/v1/alerts");
  assert.deepEqual(alerts.filter(({ silenced }) => silenced).map(({ alert, service }) => `${alert} ${service}`), ["ImagePullFailed nodered"]);

  await tabTo(page, "Silences");
  await page.keyboard.press("Enter");
  await tabTo(page, `End the silence of ${silence.match}`);
  await page.keyboard.press("Enter");
  await page.locator("#silences").waitFor({ state: "hidden" });
  await page.locator("#alert-list .hush", { hasText: "silenced" }).waitFor({ state: "detached" });
  assert.deepEqual((await on.agent.get("/v1/silences")).silences, []);
}

test("a target is in force", async () => {
  await on.agent.apply(MOSQUITTO, NODERED, TALKER);
});

test("by keyboard alone", async () => {
  const page = await on.browser.visit(on.agent.url);
  await page.locator("#token:focus").waitFor();
  await page.keyboard.type("not-a-token");
  await page.keyboard.press("Enter");
  await eventually("a wrong token is refused in words", async () => (await page.locator("#signin-problem").textContent()) !== "");
  await page.keyboard.type(OPERATE);  // what was wrong is selected
  await page.keyboard.press("Enter");
  await shows(badge(page, RUNNING), "Running");

  await tabTo(page, `Stop: ${RUNNING}`);
  await page.keyboard.press("Enter");
  await shows(page.getByRole("dialog"), `Stop ${RUNNING}?`);
  await isAccessible(page, "the question");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  assert.equal(await focusedName(page), `Stop: ${RUNNING}`, "the focus is back where it was");

  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await shows(badge(page, RUNNING), "Stopped");
  await tabTo(page, `Start: ${RUNNING}`);
  await page.keyboard.press("Enter");
  await shows(badge(page, RUNNING), "Running");

  await tabTo(page, `Events: ${RUNNING}`);
  await page.keyboard.press("Enter");
  await shows(card(page, RUNNING).locator(".events li"), "Killing");
  assert.equal(await focusedName(page), `Events: ${RUNNING}`, "updates leave the focus where it is");

  await readAndRestart(page);
  await explainRetryAndSilence(page);
});

test("an alert is silenced, and heard again", async () => {
  const page = await visit();
  await page.getByRole("button", { name: `Silence ImagePullFailed of ${FAILING}` }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.getByRole("button", { name: `Silence ImagePullFailed of ${FAILING}` }).click();
  await page.getByLabel("Comment (optional)").fill("known, being fixed");
  await page.keyboard.press("Enter");
  await shows(page.locator("#alert-list .hush"), "silenced");
  await page.locator("#silences summary").click();
  await shows(page.locator("#silence-list li"), "known, being fixed");
  await page.getByRole("button", { name: /^End the silence/ }).click();
  await eventually("the silence is over", () => page.locator("#silences").isHidden());
});

test("who may only read sees why the buttons do nothing", async () => {
  const page = await visit(READ);
  await shows(page.locator("#who"), "wall (reading only)");
  const stop = card(page, RUNNING).getByRole("button", { name: /^Stop/ });
  assert.equal(await stop.getAttribute("aria-disabled"), "true");
  assert.match(await stop.getAttribute("aria-label"), /signed in for reading only/);
  const sent = [];
  page.on("request", (request) => sent.push(request.method()));
  await stop.focus();
  await page.keyboard.press("Enter");
  await stop.click({ force: true });
  assert.equal(await page.getByRole("dialog").count(), 0);
  assert.ok(!sent.includes("POST"));
  await isAccessible(page, "reading only");
});

test("a probe that fails is told with its last words, until it is well again", async (t) => {
  const faults = await mkdtemp(join(tmpdir(), "hf-faults-"));
  t.after(() => rm(faults, { recursive: true }));
  const probe = (name) => ({
    type: "exec", periodSeconds: 1, failureThreshold: 2,
    command: ["/bin/sh", "-c", `if test -e /faults/${name}; then echo no ${name} today; exit 1; fi`],
  });
  await on.agent.apply(MOSQUITTO, NODERED, TALKER, ["sensor", `${REGISTRY}/demo/sleeper:1.0`, {
    livenessProbe: probe("life"), readinessProbe: probe("readings"), volumes: [`${faults}:/faults:ro`],
  }]);
  const page = await visit();
  const sensor = card(page, "monitoring/sensor");
  const row = (kind) => sensor.locator(".probes li", { hasText: kind });
  const word = () => badge(page, "monitoring/sensor").textContent();
  await row("readiness").filter({ hasText: "exec success" }).waitFor();
  assert.equal(await word(), "Running");
  assert.equal(await row("readiness").getAttribute("data-tone"), "ok");

  await writeFile(join(faults, "readings"), "");
  await eventually("the badge says it", async () => (await word()) === "Running, not ready");
  await eventually("the page has the agent's state, streak and output", async () => {
    const { liveness, readiness } = (await serviceOf("monitoring/sensor")).probes;
    assert.equal(readiness.result, "failure");
    assert.ok(readiness.streak >= 2);
    assert.match(readiness.lastOutput, /no readings today/);
    assert.equal(liveness.result, "success");
    const told = (await row("readiness").textContent()).trim();
    return told === `readiness exec failure, ${readiness.streak} times failure ${readiness.lastOutput}`;
  });
  assert.equal(await row("readiness").getAttribute("data-tone"), "bad");
  assert.equal(await row("liveness").getAttribute("data-tone"), "ok");
  await isAccessible(page, "a probe fails");

  await rm(join(faults, "readings"));
  await eventually("it is well again", async () => (await word()) === "Running");
  await row("readiness").filter({ hasText: "exec success" }).waitFor();
  assert.equal(await row("readiness").getAttribute("data-tone"), "ok");
  assert.doesNotMatch(await row("readiness").textContent(), /no readings/);
  assert.equal((await serviceOf("monitoring/sensor")).probes.readiness.result, "success");
  await on.agent.apply(MOSQUITTO, NODERED, TALKER);
});

test("what the agent tells is text", async () => {
  const page = await visit();
  await card(page, "monitoring/talker").getByRole("button", { name: /^Logs/ }).click();
  await shows(page.locator(".log"), MARKUP);
  assert.equal(await page.locator(".log img").count(), 0);
});

test("output is followed", async () => {
  const page = await visit();
  await card(page, RUNNING).getByRole("button", { name: /^Logs/ }).click();
  await shows(card(page, RUNNING).locator(".log"), "mosquitto running");
  const lines = card(page, RUNNING).locator(".log p");
  const before = await lines.count();
  await on.agent.call("POST", "/v1/services/monitoring/mosquitto/restart");
  await eventually("the new run's line comes by itself", async () => (await lines.count()) > before);
  await screenshot(page, "logs");
});

test("a page that is opened after a quiet day asks for no older events", async () => {
  const page = await on.browser.visit(on.agent.url);
  let last = 0;
  await page.route("**/v1/events?*", async (route) => {
    const response = await route.fetch();
    const history = await response.json();
    last = history.last;
    await route.fulfill({ response, json: { ...history, events: [] } });
  });
  const stream = page.waitForRequest(/events\/stream/);
  await signIn(page, OPERATE);
  assert.ok(last > 0);
  assert.equal(new URL((await stream).url()).searchParams.get("after"), String(last));
});

test("the countdown is not read aloud each second", async () => {
  const page = await visit();
  await card(page, FAILING).locator(".countdown", { hasText: /^Retry in/ }).waitFor();
  const spoken = await page.evaluate(() => new Promise((resolve) => {
    const changes = [];
    const countdown = document.querySelector(`article[data-service="monitoring/nodered"] .countdown`);
    let ticks = 0;
    new MutationObserver((records) => {
      for (const { target } of records) {
        const node = target.nodeType === Node.ELEMENT_NODE ? target : target.parentElement;
        ticks += countdown.contains(node) ? 1 : 0;
        const live = node?.closest("[aria-live], [role=status], [role=alert], [role=log], [role=timer]");
        if (live && live.getAttribute("aria-live") !== "off") {
          changes.push(node.textContent);
        }
      }
      if (ticks >= 3) {
        resolve(changes);
      }
    }).observe(document.body, { childList: true, characterData: true, subtree: true });
  }));
  assert.ok(spoken.length <= 1, `at most a change of state: ${spoken}`);
});

test("motion is reduced where that is asked for", async () => {
  const page = await visit(OPERATE, { reducedMotion: "reduce" });
  await badge(page, FAILING).waitFor();
  assert.equal(await page.evaluate(() => document.getAnimations().length), 0);
});

test("the colours can be chosen and stay", async () => {
  const page = await visit(OPERATE, { colorScheme: "light", viewport: DESKTOP });
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  await page.getByRole("button", { name: "Switch to dark colours" }).click();
  const dark = await ground();
  assert.notEqual(dark, light);
  await page.reload();
  await page.getByRole("button", { name: "Switch to light colours" }).waitFor();
  assert.equal(await ground(), dark);
});

test("a connection that is cut and mended", async () => {
  const wire = await Wire.to(on.agent.port);
  const page = await visit(OPERATE, { url: wire.url });
  await shows(badge(page, RUNNING), "Running");
  const output = card(page, "monitoring/talker").locator(".logs");
  await card(page, "monitoring/talker").getByRole("button", { name: /^Logs/ }).click();
  await shows(output.getByRole("status"), "Following");
  await shows(output, MARKUP);
  await wire.cut();
  await shows(page.locator("#banner"), "Connection lost");
  await output.getByRole("status").filter({ hasNotText: "Following" }).waitFor();
  await shows(output, MARKUP);
  await page.getByRole("button", { name: "Sign out" }).click();
  await shows(page.locator("#notice"), "Not signed out: the agent does not answer");
  await shows(page.locator("#banner"), /What you see is [2-9] s old/);
  assert.match(await page.title(), /^\(\?/);
  const stop = card(page, RUNNING).getByRole("button", { name: /^Stop/ });
  assert.equal(await stop.getAttribute("aria-disabled"), "true");
  await isAccessible(page, "without a connection");
  await screenshot(page, "cut");
  await on.agent.call("POST", "/v1/services/monitoring/mosquitto/stop");
  await wire.mend();
  await page.locator("#banner").waitFor({ state: "hidden" });
  await shows(output.getByRole("status"), "Following");
  await shows(output, MARKUP);
  await shows(badge(page, RUNNING), "Stopped");
  await card(page, RUNNING).getByRole("button", { name: /^Events/ }).click();
  await shows(card(page, RUNNING).locator(".events li"), "Killing");
  await on.agent.call("POST", "/v1/services/monitoring/mosquitto/start");
  await shows(badge(page, RUNNING), "Running");
  await page.context().close();
  await wire.cut();
});

test("an agent that was restarted asks to sign in again", async () => {
  const page = await visit();
  await on.agent.stop();
  await shows(page.locator("#banner"), "Connection lost");
  await on.agent.restart();
  await page.locator("#token:focus").waitFor();
  await page.keyboard.type(OPERATE);
  await page.keyboard.press("Enter");
  await shows(badge(page, RUNNING), "Running");
});

test("who signs out is out", async () => {
  const page = await visit();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.locator("#token:focus").waitFor();
  await page.reload();
  await page.locator("#token:focus").waitFor();
});

// SPDX-License-Identifier: Apache-2.0
// How long it takes from a container's death to the changed badge in an open page. The figures are
// shown; that the change comes at all is what is asserted.
import assert from "node:assert/strict";
import { test } from "node:test";
import { OPERATE } from "./support/agent.mjs";
import { badge, shows, signIn } from "./support/browser.mjs";
import { REGISTRY } from "./support/lab.mjs";
import { stage } from "./support/stage.mjs";

const on = stage();
const SERVICES = Number(process.env.LATENCY_SERVICES ?? 9);

// The page's clock and this one are the machine's.
function nextChange(page, service) {
  return page.evaluate((name) => new Promise((resolve) => {
    const word = document.querySelector(`article[data-service="${name}"] .badge-word`);
    const observer = new MutationObserver(() => {
      observer.disconnect();
      const changed = performance.timeOrigin + performance.now();
      requestAnimationFrame(() => resolve({ changed, drawn: performance.timeOrigin + performance.now(), word: word.textContent }));
    });
    observer.observe(word, { childList: true, characterData: true, subtree: true });
    document.body.dataset.watching = name;
  }), service);
}

function figure(name, values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))].toFixed(1);
  console.log(`${name}: median ${at(0.5)} ms, least ${at(0)} ms, most ${at(1)} ms, of ${sorted.length}`);
}

test("a death is seen in the open page", async () => {
  const services = Array.from({ length: SERVICES }, (_, i) => [`s${i + 1}`, `${REGISTRY}/demo/sleeper:1.0`]);
  await on.agent.apply(...services);
  const page = await on.browser.visit(on.agent.url);
  await signIn(page, OPERATE);
  for (const [name] of services) {
    await shows(badge(page, `monitoring/${name}`), "Running");
  }
  const changed = [];
  const drawn = [];
  // Each dies once: its first restart is at once, and shows it as ContainerCreating for a moment.
  for (const [i, [name]] of services.entries()) {
    const { State } = await on.lab.inspect(`monitoring_${name}_${i + 1}`);
    const service = `monitoring/${name}`;
    const change = nextChange(page, service);
    await page.locator(`body[data-watching="${service}"]`).waitFor();
    const death = performance.timeOrigin + performance.now();
    process.kill(State.Pid, "SIGKILL");
    const seen = await change;
    assert.notEqual(seen.word, "Running");
    changed.push(seen.changed - death);
    drawn.push(seen.drawn - death);
    await shows(badge(page, service), "Running");
  }
  figure("from a container's death to the changed badge", changed);
  figure("from a container's death to the frame that shows it", drawn);
});

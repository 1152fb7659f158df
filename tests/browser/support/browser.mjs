// SPDX-License-Identifier: Apache-2.0
// Debian's Chromium on the agent's page.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { LIMIT } from "./eventually.mjs";

const require = createRequire(join(process.env.TEST_NPM, "package.json"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const ARTEFACTS = join(process.env.TEST_BUILD, "artefacts", "browser");

export const DESKTOP = { width: 1280, height: 900 };
export const PHONE = { width: 360, height: 740 };

export class Browser {
  #browser;
  problems = [];

  static async start() {
    const browser = new Browser();
    browser.#browser = await chromium.launch({ executablePath: process.env.TEST_CHROMIUM, args: ["--no-sandbox"] });
    return browser;
  }

  // A new visitor. What its console says against the page is kept in `problems`.
  async visit(url, { viewport = DESKTOP, colorScheme = "light", reducedMotion = "no-preference" } = {}) {
    const context = await this.#browser.newContext({ viewport, colorScheme, reducedMotion });
    context.setDefaultTimeout(LIMIT);
    const page = await context.newPage();
    page.on("pageerror", (error) => this.problems.push(`uncaught: ${error.stack}`));
    page.on("console", (message) => {
      // A browser reports every answer that is no success, and a connection that was cut.
      if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) {
        this.problems.push(message.text());
      }
    });
    await page.goto(url);
    return page;
  }

  // All visitors leave: each holds connections, of which the agent gives one address so many.
  async empty() {
    await Promise.all(this.#browser.contexts().map((context) => context.close()));
  }

  end() {
    return this.#browser.close();
  }
}

export async function signIn(page, token) {
  await page.getByLabel("Token").fill(token);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.locator("body[data-connected=true]").waitFor();
}

export function card(page, service) {
  return page.locator(`article[data-service="${service}"]`);
}

export function badge(page, service) {
  return card(page, service).locator(".badge-word");
}

// What the head says of the device: {name: "value | detail | tone"}.
export function head(page) {
  return page.evaluate(() => Object.fromEntries([...document.querySelectorAll(".fact")].map((fact) => {
    const [name, value, detail] = ["dt", ".value", ".detail"].map((part) => fact.querySelector(part).textContent);
    return [name, `${value} | ${detail} | ${fact.dataset.tone}`];
  })));
}

export async function shows(locator, text) {
  await locator.filter({ hasText: text }).first().waitFor();
}

export async function screenshot(page, name) {
  mkdirSync(ARTEFACTS, { recursive: true });
  await page.evaluate(() => scrollTo(0, 0));
  await page.screenshot({ path: join(ARTEFACTS, `${name}.png`), fullPage: true, animations: "disabled" });
}

// WCAG 2 A and AA and axe's own advice; what is serious or worse fails. Run beside the page's own
// scripts, whose policy forbids it inside.
export async function isAccessible(page, where) {
  await page.evaluate(`${axe}; 0`);
  const { violations, passes } = await page.evaluate("axe.run(document)");
  assert.ok(passes.length > 10, `${where}: axe looked at the page`);
  const serious = violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join("\n  ")}`);
  assert.deepEqual(serious, [], `${where}: serious findings`);
}

// Nothing sticks out to the side.
export async function fits(page, where) {
  const { whole, seen } = await page.evaluate(() => ({
    whole: document.documentElement.scrollWidth,
    seen: document.documentElement.clientWidth,
  }));
  assert.ok(whole <= seen, `${where}: the page is ${whole} pixels wide, ${seen} are seen`);
}

// SPDX-License-Identifier: Apache-2.0
// One service: badge, facts, error with its countdown, history strip, buttons and details.
import { Details } from "./details.mjs";
import { confirmed } from "./dialogs.mjs";
import { freshId, h, icon, setAttribute, setIcon, setText, show, svg } from "./dom.mjs";
import { segmentsOf, SPAN, summaryOf, toneWord } from "./history.mjs";
import * as view from "./service.mjs";
import { clockText, MINUTE } from "./time.mjs";

const ACTIONS = [
  ["retry", "Retry now"],
  ["restart", "Restart"],
  ["stop", "Stop"],
  ["start", "Start"],
];

const QUESTIONS = {
  restart: (name) => [`Restart ${name}?`, "Its container is stopped and started again at once.", "Restart"],
  stop: (name) => [`Stop ${name}?`, "It stays stopped, also over restarts of the device, until it is started again.", "Stop"],
};

// `agent` offers: now(), events(service), act(service, verb), obstacle() - why nothing
// can be done now, or null.
export class ServiceCard {
  #agent;
  #service;
  #details;
  #drawn = "";
  #buttons = new Map();
  #parts = {};

  constructor(agent, service) {
    this.#agent = agent;
    this.#service = service;
    this.#details = new Details(agent, service);
    this.root = this.#build(freshId("service"));
  }

  #build(heading) {
    const part = (name, tag, attributes, ...children) =>
      (this.#parts[name] = h(tag, attributes, ...children));
    part("badgeIcon", "span", { class: "badge-icon" }, icon("dots"));
    part("badgeWord", "span", { class: "badge-word" });
    return h(
      "article",
      { class: "service", "aria-labelledby": heading },
      h("header", {},
        part("badge", "p", { class: "badge" }, this.#parts.badgeIcon, this.#parts.badgeWord),
        h("div", { class: "title" },
          part("name", "h3", { id: heading }),
          part("image", "p", { class: "image" })),
        part("facts", "dl", { class: "mini" }),
        h("div", { class: "buttons" }, ACTIONS.map(([verb, word]) => this.#button(verb, word)))),
      part("trouble", "div", { class: "trouble" },
        part("message", "p", { class: "message" }),
        h("p", { class: "next" },
          part("attempt", "span", { class: "attempt" }),
          part("countdown", "span", { class: "countdown", role: "timer", "aria-live": "off" }),
          part("due", "span", { class: "due" })),
        part("progress", "progress", { max: 1, "aria-hidden": "true" })),
      part("pull", "div", { class: "pull" },
        part("pullText", "p", {}),
        part("pullBar", "progress", { max: 100, "aria-label": "Pull" })),
      part("probes", "ul", { class: "probes", "aria-label": "Probes" }),
      h("div", { class: "foot" },
        h("div", { class: "past" },
          h("span", { "aria-hidden": "true" }, "24 h ago"),
          part("strip", "div", { class: "strip", role: "img" }),
          h("span", { "aria-hidden": "true" }, "now")),
        this.#details.bar),
      this.#details.body,
    );
  }

  #button(verb, word) {
    const button = h("button", {
      type: "button",
      class: verb === "retry" ? "primary" : "",
      onclick: () => this.#press(verb, button),
    }, word);
    button.dataset.verb = verb;
    this.#buttons.set(verb, button);
    return button;
  }

  // A button that cannot be used stays reachable with the keyboard and says why.
  async #press(verb, button) {
    if (button.getAttribute("aria-disabled") === "true") {
      return;
    }
    const question = QUESTIONS[verb]?.(view.nameOf(this.#service));
    if (question && !(await confirmed(...question))) {
      return;
    }
    setAttribute(button, "aria-busy", "true");
    await this.#agent.act(this.#service, verb);
    setAttribute(button, "aria-busy", null);
  }

  update(service) {
    this.#service = service;
    const badge = view.badgeOf(service);
    setAttribute(this.root, "data-tone", badge.tone);
    this.root.dataset.service = view.nameOf(service);
    setIcon(this.#parts.badgeIcon, badge.icon);
    setText(this.#parts.badgeWord, badge.word);
    setText(this.#parts.name, service.serviceName);
    this.#showImage();
    this.#showTrouble();
    this.#showPull();
    this.#showProbes();
    this.#showButtons();
    this.#details.update(service);
    this.drawHistory();
    this.tick();
  }

  #showImage() {
    const { name, tag, digest } = view.imageParts(this.#service.imageName);
    const other = this.#service.runningImage && this.#service.runningImage !== this.#service.imageName;
    const pinned = digest || (other ? "" : this.#service.runningImageDigest);  // that is of the old container
    const parts = [
      h("span", { class: "repository" }, name),
      tag && h("span", { class: "tag" }, `:${tag}`),
      pinned && h("span", { class: "digest" }, ` ${view.shortDigest(pinned)}`),
      other && h("span", { class: "old" }, `still running ${this.#service.runningImage}`),
    ].filter(Boolean);
    const text = parts.map((each) => each.textContent).join("");
    if (this.#parts.image.textContent !== text) {
      this.#parts.image.replaceChildren(...parts);
    }
  }

  #showTrouble() {
    const { error } = this.#service;
    show(this.#parts.trouble, Boolean(error));
    if (!error) {
      return;
    }
    setText(this.#parts.message, error.message);
    const next = view.nextOf(this.#service);
    setText(this.#parts.attempt, next.attempt ? `Attempt ${next.attempt}` : "");
    setText(this.#parts.due, next.kind === "waits" ? `at ${clockText(next.due)}` : "");
    show(this.#parts.progress, next.kind === "waits");
  }

  #showPull() {
    const pull = view.pullOf(this.#service);
    show(this.#parts.pull, pull !== null);
    if (pull) {
      const size = pull.total > 0 ? `${view.bytesText(pull.done)} of ${view.bytesText(pull.total)}` : view.bytesText(pull.done);
      setText(this.#parts.pullText, `${pull.phase || "Pulling"} · ${size}`);
      setAttribute(this.#parts.pullBar, "value", pull.percent);
    }
  }

  #showProbes() {
    const probes = view.probesOf(this.#service);
    show(this.#parts.probes, probes.length > 0);
    const text = probes.map(({ kind, word, detail }) => `${kind} ${word} ${detail}`).join("\n");
    if (this.#parts.probes.dataset.text !== text) {
      this.#parts.probes.dataset.text = text;
      this.#parts.probes.replaceChildren(...probes.map(({ kind, word, tone, detail }) =>
        h("li", { "data-tone": tone }, h("b", {}, kind), ` ${word}`, detail && h("span", {}, ` ${detail}`))));
    }
  }

  #showButtons() {
    const obstacle = this.#agent.obstacle();
    const sensible = view.actionsOf(this.#service);
    for (const [verb, button] of this.#buttons) {
      show(button, sensible[verb]);
      setAttribute(button, "aria-disabled", obstacle ? "true" : null);
      setAttribute(button, "title", obstacle);
      setAttribute(button, "aria-label", `${button.textContent}: ${view.nameOf(this.#service)}${obstacle ? ` (${obstacle})` : ""}`);
    }
  }

  #showFacts(now) {
    const service = this.#service;
    const uptime = view.uptimeText(service, now);
    const facts = [
      uptime && ["Up", uptime],
      ["Restarts", String(service.restartCount)],
      service.crashCount > 0 && ["Crashes", String(service.crashCount)],
      !uptime && service.lastState && ["Last run", view.lastStateText(service)],
      service.override && ["Override", service.override],
      ["Runtime", service.runtime],
      service.stale && ["State", "last known"],
    ].filter(Boolean);
    const list = this.#parts.facts;
    if (list.children.length !== facts.length) {
      list.replaceChildren(...facts.map(() => h("div", {}, h("dt"), h("dd"))));
    }
    facts.forEach(([name, value], i) => {
      setText(list.children[i].firstChild, name);
      setText(list.children[i].lastChild, value);
    });
  }

  // What time alone changes; once a second.
  tick() {
    const now = this.#agent.now();
    this.#showFacts(now);
    this.#details.tick(now);
    const next = view.nextOf(this.#service);
    if (next) {
      const { text, fraction } = view.nextText(next, now);
      setText(this.#parts.countdown, text);
      setAttribute(this.#parts.progress, "value", fraction);
    }
  }

  eventsChanged() {
    this.#details.update(this.#service);
    this.drawHistory();
  }

  // A pixel of the strip is minutes: it is drawn when something happened, and now and then.
  drawHistory() {
    const now = this.#agent.now();
    if (Number.isNaN(now)) {
      return;
    }
    const segments = segmentsOf(this.#agent.events(this.#service), this.#service, now);
    const drawn = JSON.stringify(segments.map(({ from, tone }) => [Math.round(from / MINUTE), tone])) + Math.round(now / MINUTE);
    if (drawn === this.#drawn) {
      return;
    }
    this.#drawn = drawn;
    setAttribute(this.#parts.strip, "aria-label", `Last 24 hours: ${summaryOf(segments)}`);
    const x = (instant) => (1000 * (instant - (now - SPAN))) / SPAN;
    this.#parts.strip.replaceChildren(svg("svg", { viewBox: "0 0 1000 10", preserveAspectRatio: "none" }, segments.map((segment) => {
      // Five minutes are the least that can be seen; they grow to the left, so that the latest shows.
      const width = Math.max(3.5, x(segment.to) - x(segment.from));
      const label = `${toneWord(segment.tone)} from ${clockText(segment.from, now)} to ${clockText(segment.to, now)}`;
      return svg("rect", { x: x(segment.to) - width, y: 0, width, height: 10, "data-tone": segment.tone },
        svg("title", {}, segment.cause ? `${label}: ${segment.cause}` : label));
    })));
  }

  end() {
    this.#details.end();
  }
}

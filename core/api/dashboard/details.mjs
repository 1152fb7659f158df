// SPDX-License-Identifier: Apache-2.0
// What one wants to know of a service beyond its line: why it is as it is, its events, its output.
// Each is fetched when it is opened, and again when the service has changed.
import { freshId, h, setAttribute, setText, show, syncList } from "./dom.mjs";
import { Logs } from "./logs.mjs";
import { WhyPanel } from "./why.mjs";
import { ago, clockText } from "./time.mjs";

const SHOWN_EVENTS = 100;

class EventRow {
  #last;

  constructor() {
    this.when = h("time");
    this.reason = h("b");
    this.message = h("span", { class: "event-message" });
    this.count = h("span", { class: "count" });
    this.root = h("li", {}, this.when, this.reason, this.message, this.count);
  }

  update(event) {
    this.#last = Date.parse(event.lastTimestamp);
    setAttribute(this.root, "data-type", event.type);
    setAttribute(this.when, "datetime", event.lastTimestamp);
    setText(this.reason, event.reason);
    setText(this.message, event.message);
    setText(this.count, event.count > 1 ? `×${event.count} since ${clockText(Date.parse(event.firstTimestamp))}` : "");
  }

  tick(now) {
    setText(this.when, ago(this.#last, now));
  }
}

class EventPanel {
  #agent;
  #service;
  #rows = new Map();
  #list = h("ol", { class: "events", tabindex: "0", "aria-label": "Events" });
  #none = h("p", { class: "none" }, "Nothing has happened in the last 24 hours.");
  root = h("div", {}, this.#none, this.#list);

  constructor(agent) {
    this.#agent = agent;
  }

  update(service) {
    this.#service = service;
    const events = this.#agent.events(this.#service).slice(0, SHOWN_EVENTS);
    show(this.#none, events.length === 0);
    syncList(this.#list, this.#rows, events, (event) => event.firstId, () => new EventRow());
    this.tick(this.#agent.now());
  }

  tick(now) {
    for (const row of this.#rows.values()) {
      row.tick(now);
    }
  }

  open() {}
  close() {}
}

export class Details {
  #service;
  #panels;
  #opened = null;
  #buttons = new Map();
  body = h("div", { class: "details-body", hidden: true });

  constructor(agent, service) {
    this.#service = service;
    this.#panels = new Map([
      ["Why", new WhyPanel()],
      ["Events", new EventPanel(agent)],
      ["Logs", new Logs(agent)],
    ]);
    const id = freshId("details");
    this.body.id = id;
    this.bar = h("div", { class: "details-bar" }, [...this.#panels.keys()].map((name) => {
      const button = h("button", {
        type: "button", class: "quiet", "aria-expanded": "false", "aria-controls": id,
        "aria-label": `${name}: ${service.appName}/${service.serviceName}`,
        onclick: () => this.#toggle(name),
      }, name);
      this.#buttons.set(name, button);
      return button;
    }));
  }

  #toggle(name) {
    const panel = this.#panels.get(name);
    this.#opened?.close();
    this.#opened = this.#opened === panel ? null : panel;
    for (const [each, button] of this.#buttons) {
      setAttribute(button, "aria-expanded", String(this.#opened !== null && each === name));
    }
    this.body.replaceChildren(...(this.#opened ? [this.#opened.root] : []));
    show(this.body, this.#opened !== null);
    this.#opened?.open(this.#service);
    this.#opened?.update(this.#service);
  }

  update(service) {
    this.#service = service;
    this.#opened?.update(service);
  }

  tick(now) {
    this.#opened?.tick(now);
  }

  end() {
    this.#opened?.close();
  }
}

// SPDX-License-Identifier: Apache-2.0
// What fires, with a button to silence it, and the silences in force.
import { firing, hushOf, lookOf, matcherOf, subjectOf } from "./alert.mjs";
import { askForSilence } from "./dialogs.mjs";
import { h, icon, setAttribute, setIcon, setText, show, syncList } from "./dom.mjs";
import { ago, clockText } from "./time.mjs";

class AlertRow {
  #alert;
  #agent;

  constructor(agent) {
    this.#agent = agent;
    this.icon = icon("alert");
    this.name = h("b");
    this.severity = h("span", { class: "severity" });
    this.subject = h("span", { class: "subject" });
    this.message = h("span", { class: "alert-message" });
    this.since = h("time");
    this.hush = h("span", { class: "hush" });
    this.button = h("button", { type: "button", class: "quiet", onclick: () => this.#silence() }, "Silence");
    this.root = h("li", {}, this.icon, h("div", { class: "alert-text" },
      h("p", {}, this.name, this.severity, this.subject, this.hush, this.since), this.message), this.button);
  }

  async #silence() {
    if (this.#agent.obstacle()) {
      return;
    }
    const match = matcherOf(this.#alert);
    const answer = await askForSilence(this.#alert, match);
    if (answer) {
      await this.#agent.silence({ match, ...answer });
    }
  }

  update(alert) {
    this.#alert = alert;
    const { tone, icon: shape } = lookOf(alert);
    const obstacle = this.#agent.obstacle();
    setAttribute(this.root, "data-tone", tone);
    setIcon(this.icon, shape);
    setText(this.name, alert.alert);
    setText(this.severity, alert.severity);
    setText(this.subject, subjectOf(alert));
    setText(this.message, alert.message);
    setText(this.hush, hushOf(alert));
    show(this.hush, hushOf(alert) !== null);
    setAttribute(this.since, "datetime", alert.startsAt);
    show(this.button, !alert.silenced);
    setAttribute(this.button, "aria-disabled", obstacle ? "true" : null);
    setAttribute(this.button, "title", obstacle);
    setAttribute(this.button, "aria-label", `Silence ${alert.alert} of ${subjectOf(alert)}${obstacle ? ` (${obstacle})` : ""}`);
    this.tick();
  }

  tick() {
    setText(this.since, `began ${ago(Date.parse(this.#alert.startsAt), this.#agent.now())}`);
  }
}

class SilenceRow {
  #silence;

  constructor(agent) {
    this.text = h("span");
    this.button = h("button", { type: "button", class: "quiet", onclick: () => agent.unsilence(this.#silence) }, "End");
    this.root = h("li", {}, this.text, this.button);
    this.agent = agent;
  }

  update(silence) {
    this.#silence = silence;
    const obstacle = this.agent.obstacle();
    setText(this.text, `${silence.match} until ${clockText(Date.parse(silence.endsAt), this.agent.now())}${silence.comment ? ` (${silence.comment})` : ""}`);
    setAttribute(this.button, "aria-disabled", obstacle ? "true" : null);
    setAttribute(this.button, "title", obstacle);
    setAttribute(this.button, "aria-label", `End the silence of ${silence.match}${obstacle ? ` (${obstacle})` : ""}`);
  }
}

export class Alerts {
  #agent;
  #rows = new Map();
  #silenceRows = new Map();
  #section = document.getElementById("alerts");
  #list = document.getElementById("alert-list");
  #silences = document.getElementById("silences");
  #silenceList = document.getElementById("silence-list");

  constructor(agent) {
    this.#agent = agent;
  }

  update({ alerts, silences }) {
    const shown = firing(alerts);
    show(this.#section, shown.length > 0 || silences.length > 0);
    syncList(this.#list, this.#rows, shown, (alert) => alert.id, () => new AlertRow(this.#agent));
    show(this.#silences, silences.length > 0);
    syncList(this.#silenceList, this.#silenceRows, silences, (silence) => silence.id, () => new SilenceRow(this.#agent));
  }

  tick() {
    for (const row of this.#rows.values()) {
      row.tick();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
// The device at a glance: agent, engines, target, clock, link, receivers of notifications.
import { h, icon, setAttribute, setIcon, setText, show, syncList } from "./dom.mjs";
import { factsOf } from "./device.mjs";

class Fact {
  constructor() {
    this.icon = icon("check");
    this.value = h("span", { class: "value" });
    this.detail = h("span", { class: "detail" });
    this.name = h("dt");
    this.root = h("div", { class: "fact" }, this.name, h("dd", {}, this.icon, this.value, this.detail));
  }

  update(fact) {
    setText(this.name, fact.name);
    setText(this.value, fact.value);
    setText(this.detail, fact.detail);
    setAttribute(this.root, "data-tone", fact.tone);
    setIcon(this.icon, fact.icon);
    show(this.detail, Boolean(fact.detail));
  }
}

export class Header {
  #facts = new Map();
  #list = document.getElementById("facts");
  #device = document.getElementById("device");

  update(model, now) {
    const facts = factsOf(model, now);
    setText(this.#device, model.info?.device?.name ?? "");
    syncList(this.#list, this.#facts, facts, (fact) => fact.key, () => new Fact());
  }
}

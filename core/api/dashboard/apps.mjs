// SPDX-License-Identifier: Apache-2.0
// The services, app by app in the target's order, and the filter above them.
import { ServiceCard } from "./card.mjs";
import { freshId, h, setAttribute, setText, show, syncList } from "./dom.mjs";
import { isFailing, keyOf } from "./service.mjs";

const FILTERS = [
  ["all", "All", () => true],
  ["failing", "Failing", isFailing],
  ["pending", "At work", ({ serviceStatus }) => serviceStatus === "pending"],
  ["running", "Running", ({ serviceStatus }) => serviceStatus === "running"],
  ["stopped", "Stopped", ({ serviceStatus }) => serviceStatus === "stopped"],
];

class AppSection {
  #agent;
  #cards = new Map();
  #name = h("h2", { id: freshId("app") });
  #about = h("span", { class: "about" });
  #list = h("div", { class: "services" });

  constructor(agent) {
    this.#agent = agent;
    this.root = h("section", { class: "app", "aria-labelledby": this.#name.id },
      h("header", {}, this.#name, this.#about), this.#list);
  }

  get cards() {
    return this.#cards.values();
  }

  update({ services, filter }) {
    const [{ appName, appId }] = services;
    const shown = services.filter(filter);
    setText(this.#name, appName);
    setText(this.#about, `app ${appId} · ${services.length} ${services.length === 1 ? "service" : "services"}`);
    syncList(this.#list, this.#cards, services, keyOf, (service) => new ServiceCard(this.#agent, service));
    for (const service of services) {
      show(this.#cards.get(keyOf(service)).root, shown.includes(service));
    }
    show(this.root, shown.length > 0);
  }

  end() {
    for (const card of this.cards) {
      card.end();
    }
  }
}

export class Apps {
  #agent;
  #services = [];
  #sections = new Map();
  #filter = "all";
  #list = document.getElementById("apps");
  #chips = new Map();

  constructor(agent) {
    this.#agent = agent;
    const bar = document.getElementById("filters");
    for (const [key, word] of FILTERS) {
      const count = h("b");
      const button = h("button", { type: "button", class: "chip", onclick: () => this.#choose(key) }, word, " ", count);
      this.#chips.set(key, { button, count });
      bar.append(button);
    }
  }

  #choose(key) {
    this.#filter = key;
    this.update(this.#services);
  }

  update(services) {
    this.#services = services;
    for (const [key, , matches] of FILTERS) {
      const { button, count } = this.#chips.get(key);
      const number = services.filter(matches).length;
      setText(count, String(number));
      setAttribute(button, "aria-pressed", String(this.#filter === key));
      setAttribute(button, "data-empty", number === 0);
    }
    const filter = FILTERS.find(([key]) => key === this.#filter)[2];
    const byApp = new Map();
    for (const service of services) {
      byApp.set(service.appId, [...(byApp.get(service.appId) ?? []), service]);
    }
    const items = [...byApp.values()].map((each) => ({ services: each, filter }));
    syncList(this.#list, this.#sections, items, (item) => item.services[0].appId, () => new AppSection(this.#agent));
  }

  #everyCard(act) {
    for (const section of this.#sections.values()) {
      for (const card of section.cards) {
        act(card);
      }
    }
  }

  tick() {
    this.#everyCard((card) => {
      card.tick();
      card.drawHistory();
    });
  }

  drawHistory() {
    this.#everyCard((card) => card.eventsChanged());
  }
}

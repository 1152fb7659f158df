// SPDX-License-Identifier: Apache-2.0
// Why a service is as it is: the agent's own explanation, step by step (docs/interfaces.md, "Why").
import { getJson, servicePath, wordsOf } from "./api.mjs";
import { h, setText } from "./dom.mjs";
import { causesOf } from "./service.mjs";

export const TITLES = {
  status: "Status",
  target: "Target",
  fault: "Fault of the target",
  decision: "Decision",
  runtime: "Engine",
  container: "Container",
  call: "Call",
  answer: "Answer",
  probe: "Probe",
  class: "Class of error",
  ladder: "Retries",
};

// Without how far off an instant was when this was asked ("17:29:12 UTC (in 39s)"), which would stand
// still here.
export function lastingWords(words) {
  return words.replace(/ \((?:in [\dsmhdy]+|[\dsmhdy]+ ago)\)/g, "");
}

function stepItem({ step, words, raw, message }) {
  const verbatim = raw && raw !== message ? h("pre", { tabindex: "0", "aria-label": "The raw answer" }, raw) : null;
  return h("li", {}, h("h4", {}, TITLES[step] ?? step), h("p", {}, lastingWords(words)), verbatim);
}

function nextItem({ words, changes = [] }) {
  return h("li", {}, h("h4", {}, "Next"), h("p", {}, lastingWords(words)),
    changes.length > 0 && h("p", { class: "quiet" }, "What would change it:"),
    changes.length > 0 && h("ul", {}, changes.map((change) => h("li", {}, lastingWords(change)))));
}

export class WhyPanel {
  #shown = "";
  #asked = 0;
  #list = h("ol", { class: "why" });
  #state = h("p", { class: "none", role: "status" });
  root = h("div", {}, this.#list, this.#state);

  open() {
    this.#shown = "";
  }

  close() {
    this.#asked += 1;
  }

  tick() {}

  // What changes with the clock alone is told by the words as an instant, so that one question for
  // each state is enough.
  async update(service) {
    const state = causesOf(service);
    if (state === this.#shown) {
      return;
    }
    this.#shown = state;
    this.#asked += 1;
    const question = this.#asked;
    try {
      const { chain, next } = await getJson(servicePath(service, "/why"));
      if (question === this.#asked) {
        this.#list.replaceChildren(...chain.map(stepItem), nextItem(next));
        setText(this.#state, "");
      }
    } catch (error) {
      if (question === this.#asked) {
        this.#shown = "";
        setText(this.#state, wordsOf(error));
      }
    }
  }
}

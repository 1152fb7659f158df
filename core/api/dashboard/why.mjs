// SPDX-License-Identifier: Apache-2.0
// Why a service is as it is: the agent's own explanation, step by step.
import { getJson, servicePath } from "./api.mjs";
import { h, setText } from "./dom.mjs";

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
    const state = JSON.stringify([service.serviceStatus, service.reason, service.error, service.containerId]);
    if (state === this.#shown) {
      return;
    }
    this.#shown = state;
    const question = ++this.#asked;
    try {
      const why = await getJson(servicePath(service, "/why"));
      if (question === this.#asked) {
        this.#list.replaceChildren(...why.words.map((words) => h("li", {}, words)));
        setText(this.#state, "");
      }
    } catch (error) {
      this.#shown = "";
      setText(this.#state, error.message);
    }
  }
}

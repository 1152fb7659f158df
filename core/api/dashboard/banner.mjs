// SPDX-License-Identifier: Apache-2.0
// The connection is lost: said once aloud, and how old everything is, which counts up in silence.
import { wordsOf } from "./api.mjs";
import { dataAgeText } from "./device.mjs";
import { setText, show } from "./dom.mjs";
import { countdown } from "./time.mjs";

export class Banner {
  #box = document.getElementById("banner");
  #what = document.getElementById("banner-what");
  #detail = document.getElementById("banner-detail");
  #lastHeard = null;
  #until = 0;
  #problem = "";

  constructor(retry) {
    document.getElementById("banner-retry").addEventListener("click", retry);
  }

  heard() {
    this.#lastHeard = performance.now();
  }

  lost(error, until) {
    this.#until = until;
    this.#problem = wordsOf(error);
    show(this.#box, true);
    setText(this.#what, this.#lastHeard === null ? "No connection to the agent" : "Connection lost");
    this.tick();
  }

  hide() {
    show(this.#box, false);
    setText(this.#what, "");
  }

  tick() {
    if (this.#box.hidden) {
      return;
    }
    const now = performance.now();
    const age = this.#lastHeard === null ? "" : `What you see is ${dataAgeText(this.#lastHeard, now)}. `;
    setText(this.#detail, `${age}${this.#problem}; next attempt: ${countdown(this.#until, now)}`);
  }
}

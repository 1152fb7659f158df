// SPDX-License-Identifier: Apache-2.0
// What the page says by itself: outcomes of what was pressed, for everybody; changes of services,
// for those who cannot see them.
import { setAttribute, setText, show } from "./dom.mjs";
import { SECOND } from "./time.mjs";

const SHOWN_FOR = 8 * SECOND;
const COLLECT_FOR = 1.5 * SECOND;
const MOST_AT_ONCE = 3;

export class Notice {
  #box = document.getElementById("notice");
  #text = document.getElementById("notice-text");
  #timer = 0;

  constructor() {
    document.getElementById("notice-close").addEventListener("click", () => show(this.#box, false));
  }

  tell(text) {
    this.#show(text, "ok");
    this.#timer = setTimeout(() => show(this.#box, false), SHOWN_FOR);
  }

  // Stays until it is closed or something else is said.
  fail(text) {
    this.#show(text, "bad");
  }

  #show(text, tone) {
    clearTimeout(this.#timer);
    setAttribute(this.#box, "data-tone", tone);
    show(this.#box, true);
    setText(this.#text, text);
  }
}

let waiting = [];

// Collected, so that twenty services that change at once are one sentence.
export function announce(texts) {
  if (texts.length === 0) {
    return;
  }
  if (waiting.length === 0) {
    setTimeout(speak, COLLECT_FOR);
  }
  waiting.push(...texts);
}

function speak() {
  const more = waiting.length - MOST_AT_ONCE;
  const sentence = waiting.slice(0, MOST_AT_ONCE).join(". ") + (more > 0 ? `. And ${more} more changes` : "");
  waiting = [];
  setText(document.getElementById("announcer"), sentence);
}

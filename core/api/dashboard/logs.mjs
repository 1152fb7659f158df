// SPDX-License-Identifier: Apache-2.0
// A container's output, streamed; follows its end until somebody scrolls away from it.
import { ApiError, call, followLines, servicePath, wordsOf } from "./api.mjs";
import { freshId, h, setText } from "./dom.mjs";
import { clockText } from "./time.mjs";

const TAILS = [100, 500, 2000];

// Lines that are kept on the page beyond what was asked for.
const MAX_LINES = 4000;

// `agent` offers connected().
export class Logs {
  #agent;
  #service = null;
  #abort = null;
  #outdated = false;  // there is more than this stream has: another container's, or what was cut off
  #tail = TAILS[0];
  #state = h("p", { class: "none", role: "status" });
  #lines = h("div", { class: "log", tabindex: "0", role: "log", "aria-live": "off", "aria-label": "Output" });
  #follow;

  constructor(agent) {
    this.#agent = agent;
    const [tail, follow] = [freshId("field"), freshId("field")];
    this.#follow = h("input", { id: follow, type: "checkbox", checked: true, onchange: () => this.#start() });
    this.root = h("div", { class: "logs" },
      h("div", { class: "log-bar" },
        h("label", { for: tail }, "Last"),
        h("select", { id: tail, onchange: (event) => this.#choose(event.target.value) },
          TAILS.map((count) => h("option", { value: count }, `${count} lines`))),
        this.#follow,
        h("label", { for: follow }, "Follow")),
      this.#lines,
      this.#state);
  }

  #choose(value) {
    this.#tail = Number(value);
    this.#start();
  }

  open(service) {
    this.#service = service;
    this.#start();
  }

  // Another container has another output, which begins once the old one's last words are here. A
  // lost connection may leave a stream that never ends by itself.
  update(service) {
    this.#outdated ||= service.containerId !== this.#service.containerId || service.startedAt !== this.#service.startedAt;
    this.#service = service;
    if (!this.#agent.connected()) {
      this.#abort.abort(new Error("the connection is lost"));
    } else if (this.#outdated && this.#abort.signal.aborted) {
      this.#start();
    }
  }

  close() {
    this.#abort?.abort();
    this.#abort = null;
  }

  tick() {}

  async #start() {
    this.close();
    const abort = (this.#abort = new AbortController());
    this.#outdated = false;
    const follow = this.#follow.checked;
    setText(this.#state, follow ? "Following" : "");
    const path = servicePath(this.#service, `/logs?tail=${this.#tail}${follow ? "&follow=1" : ""}`);
    let end = follow ? "The output has ended." : "";
    let lost = false;
    try {
      const response = await call("GET", path, { signal: abort.signal });
      this.#lines.replaceChildren();
      await followLines(response, (lines) => this.#add(lines));
    } catch (error) {
      end = wordsOf(abort.signal.reason ?? error);
      lost = !(error instanceof ApiError);
    }
    if (this.#abort !== abort) {
      return;  // closed, or started anew
    }
    abort.abort();
    setText(this.#state, this.#lines.firstChild || end ? end : "There is no output.");
    if (lost) {
      this.#outdated = true;  // fetched again when the connection is back
    } else if (this.#outdated) {
      this.#start();
    }
  }

  #add(lines) {
    const log = this.#lines;
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 24;
    log.append(...lines.map((line) => (line.error ? h("p", { class: "broken" }, `The output broke off: ${line.error}`) : lineOf(line))));
    while (log.children.length > MAX_LINES) {
      log.firstChild.remove();
    }
    if (atEnd) {
      log.scrollTop = log.scrollHeight;
    }
  }
}

function lineOf({ stream, time, line }) {
  return h("p", { "data-stream": stream }, h("time", { datetime: time }, clockText(Date.parse(time))), ` ${line}`);
}

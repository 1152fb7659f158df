// SPDX-License-Identifier: Apache-2.0
// The event stream, kept open: what ends it is answered by another attempt, later each time.
import { call } from "./api.mjs";
import { SseParser } from "./sse.mjs";
import { SECOND } from "./time.mjs";

const FIRST_DELAY = 0.5 * SECOND;
const LONGEST_DELAY = 15 * SECOND;

// The agent gives a sign of life every 15 s; a connection that is silent for longer is dead, though
// nobody may have told the browser (a cable that was pulled).
const SILENCE = 40 * SECOND;

// Before the n-th attempt in a row (from 1); `random` in [0, 1) keeps many pages from coming at once.
export function delayBefore(attempt, random) {
  const full = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** (attempt - 1));
  return full * (0.75 + 0.5 * random);
}

// Handlers: prepare(signal) fetches what is needed first and gives the stream's path; opened();
// heard() at any sign of life; message({type, data, id}); waiting(error, until) when it is lost,
// `until` on performance.now()'s clock; refused(error) for 401, after which open() starts over.
export class Connection {
  #handlers;
  #attempt = 0;
  #timer = 0;
  #abort = null;

  constructor(handlers) {
    this.#handlers = handlers;
    addEventListener("online", () => this.retryNow());
  }

  open() {
    this.close();
    this.#attempt = 0;
    this.#run();
  }

  close() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#abort?.abort();
    this.#abort = null;
  }

  // Only when it is waiting for its next attempt.
  retryNow() {
    if (this.#timer) {
      clearTimeout(this.#timer);
      this.#run();
    }
  }

  async #run() {
    this.#timer = 0;
    const abort = new AbortController();
    this.#abort = abort;
    let problem = new Error("the agent ended the connection");
    try {
      await this.#follow(abort);
    } catch (error) {
      problem = error;
    }
    if (this.#abort !== abort) {
      return;  // closed, or opened anew
    }
    abort.abort();
    if (problem.status === 401) {
      this.#handlers.refused(problem);
      return;
    }
    this.#attempt += 1;
    const delay = delayBefore(this.#attempt, Math.random());
    this.#timer = setTimeout(() => this.#run(), delay);
    this.#handlers.waiting(problem, performance.now() + delay);
  }

  async #follow(abort) {
    let watchdog = 0;
    const alive = () => {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => abort.abort(new Error("the agent has fallen silent")), SILENCE);
    };
    try {
      alive();
      const path = await this.#handlers.prepare(abort.signal);
      const response = await call("GET", path, { signal: abort.signal });
      this.#handlers.opened();
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      const parser = new SseParser();
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        alive();
        this.#handlers.heard();
        this.#attempt = 0;
        for (const message of parser.push(part.value)) {
          this.#handlers.message(message);
        }
      }
    } finally {
      clearTimeout(watchdog);
    }
  }
}

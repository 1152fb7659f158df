// SPDX-License-Identifier: Apache-2.0
// Server-sent events out of a stream's text, as the HTML standard has them. Pure.

// One message may span many chunks; what never ends is no message of ours.
const MAX_PENDING = 8 * 1024 * 1024;

export class SseParser {
  #pending = "";
  #type = "";
  #data = [];
  #id = null;

  // The messages that are complete with this chunk: [{type, data, id}]. A comment, which is the
  // server's sign of life, has the type "comment".
  push(chunk) {
    this.#pending += chunk;
    if (this.#pending.length > MAX_PENDING) {
      throw new Error("a message of the event stream has no end");
    }
    const lines = this.#pending.split(/\r\n|\n|\r(?!$)/);
    this.#pending = lines.pop();
    return lines.flatMap((line) => this.#line(line));
  }

  #line(line) {
    if (line === "") {
      return this.#dispatch();
    }
    if (line.startsWith(":")) {
      return [{ type: "comment", data: line.slice(1).trim(), id: null }];
    }
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") {
      this.#type = value;
    } else if (field === "data") {
      this.#data.push(value);
    } else if (field === "id") {
      this.#id = value;
    }
    return [];
  }

  #dispatch() {
    const message = { type: this.#type || "message", data: this.#data.join("\n"), id: this.#id };
    const empty = this.#data.length === 0;
    this.#type = "";
    this.#data = [];
    this.#id = null;
    return empty ? [] : [message];
  }
}

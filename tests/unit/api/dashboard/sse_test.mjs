// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { SseParser } from "../../../../core/api/dashboard/sse.mjs";

const stream = ": events\n\nevent: services\ndata: {\"a\":1}\n\nid: 7\ndata: one\ndata: two\n\n:still here\n\n";
const messages = [
  { type: "comment", data: "events", id: null },
  { type: "services", data: "{\"a\":1}", id: null },
  { type: "message", data: "one\ntwo", id: "7" },
  { type: "comment", data: "still here", id: null },
];

test("messages and signs of life come out as they went in", () => {
  assert.deepEqual(new SseParser().push(stream), messages);
});

test("wherever the stream is cut", () => {
  for (let cut = 1; cut < stream.length; ++cut) {
    const parser = new SseParser();
    assert.deepEqual([...parser.push(stream.slice(0, cut)), ...parser.push(stream.slice(cut))], messages, `cut at ${cut}`);
  }
});

test("every way to end a line is one", () => {
  for (const end of ["\r\n", "\r"]) {
    const text = stream.replaceAll("\n", end);
    for (let cut = 1; cut < text.length; ++cut) {
      const parser = new SseParser();
      const got = [...parser.push(text.slice(0, cut)), ...parser.push(text.slice(cut)), ...parser.push("x")];
      assert.deepEqual(got, messages, `${JSON.stringify(end)} cut at ${cut}`);
    }
  }
});

test("a message that has not ended is none", () => {
  assert.deepEqual(new SseParser().push("data: half\n"), []);
  assert.deepEqual(new SseParser().push("event: empty\n\n"), []);
});

test("a message without end is an error, not all of memory", () => {
  const parser = new SseParser();
  assert.throws(() => {
    for (let megabytes = 0; megabytes < 64; ++megabytes) {
      parser.push("x".repeat(1 << 20));
    }
  }, /has no end/);
});

// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError, followLines, wordsOf } from "../../../../core/api/dashboard/api.mjs";

test("a request without an answer is told in the page's words, a refusal in the agent's", async () => {
  const unanswered = await fetch("http://127.0.0.1:0/").catch((error) => error);
  assert.equal(wordsOf(unanswered), "the agent does not answer");
  assert.equal(wordsOf(new ApiError(404, "there is no such service")), "there is no such service");
});

test("lines of JSON are taken whole, however they are cut", async () => {
  const bytes = new TextEncoder().encode('{"line": "one"}\n{"line": "two"}\n{"line": "th\u00eb third"}\n');
  const body = new ReadableStream({
    start(stream) {
      bytes.forEach((byte) => stream.enqueue(Uint8Array.of(byte)));
      stream.close();
    },
  });
  const taken = [];
  await followLines(new Response(body), (lines) => taken.push(...lines));
  assert.deepEqual(taken.map(({ line }) => line), ["one", "two", "th\u00eb third"]);
});

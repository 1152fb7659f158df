// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { Images } from "../../../../core/api/dashboard/images.mjs";
import { failing, running } from "./statuses.mjs";

const realFetch = globalThis.fetch;
let asked;  // {path, answer(container), refuse()} for each request, in order

beforeEach(() => {
  asked = [];
  globalThis.fetch = (path) => new Promise((resolve, reject) => {
    const answer = (container) => resolve({ ok: true, json: async () => ({ container }) });
    asked.push({ path, answer, refuse: () => reject(new TypeError("no answer")) });
  });
});

afterEach(() => (globalThis.fetch = realFetch));

const of = (name, containerId) => running({ serviceName: name, containerId });
const paths = () => asked.map(({ path }) => path);

test("each container's image is asked for once, one after the other, and told when all are known", async () => {
  let learned = 0;
  const images = new Images(() => (learned += 1));
  const [web, api] = [of("web", "c1"), of("a/b", "c2")];
  images.want([web, api, failing()]);
  images.want([web, api]);
  assert.equal(images.of(web), "");
  assert.deepEqual(paths(), ["/v1/services/1001/web?detail=1"]);
  asked[0].answer({ id: "c1", imageId: "sha256:01" });
  await turn();
  assert.deepEqual(paths().slice(1), ["/v1/services/1001/a%2Fb?detail=1"]);
  assert.equal(learned, 0);
  asked[1].answer({ id: "c2", imageId: "sha256:02" });
  await turn();
  assert.equal(learned, 1);
  assert.deepEqual([web, api].map((service) => images.of(service)), ["sha256:01", "sha256:02"]);
  images.want([web, api]);
  assert.equal(asked.length, 2);
});

test("another container may be of another image", async () => {
  const images = new Images(() => {});
  images.want([of("web", "c1")]);
  asked[0].answer({ id: "c1", imageId: "sha256:01" });
  await turn();
  images.want([of("web", "c2")]);
  assert.equal(images.of(of("web", "c2")), "", "the former's is not taken for it");
  asked[1].answer({ id: "c2", imageId: "sha256:02" });
  await turn();
  assert.equal(images.of(of("web", "c2")), "sha256:02");
  assert.equal(images.of(of("web", "c1")), "", "what is gone is forgotten");
});

test("an answer about another container than the one that is shown is not taken for it", async () => {
  const images = new Images(() => assert.fail("nothing was learned"));
  images.want([of("web", "c1")]);
  asked[0].answer({ id: "c2", imageId: "sha256:02" });
  await turn();
  assert.equal(images.of(of("web", "c1")), "");
});

test("what had no answer is asked again with the next change", async () => {
  const images = new Images(() => {});
  images.want([of("web", "c1")]);
  asked[0].refuse();
  await turn();
  assert.equal(asked.length, 1);
  images.want([of("web", "c1")]);
  asked[1].answer({ id: "c1", imageId: "sha256:01" });
  await turn();
  assert.equal(images.of(of("web", "c1")), "sha256:01");
});

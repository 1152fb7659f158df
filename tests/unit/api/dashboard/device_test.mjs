// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { dataAgeText, factsOf, headlineOf, titleOf } from "../../../../core/api/dashboard/device.mjs";
import { failing, NOW, running } from "./statuses.mjs";

const call = (members = {}) => ({ failures: 0, lastOk: null, error: null, ...members });
const link = (members = {}) => ({ uplink: "iotistic", enrolment: null, enrol: call(), poll: call(), report: call(), rejected: null, ...members });

function info(members = {}) {
  return {
    device: { name: "gateway" }, versions: { agent: "0.1.0" }, startedAt: "2025-10-24T10:00:00.000Z",
    target: { revision: 3, source: "api", wanted: null, applied: null, settled: true },
    runtimes: [{ name: "docker", available: true, problem: null, observedAt: "2025-10-24T10:15:00.000Z", engine: { name: "Docker", version: "20.10" } }],
    link: null, ...members,
  };
}

// "value | detail | tone" of one fact.
function fact(key, model, browser = NOW) {
  const found = factsOf({ notifiers: [], ...model }, NOW, browser).find((each) => each.key === key);
  return `${found.value} | ${found.detail} | ${found.tone}`;
}

test("nothing is said before the first answer", () => {
  assert.deepEqual(factsOf({ info: null }, NOW), []);
});

test("agent and engines", () => {
  const [runtime] = info().runtimes;
  const engine = (members) => fact("engine:docker", { info: info({ runtimes: [{ ...runtime, ...members }] }) });
  assert.equal(fact("agent", { info: info() }), "0.1.0 | up 16m | ok");
  assert.equal(engine({}), "Docker 20.10 | answers | ok");
  assert.equal(engine({ available: false, problem: "refused" }), "Docker 20.10 | refused, last seen 1m ago | bad");
  assert.equal(engine({ available: false, problem: "no socket", observedAt: null, engine: null }), "docker | no socket | bad");
  assert.equal(engine({ observedAt: null, engine: null }), "docker | not looked at yet | busy");
});

test("the target, wanted and applied", () => {
  const of = (target) => fact("target", { info: info({ target: target && { ...info().target, ...target } }) });
  assert.equal(of(null), "none yet | apply one, or wait for the cloud's | off");
  assert.equal(of({}), "revision 3 | from api, settled | ok");
  assert.equal(of({ settled: false }), "revision 3 | from api, at work | busy");
  assert.equal(of({ wanted: "18", applied: "18", source: "cloud" }), "version 18 | revision 3 from cloud, settled | ok");
  assert.equal(of({ wanted: "18", applied: "17" }), "version 17 | version 18 is wanted | warn");
  assert.equal(of({ wanted: "18" }), "version none | version 18 is wanted | warn");
});

test("a device's clock that is off is told", () => {
  assert.match(fact("clock", { info: info() }), /\| as here \| ok$/);
  assert.match(fact("clock", { info: info() }, NOW + 3_600_000), /\| 1h behind this browser \| warn$/);
  assert.match(fact("clock", { info: info() }, NOW - 6_000), /\| 6s ahead of this browser \| warn$/);
});

test("the link to the cloud", () => {
  const of = (members) => fact("link", { info: info({ link: members && link(members) }) });
  assert.equal(of(null), "none | no cloud is configured | off");
  assert.equal(of({}), "iotistic | no answer yet | busy");
  assert.equal(of({ enrolment: "register" }), "iotistic | the device is being registered | busy");
  assert.equal(of({ poll: call({ lastOk: "2025-10-24T10:15:48.000Z" }) }), "iotistic | answered 12s ago | ok");
  assert.equal(of({ report: call({ failures: 4, error: "no answer within 10 s" }) }), "iotistic | no answer within 10 s | bad");
  assert.equal(of({ rejected: { version: "18" } }), "iotistic | version 18 was refused | bad");
});

test("receivers of notifications", () => {
  const of = (...notifiers) => fact("notifiers", { info: info(), notifiers });
  assert.equal(of(), "none | alerts stay on this page | off");
  assert.equal(of({ name: "ops", state: "ok" }, { name: "site", state: "ok" }), "2 working | ops, site | ok");
  assert.equal(of({ name: "ops", state: "ok" }, { name: "site", state: "failing", error: { message: "refused" } }), "1 of 2 failing | site: refused | warn");
  assert.equal(of({ name: "ops", state: "refused", reason: "no url", error: null }), "1 of 1 failing | ops: no url | bad");
});

test("the tab's title counts what fails", () => {
  assert.equal(titleOf([], "gateway", true), "gateway - Holdfast");
  assert.equal(titleOf([failing(), running()], "gateway", true), "(1) gateway - Holdfast");
  assert.equal(titleOf([failing(), failing()], "gateway", false), "(?2) gateway - Holdfast");
  assert.equal(titleOf([running()], undefined, true), "Holdfast");
});

test("one sentence over all services", () => {
  const of = (services, target = {}) => Object.values(headlineOf(services, target)).join(" | ");
  assert.equal(of([], null), "No target yet | off");
  assert.equal(of([]), "The target has no services | off");
  assert.equal(of([failing(), running()]), "1 of 2 services failing | bad");
  assert.equal(of([running({ serviceStatus: "pending" }), running()]), "1 of 2 services at work | busy");
  assert.equal(of([running({ stale: true })]), "An engine does not answer: last known states | warn");
  assert.equal(of([running()]), "The service is at its state | ok");
  assert.equal(of([running(), running()]), "All 2 services are at their state | ok");
});

test("how old the data is", () => {
  assert.equal(dataAgeText(0, 42_900), "42 s old");
  assert.equal(dataAgeText(0, 200_000), "3m 20s old");
});

// SPDX-License-Identifier: Apache-2.0
// What the page says of the device as a whole: a pure reading of GET /v1/info, GET /v1/notifiers and
// GET /v1/services.
import { isFailing } from "./service.mjs";
import { ago, clockText, duration, MINUTE, SECOND } from "./time.mjs";

// Beyond it, times of the device and of whoever looks do not match at a glance.
const CLOCK_TOLERANCE = 5 * SECOND;

const OK = { tone: "ok", icon: "check" };
const BAD = { tone: "bad", icon: "cross" };
const WARN = { tone: "warn", icon: "alert" };
const BUSY = { tone: "busy", icon: "dots" };
const OFF = { tone: "off", icon: "square" };

// [{key, name, value, detail, tone, icon}]. `browser` is the time of day where the page is looked at.
export function factsOf({ info, notifiers }, now, browser = Date.now()) {
  if (!info) {
    return [];
  }
  return [
    agentFact(info, now),
    ...(info.runtimes ?? []).map((runtime) => engineFact(runtime, now, info.runtimes.length > 1)),
    targetFact(info.target),
    clockFact(now, browser),
    linkFact(info.link, now),
    notifiersFact(notifiers ?? []),
  ];
}

function agentFact(info, now) {
  return {
    key: "agent",
    name: "Agent",
    value: info.versions?.agent ?? "unknown",
    detail: `up ${duration(now - Date.parse(info.startedAt))}`,
    ...OK,
  };
}

function engineFact(runtime, now, several) {
  const engine = runtime.engine;
  const label = engine ? `${engine.name} ${engine.version}` : runtime.name;
  const fact = { key: `engine:${runtime.name}`, name: several ? `Engine ${runtime.name}` : "Engine", value: label };
  if (runtime.available && runtime.observedAt) {
    return { ...fact, detail: "answers", ...OK };
  }
  if (!runtime.problem) {
    return { ...fact, detail: "not looked at yet", ...BUSY };
  }
  const last = runtime.observedAt ? `, last seen ${ago(Date.parse(runtime.observedAt), now)}` : "";
  return { ...fact, detail: runtime.problem + last, ...BAD };
}

function targetFact(target) {
  const fact = { key: "target", name: "Target" };
  if (!target) {
    return { ...fact, value: "none yet", detail: "apply one, or wait for the cloud's", ...OFF };
  }
  const { wanted, applied } = target;
  if (wanted && wanted !== applied) {
    return { ...fact, value: `version ${applied ?? "none"}`, detail: `version ${wanted} is wanted`, ...WARN };
  }
  const value = applied ? `version ${applied}` : `revision ${target.revision}`;
  const from = `${applied ? `revision ${target.revision} ` : ""}from ${target.source}`;
  return target.settled
    ? { ...fact, value, detail: `${from}, settled`, ...OK }
    : { ...fact, value, detail: `${from}, at work`, ...BUSY };
}

// What is shown is the device's time; a difference is worth a word, since logs will show it too.
function clockFact(now, browser) {
  const off = now - browser;
  const fact = { key: "clock", name: "Device clock", value: clockText(now) };
  if (!(Math.abs(off) > CLOCK_TOLERANCE)) {
    return { ...fact, detail: "as here", ...OK };
  }
  return { ...fact, detail: `${duration(Math.abs(off))} ${off > 0 ? "ahead of" : "behind"} this browser`, ...WARN };
}

function linkFact(link, now) {
  const fact = { key: "link", name: "Link" };
  if (!link) {
    return { ...fact, value: "none", detail: "no cloud is configured", ...OFF };
  }
  const named = { ...fact, value: link.uplink };
  if (link.rejected) {
    return { ...named, detail: `version ${link.rejected.version ?? "unknown"} was refused`, ...BAD };
  }
  const failing = [link.enrolment ? link.enrol : null, link.poll, link.report].find((call) => call?.failures > 0);
  if (failing) {
    return { ...named, detail: failing.error ?? "does not answer", ...BAD };
  }
  if (link.enrolment) {
    return { ...named, detail: "the device is being registered", ...BUSY };
  }
  const last = Math.max(...[link.poll, link.report].map((call) => Date.parse(call?.lastOk ?? "") || 0));
  return last > 0 ? { ...named, detail: `answered ${ago(last, now)}`, ...OK } : { ...named, detail: "no answer yet", ...BUSY };
}

function notifiersFact(notifiers) {
  const fact = { key: "notifiers", name: "Notifiers" };
  if (notifiers.length === 0) {
    return { ...fact, value: "none", detail: "alerts stay on this page", ...OFF };
  }
  const unwell = notifiers.filter((notifier) => notifier.state !== "ok");
  if (unwell.length === 0) {
    return { ...fact, value: `${notifiers.length} working`, detail: notifiers.map(({ name }) => name).join(", "), ...OK };
  }
  return {
    ...fact,
    value: `${unwell.length} of ${notifiers.length} failing`,
    detail: unwell.map(({ name, state, reason, error }) => `${name}: ${error?.message ?? reason ?? state}`).join("; "),
    ...(unwell.some(({ state }) => state === "refused" || state === "quarantined") ? BAD : WARN),
  };
}

// The tab's title: how many services fail comes first, since tabs are narrow.
export function titleOf(services, device, connected) {
  const failing = services.filter(isFailing).length;
  const marks = [connected ? "" : "?", failing > 0 ? String(failing) : ""].join("");
  return `${marks ? `(${marks}) ` : ""}${device ? `${device} - ` : ""}Holdfast`;
}

// One sentence over all services: {text, tone}.
export function headlineOf(services, target) {
  if (services.length === 0) {
    return { text: target ? "The target has no services" : "No target yet", tone: "off" };
  }
  const failing = services.filter(isFailing).length;
  if (failing > 0) {
    return { text: `${failing} of ${services.length} services failing`, tone: "bad" };
  }
  const pending = services.filter(({ serviceStatus }) => serviceStatus === "pending").length;
  if (pending > 0) {
    return { text: `${pending} of ${services.length} services at work`, tone: "busy" };
  }
  const stale = services.some((service) => service.stale);
  return stale
    ? { text: "An engine does not answer: last known states", tone: "warn" }
    : { text: services.length === 1 ? "The service is at its state" : `All ${services.length} services are at their state`, tone: "ok" };
}

// How old what is shown is, for the banner of a lost connection.
export function dataAgeText(lastHeard, monotonicNow) {
  const age = monotonicNow - lastHeard;
  return age < MINUTE ? `${Math.max(0, Math.floor(age / SECOND))} s old` : `${duration(age)} old`;
}

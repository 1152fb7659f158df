// SPDX-License-Identifier: Apache-2.0
// The page: what it knows (the model), where that comes from, and the views that show it.
import { Alerts } from "./alerts.mjs";
import { announce, Notice } from "./notice.mjs";
import { call, getJson, servicePath, wordsOf } from "./api.mjs";
import { Apps } from "./apps.mjs";
import { Banner } from "./banner.mjs";
import { Connection } from "./connection.mjs";
import { headlineOf, titleOf } from "./device.mjs";
import { setAttribute, setText } from "./dom.mjs";
import { Header } from "./header.mjs";
import { EventLog } from "./history.mjs";
import { SignIn } from "./signin.mjs";
import { announcementOf, keyOf, nameOf } from "./service.mjs";
import { SECOND, ServerClock } from "./time.mjs";
import { bindThemeSwitch } from "./theme_switch.mjs";

// A clock that was set on the device shows as a difference beyond what the network explains.
const CLOCK_JUMP = 2 * SECOND;

const NOTHING = { session: null, info: null, services: [], alerts: [], silences: [], notifiers: [], connected: false };
const model = { ...NOTHING };
const clock = new ServerClock();
const log = new EventLog();

// What the views may ask and do.
const agent = {
  now: () => clock.now(),
  events: (service) => log.of(service),
  connected: () => model.connected,
  obstacle() {
    if (!model.connected) {
      return "not connected";
    }
    return model.session?.role === "read" ? "signed in for reading only" : null;
  },
  act: (service, verb) => attempt(`${nameOf(service)}: `, "POST", servicePath(service, `/${verb}`)),
  silence: (wanted) => attempt("", "POST", "/v1/silences", wanted, `Silenced: ${wanted.match}`),
  unsilence(silence) {
    return this.obstacle() ? null : attempt("", "DELETE", `/v1/silences/${encodeURIComponent(silence.id)}`);
  },
};

const header = new Header();
const alerts = new Alerts(agent);
const apps = new Apps(agent);
const notice = new Notice();
const banner = new Banner(() => connection.retryNow());
const signIn = new SignIn(start, (problem) => notice.fail(problem));

async function attempt(prefix, method, path, body, done) {
  try {
    const answer = await (await call(method, path, { body })).json();
    notice.tell(prefix + (done ?? answer.message ?? "done"));
  } catch (error) {
    notice.fail(prefix + wordsOf(error));
    if (error.status === 401) {
      connection.open();  // which finds the same, and asks to sign in
    }
  }
}

const connection = new Connection({
  // All that the stream then keeps up to date, so that it can go on where this ends.
  async prepare(signal) {
    const asked = performance.now();
    const info = await getJson("/v1/info", { signal });
    clock.learn(info.clock.wall, asked, performance.now());
    model.info = info;
    model.session = await getJson("/v1/session", { signal });
    const history = await getJson("/v1/events?since=24h&limit=1000", { signal });
    log.clear();
    log.add(history.events);
    // Its own word for where it ends: after a quiet day there is no event to tell it.
    return `/v1/events/stream?services=1&overview=1&after=${history.last}`;
  },
  opened() {
    model.connected = true;
    signIn.hide(model.session);
    banner.hide();
    showAll();
  },
  heard: () => banner.heard(),
  message: takeMessage,
  waiting(error, until) {
    const before = model.connected;
    model.connected = false;
    banner.lost(error, until);
    if (before) {
      showAll();
    }
  },
  // Nothing stays behind of what somebody was allowed to see.
  refused() {
    Object.assign(model, NOTHING);
    log.clear();
    banner.hide();
    showAll();
    signIn.show();
  },
});

// Other types change nothing: what was "missed" is no longer kept, so nobody can ask for it.
function takeMessage({ type, data }) {
  if (type === "services") {
    takeServices(JSON.parse(data));
  } else if (type === "overview") {
    takeOverview(JSON.parse(data));
  } else if (type === "message") {
    log.add([JSON.parse(data)]);
    apps.drawHistory();
  }
}

function takeServices({ services }) {
  const before = new Map(model.services.map((service) => [keyOf(service), service]));
  model.services = services;
  showServices();
  announce(services.map((service) => announcementOf(before.get(keyOf(service)), service)).filter(Boolean));
}

function takeOverview({ clock: device, info, alerts: rows, silences, notifiers }) {
  const now = performance.now();
  if (Math.abs(Date.parse(device.wall) - clock.now()) > CLOCK_JUMP) {
    clock.learn(device.wall, now, now);
  }
  Object.assign(model, { info, silences, notifiers, alerts: rows });
  header.update(model, clock.now());
  alerts.update(model);
  showServices();
}

function showServices() {
  const { text, tone } = headlineOf(model.services, model.info?.target);
  const headline = document.getElementById("headline");
  setText(headline, text);
  setAttribute(headline, "data-tone", tone);
  apps.update(model.services);
  document.title = titleOf(model.services, model.info?.device?.name, model.connected);
}

function showAll() {
  setAttribute(document.body, "data-connected", String(model.connected));
  header.update(model, clock.now());
  alerts.update(model);
  showServices();
}

// On the agent's full seconds, so that every countdown changes at once; a page that nobody sees
// needs none.
function tick() {
  if (!document.hidden && clock.known) {
    header.update(model, clock.now());
    apps.tick();
    alerts.tick();
    banner.tick();
  }
  const into = clock.known ? clock.now() % SECOND : 0;
  setTimeout(tick, SECOND - into);
}

function start() {
  connection.open();
}

document.addEventListener("visibilitychange", () => connection.retryNow());
bindThemeSwitch();
start();
tick();

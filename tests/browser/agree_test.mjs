// SPDX-License-Identifier: Apache-2.0
// The command line, the API, the metrics, the cloud's report and the page say the same of every
// service, while services come, go, fail and heal; and the page's head the same of the device as the API.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { Agent, OPERATE } from "./support/agent.mjs";
import { Browser, head, signIn } from "./support/browser.mjs";
import { Cloud, PROVISIONING_KEY } from "./support/cloud.mjs";
import { eventually } from "./support/eventually.mjs";
import { Lab, REGISTRY } from "./support/lab.mjs";
import { Receiver } from "./support/receiver.mjs";

const run = promisify(execFile);
const CLI = join(process.env.TEST_BUILD, "bin", "holdfast");

let folder;
let lab;
let cloud;
let receiver;
let agent;
let browser;
let page;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "hf-agree-"));
  const key = join(folder, "provisioning.key");
  await writeFile(key, PROVISIONING_KEY, { mode: 0o400 });
  lab = await Lab.up();
  cloud = await Cloud.start();
  receiver = await Receiver.start();
  agent = await Agent.start(lab, {
    "notifier.ops.plugin": "webhook", "notifier.ops.url": receiver.url,
    "uplink.plugin": "iotistic", "uplink.url": cloud.url, "uplink.provisioningKeyFile": key, "uplink.pollInterval": "1s", "uplink.reportInterval": "1s",
    "retry.image.initial": "1s", "retry.image.max": "3s", "retry.crash.initial": "1s", "retry.crash.max": "3s", "retry.start.initial": "1s", "retry.start.max": "3s",
  });
  browser = await Browser.start();
  page = await browser.visit(agent.url);
  await signIn(page, OPERATE);
});

after(async () => {
  await browser?.end();
  await agent?.end();
  await receiver?.end();
  await cloud?.end();
  await lab?.down();
  await rm(folder, { recursive: true });
  assert.deepEqual(browser?.problems, []);
});

// What each of the five is asked for: {service: "status reason attempt"}. The page has no status of
// its own; what it counts as failing is compared by itself.
function standing({ serviceStatus, reason, error }) {
  return `${serviceStatus} ${reason} ${error ? error.retryCount : 0}`;
}

// Beyond that, what the command line is compared in with the API, whose members it shows. Both tell of
// the same snapshot, in which the retry's instant stands.
function details({ ready, restartCount, imageName, runningImage, error }) {
  return { ready, restartCount, imageName, runningImage, message: error?.message, nextRetry: error?.nextRetry };
}

const byName = (services, told = standing) => Object.fromEntries(services.map((service) => [service.serviceName, told(service)]));

async function fromApi() {
  const response = await agent.call("GET", "/v1/services");
  const { services } = await response.json();
  return { tag: response.headers.get("etag"), services, standings: byName(services) };
}

async function fromCommandLine() {
  const { stdout } = await run(CLI, ["--socket", agent.socket, "status", "-o", "json"]);
  return JSON.parse(stdout).services;
}

async function fromMetrics() {
  const text = await (await agent.call("GET", "/metrics")).text();
  const samples = [...text.matchAll(/^(holdfast_\w+)\{(.*)\} (\S+)$/gm)].map(([, name, labels, value]) => ({
    ...Object.fromEntries([...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, word]) => [key, word])), name, value: Number(value),
  }));
  const attempts = Object.fromEntries(samples.filter(({ name }) => name === "holdfast_service_retry_attempt").map(({ service, value }) => [service, value]));
  return Object.fromEntries(samples
    .filter(({ name, value }) => name === "holdfast_service_status" && value === 1)
    .map(({ service, status, reason }) => [service, `${status} ${reason} ${attempts[service]}`]));
}

function fromCloud(names) {
  return Object.fromEntries(names.map((name) => [name, standing(cloud.service(name) ?? {})]));
}

function fromPage() {
  return page.evaluate(() => {
    const cards = [...document.querySelectorAll("article.service")];
    return {
      title: document.title,
      services: Object.fromEntries(cards.map((card) => {
        const text = (selector) => card.querySelector(selector)?.textContent ?? "";
        const restarts = [...card.querySelectorAll(".mini dt")].find((name) => name.textContent === "Restarts");
        return [text("h3"), {
          badge: text(".badge-word"), tone: card.dataset.tone,
          attempt: Number(/\d+/.exec(text(".trouble:not([hidden]) .attempt"))?.[0] ?? 0),
          message: text(".trouble:not([hidden]) .message"), due: text(".trouble:not([hidden]) .due"),
          image: text(".image"),
          restarts: Number(restarts.nextSibling.textContent),
        }];
      })),
    };
  });
}

// Of a service that is not ready, and of one that is.
const TONES = { running: ["warn", "ok"], error: ["bad", "warn"], pending: ["busy", "busy"], stopped: ["off", "off"] };

// The registry's digest of a container's image is the engine's own word; that of a former image's container
// tells nothing about the image that is wanted.
function imageText({ imageName, runningImage, containerId }, digests) {
  if (runningImage && runningImage !== imageName) {
    return `${imageName}still running ${runningImage}`;
  }
  return containerId ? `${imageName} ${digests[containerId]?.slice(0, "sha256:".length + 12)}` : imageName;
}

async function digestsOfContainers() {
  const [containers, images] = [await lab.ask("containers/json?all=1"), await lab.ask("images/json")];
  const digests = Object.fromEntries(images.map(({ Id, RepoDigests }) => [Id, RepoDigests[0]?.split("@")[1]]));
  return Object.fromEntries(containers.map(({ Id, ImageID }) => [Id, digests[ImageID]]));
}

// The page's words for what the API says.
function asOnPage(services, digests) {
  const failing = services.filter(({ serviceStatus }) => serviceStatus === "error").length;
  return {
    title: `${failing > 0 ? `(${failing}) ` : ""}gateway-07 - Holdfast`,
    services: byName(services, ({ serviceStatus, reason, ready, restartCount, error, ...others }) => ({
      badge: serviceStatus === "running" && !ready && reason !== "Paused" ? `${reason}, not ready` : reason,
      tone: TONES[serviceStatus][Number(ready)],
      attempt: error ? error.retryCount : 0,
      message: error?.message ?? "",
      due: error?.nextRetry ? `at ${new Date(error.nextRetry).toLocaleTimeString("en-GB")}` : "",
      image: imageText(others, digests),
      restarts: restartCount,
    })),
  };
}

function equal(a, b) {
  try {
    assert.deepEqual(a, b);
    return true;
  } catch {
    return false;
  }
}

let compared = 0;
let retries = 0;

// What answers at once must be right whenever nothing has changed around its answer.
async function answersAgree() {
  const first = await fromApi();
  const [commandLine, metrics] = [await fromCommandLine(), await fromMetrics()];
  const last = await fromApi();
  if (first.tag === last.tag) {
    compared += 1;
    retries += first.services.filter(({ error }) => error?.nextRetry).length;
    assert.deepEqual(byName(commandLine), first.standings, "the command line agrees");
    assert.deepEqual(byName(commandLine, details), byName(first.services, details), "the command line agrees in all that it says");
    assert.deepEqual(metrics, first.standings, "the metrics agree");
  }
  return first;
}

// What is told by itself takes its time on the way, and must have arrived before the next change.
// Every look on the way compares those that answer at once.
async function allAgree(expected) {
  let problem = "";
  await eventually(`all agree on ${JSON.stringify(expected)}`, async () => {
    const before = await answersAgree();
    const [shown, reported] = [await fromPage(), fromCloud(Object.keys(before.standings))];
    const digests = await digestsOfContainers();
    const after = await fromApi();
    if (before.tag !== after.tag || !Object.entries(expected).every(([name, reason]) => before.services.find(({ serviceName }) => serviceName === name)?.reason === reason)) {
      return false;
    }
    problem = JSON.stringify({ api: before.services, shown, reported });
    return equal(shown, asOnPage(before.services, digests)) && equal(reported, before.standings);
  }).catch((error) => assert.fail(`${error.message}; ${problem}`));
}

function target(...services) {
  cloud.setTarget({
    1001: {
      appId: 1001, appName: "monitoring",
      services: services.map(([serviceName, image, config = {}], i) => ({ serviceId: i + 1, serviceName, imageName: `${REGISTRY}/${image}`, config })),
    },
  });
}

const command = (name, verb) => agent.call("POST", `/v1/services/monitoring/${name}/${verb}`);

test("during churn", async () => {
  const steady = ["steady", "demo/sleeper:1.0"];
  const web = ["web", "demo/httpd:1.0"];
  const crasher = ["crasher", "demo/crasher:1.0", { environment: { RUN_SECONDS: "1" } }];

  target(steady, web);
  await allAgree({ steady: "Running", web: "Running" });
  target(steady, web, ["wrong", "demo/sleeper:none"]);
  await allAgree({ steady: "Running", wrong: "ImagePullBackOff" });
  await command("wrong", "retry");
  await command("web", "stop");
  await allAgree({ web: "Stopped", wrong: "ImagePullBackOff" });
  target(steady, web, ["wrong", "demo/sleeper:2.0"], crasher);
  await allAgree({ wrong: "Running", crasher: "CrashLoopBackOff" });
  process.kill((await lab.inspect("monitoring_steady_1")).State.Pid, "SIGKILL");
  await command("web", "start");
  await allAgree({ steady: "Running", web: "Running" });
  target(["steady", "demo/badentry:1.0"], web);
  await allAgree({ steady: "RunContainerError" });
  target(steady, ["web", "demo/httpd:none"]);  // the old one runs on
  await allAgree({ steady: "Running", web: "ImagePullBackOff" });
  target(steady, web);
  await allAgree({ steady: "Running", web: "Running" });
  assert.ok(compared >= 16, `${compared} answers were compared`);
  assert.ok(retries >= 5, `the instants of ${retries} retries were compared`);
});

test("the head tells what the API tells of the device", async () => {
  const { Version } = await lab.ask("version");
  await eventually("all is well", async () => {
    const { versions, runtimes: [{ engine }], target: { revision, applied }, clock } = await agent.get("/v1/info");
    const { Agent: itself, Link, ...others } = await head(page);
    assert.ok(itself.startsWith(`${versions.agent} | up `), itself);
    assert.equal(engine.version, Version);
    assert.equal(applied, String(cloud.version));
    assert.match(Link, /^iotistic \| answered (just now|\d+s ago) \| ok$/);
    assert.deepEqual(others, {
      Engine: `Docker ${engine.version} | answers | ok`,
      Target: `version ${applied} | revision ${revision} from cloud, settled | ok`,
      "Device clock": `${new Date(clock.wall).toLocaleTimeString("en-GB")} | as here | ok`,
      Notifiers: "1 working | ops | ok",
    });
    return true;
  });

  cloud.setTarget("no apps");
  await eventually("a target that is refused", async () => {
    const { target: { wanted, applied }, link: { rejected } } = await agent.get("/v1/info");
    const { Target, Link } = await head(page);
    assert.deepEqual([wanted, rejected.version], [String(cloud.version), String(cloud.version)]);
    assert.deepEqual([Target, Link], [`version ${applied} | version ${wanted} is wanted | warn`, `iotistic | version ${wanted} was refused | bad`]);
    return true;
  });
  target();
  await eventually("one that is not", async () => (await head(page)).Target.startsWith(`version ${cloud.version} |`));

  cloud.well = receiver.well = false;
  await assert.rejects(agent.call("POST", "/v1/notifiers/ops/test"), /502/);
  await eventually("a cloud and a receiver that are unwell", async () => {
    const { link } = await agent.get("/v1/info");
    const { notifiers: [{ error }] } = await agent.get("/v1/notifiers");
    const { Link, Notifiers } = await head(page);
    const failing = [link.poll, link.report].find(({ failures }) => failures > 0);
    assert.deepEqual([Link, Notifiers], [`iotistic | ${failing.error} | bad`, `1 of 1 failing | ops: ${error.message} | warn`]);
    return true;
  });
  cloud.well = receiver.well = true;
  await agent.call("POST", "/v1/notifiers/ops/test");
  await eventually("both are well again", async () => {
    const { Link, Notifiers } = await head(page);
    return Link.startsWith("iotistic | answered") && Notifiers === "1 working | ops | ok";
  });

  await page.addInitScript(() => {
    const now = Date.now;
    Date.now = () => now() + 3_630_000;
  });
  await page.reload();
  await eventually("a browser's clock that is another", async () => (await head(page))["Device clock"]?.endsWith(" | 1h behind this browser | warn"));
});

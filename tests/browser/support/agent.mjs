// SPDX-License-Identifier: Apache-2.0
// A real holdfastd over TCP, on the engine of a lab.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { eventually } from "./eventually.mjs";

const BUILD = process.env.TEST_BUILD;

export const OPERATE = "browser-test-operate-token-000000";
export const READ = "browser-test-read-token-00000000000";

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

export class Agent {
  #folder;
  #process = null;
  #log = "";
  #settings;

  // `settings` are further keys of the configuration.
  static async start(lab, settings = {}) {
    const agent = new Agent();
    agent.#folder = await mkdtemp(join(tmpdir(), "hf-agent-"));
    agent.port = await freePort();
    const file = (name) => join(agent.#folder, name);
    await mkdir(file("plugins"), { mode: 0o755 });
    for (const plugin of ["docker.so", "iotistic.so", "webhook.so"]) {
      await copyFile(join(BUILD, "plugins", plugin), join(file("plugins"), basename(plugin)));
    }
    await writeFile(file("tokens"), `operate:ops:${OPERATE}\nread:wall:${READ}\n`, { mode: 0o600 });
    agent.#settings = {
      "state.dir": file("state"), "api.socket": file("holdfast.sock"), "api.group": "root", "plugins.dir": file("plugins"),
      "device.name": "gateway-07", "runtime.docker.url": `unix://${lab.socket}`,
      "api.listen": `127.0.0.1:${agent.port}`, "api.tokenFile": file("tokens"), ...settings,
    };
    await agent.restart();
    // Whoever ends the test early ends the daemon with it; the lab sees to itself.
    process.once("SIGTERM", () => {
      agent.#process.kill("SIGKILL");
      process.exit(1);
    });
    return agent;
  }

  get url() {
    return `http://127.0.0.1:${this.port}/`;
  }

  get log() {
    return this.#log;
  }

  get socket() {
    return this.#settings["api.socket"];
  }

  // Starts it, on what was there before.
  async restart() {
    const file = join(this.#folder, "holdfast.properties");
    const text = Object.entries(this.#settings).map(([key, value]) => `${key} = ${value}\n`).join("");
    await writeFile(file, text);
    this.#process = spawn(join(BUILD, "bin", "holdfastd"), ["--config", file], { stdio: ["ignore", "ignore", "pipe"] });
    this.#process.stderr.on("data", (chunk) => (this.#log += chunk));
    let ended = false;
    this.#process.on("exit", () => (ended = true));
    const answers = async () => ended || (await fetch(`${this.url}readyz`)).ok;
    await eventually("holdfastd answers", answers).catch(() => (ended = true));
    if (ended) {
      await this.end();
      throw new Error(`holdfastd does not start:\n${this.#log}`);
    }
  }

  // Orderly. Does nothing when it has ended.
  async stop() {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const ended = once(this.#process, "exit");
      this.#process.kill("SIGTERM");
      await ended;
    }
  }

  async end() {
    await this.stop();
    await rm(this.#folder, { recursive: true });
  }

  async call(method, path, body) {
    const response = await fetch(new URL(path, this.url), {
      method,
      headers: { Authorization: `Bearer ${OPERATE}`, ...(body ? { "Content-Type": "application/json" } : {}) },
      body: body && JSON.stringify(body),
    });
    if (!response.ok) {
      throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    }
    return response;
  }

  async get(path) {
    return (await this.call("GET", path)).json();
  }

  // A target of one app "monitoring": [name, image, config] each.
  async apply(...services) {
    await this.call("PUT", "/v1/target", {
      apps: {
        1001: {
          appName: "monitoring",
          services: services.map(([serviceName, imageName, config = {}], i) => ({ serviceId: i + 1, serviceName, imageName, config })),
        },
      },
    });
  }
}

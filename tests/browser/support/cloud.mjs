// SPDX-License-Identifier: Apache-2.0
// As much of an Iotistic cloud as it takes to be told what a device reports. (That the agent keeps to
// the protocol is tested against tests/fixtures/cloud.)
import { once } from "node:events";
import { createServer } from "node:http";
import { gunzipSync } from "node:zlib";

export const PROVISIONING_KEY = "provisioning-key-of-the-browser-tests";

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) {
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  return JSON.parse(request.headers["content-encoding"] === "gzip" ? gunzipSync(bytes) : bytes);
}

export class Cloud {
  #server;
  #state = { apps: {}, config: {} };
  #version = 0;
  latest = null;  // report
  well = true;

  static async start() {
    const cloud = new Cloud();
    cloud.#server = createServer((request, response) => cloud.#take(request, response)).listen(0, "127.0.0.1");
    await once(cloud.#server, "listening");
    return cloud;
  }

  get url() {
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  setTarget(apps) {
    this.#state = { apps, config: {} };
    this.#version += 1;
  }

  get version() {
    return this.#version;
  }

  async #take(request, response) {
    const path = request.url.replace("/api/v1/device/", "");
    const answer = (body, headers = {}) => {
      response.writeHead(200, { "content-type": "application/json", ...headers });
      response.end(JSON.stringify(body));
    };
    if (!this.well) {
      request.resume();
      response.writeHead(503).end();
    } else if (path === "register") {
      const { uuid, deviceName, deviceType } = await bodyOf(request);
      answer({ id: 1, uuid, deviceName, deviceType, fleetId: "f", createdAt: "2025-10-24T10:00:00.000Z" });
    } else if (path.endsWith("/key-exchange")) {
      answer({ status: "ok", message: "Key exchange successful" });
    } else if (path === "state") {
      [this.latest] = Object.values(await bodyOf(request));
      answer({ status: "ok" });
    } else if (this.#version === 0 || request.headers["if-none-match"] === `v${this.#version}`) {
      response.writeHead(304).end();
    } else {
      const [uuid] = path.split("/");
      answer({ [uuid]: { ...this.#state, version: this.#version, needs_deployment: false } }, { etag: `v${this.#version}` });
    }
  }

  // The status that the latest report has of a service; nothing before it was in one.
  service(name) {
    return Object.values(this.latest?.apps ?? {}).flatMap(({ services }) => services).find(({ serviceName }) => serviceName === name);
  }

  async end() {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }
}

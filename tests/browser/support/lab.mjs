// SPDX-License-Identifier: Apache-2.0
// A private Docker engine and registry (tests/lab/lab.sh), for as long as a test runs.
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const script = fileURLToPath(new URL("../../lab/lab.sh", import.meta.url));

export const REGISTRY = "127.0.0.1:5055";

export class Lab {
  #folder;

  static async up() {
    const lab = new Lab();
    lab.#folder = await mkdtemp(join(tmpdir(), "hf-browser-"));
    await run(script, ["up", lab.#directory, "--owner-pid", String(process.pid)]);
    return lab;
  }

  get #directory() {
    return join(this.#folder, "lab");
  }

  get socket() {
    return join(this.#directory, "docker.sock");
  }

  async down() {
    await run(script, ["down", this.#directory]);
    await rm(this.#folder, { recursive: true });
  }

  // Puts another tag beside one that is in the registry, as a push does.
  async tag(repository, existing, tag) {
    const manifests = `http://${REGISTRY}/v2/${repository}/manifests`;
    const type = "application/vnd.docker.distribution.manifest.v2+json";
    const copy = `curl -sSf -H 'Accept: ${type}' '${manifests}/${existing}' |
      curl -sSf -X PUT -H 'Content-Type: ${type}' --data-binary @- '${manifests}/${tag}'`;
    await run(script, ["in", this.#directory, "bash", "-o", "pipefail", "-c", copy]);
  }

  // What the engine itself says: GET <path>.
  ask(path) {
    return new Promise((resolve, reject) => {
      request({ socketPath: this.socket, path: `/v1.41/${path}` }, (response) => {
        let text = "";
        response.on("data", (chunk) => (text += chunk));
        response.on("end", () => resolve(JSON.parse(text)));
      }).on("error", reject).end();
    });
  }

  // What the engine says of a container.
  inspect(name) {
    return this.ask(`containers/${name}/json`);
  }
}

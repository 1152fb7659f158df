// SPDX-License-Identifier: Apache-2.0
// Which image a container was made of, to the bit: asked once for each container, one at a time.
import { getJson, servicePath } from "./api.mjs";

export class Images {
  #byContainer = new Map();  // id: digest, or "" while it is asked or not to be had
  #queue = [];
  #asking = false;
  #learned;

  constructor(learned) {
    this.#learned = learned;
  }

  of(service) {
    return this.#byContainer.get(service.containerId) ?? "";
  }

  want(services) {
    const wanted = new Set(services.map(({ containerId }) => containerId).filter(Boolean));
    for (const id of this.#byContainer.keys()) {
      if (!wanted.has(id)) {
        this.#byContainer.delete(id);
      }
    }
    for (const service of services) {
      if (service.containerId && !this.#byContainer.has(service.containerId)) {
        this.#byContainer.set(service.containerId, "");
        this.#queue.push(service);
      }
    }
    this.#ask();
  }

  async #ask() {
    if (this.#asking) {
      return;
    }
    this.#asking = true;
    let learned = false;
    while (this.#queue.length > 0) {
      learned = (await this.#askFor(this.#queue.shift())) || learned;
    }
    this.#asking = false;
    if (learned) {
      this.#learned();
    }
  }

  async #askFor(service) {
    try {
      const { container } = await getJson(servicePath(service, "?detail=1"));
      if (container && this.#byContainer.has(container.id)) {
        this.#byContainer.set(container.id, container.imageId);
        return true;
      }
    } catch {
      this.#byContainer.delete(service.containerId);  // asked again with the next change
    }
    return false;
  }
}

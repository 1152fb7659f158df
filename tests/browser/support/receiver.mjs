// SPDX-License-Identifier: Apache-2.0
// Somebody who is notified by webhook, as long as he is well.
import { once } from "node:events";
import { createServer } from "node:http";

export class Receiver {
  #server;
  well = true;

  static async start() {
    const receiver = new Receiver();
    receiver.#server = createServer((request, response) => {
      request.resume();
      request.on("end", () => response.writeHead(receiver.well ? 200 : 503).end());
    }).listen(0, "127.0.0.1");
    await once(receiver.#server, "listening");
    return receiver;
  }

  get url() {
    return `http://127.0.0.1:${this.#server.address().port}/hook`;
  }

  async end() {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }
}

// SPDX-License-Identifier: Apache-2.0
// A wire between browser and agent that can be cut.
import { once } from "node:events";
import { connect, createServer } from "node:net";

export class Wire {
  #server;
  #ends = new Set();
  #port;
  #target;

  static async to(port) {
    const wire = new Wire();
    wire.#target = port;
    wire.#port = 0;
    await wire.mend();
    return wire;
  }

  get url() {
    return `http://127.0.0.1:${this.#port}/`;
  }

  async cut() {
    this.#server.close();
    for (const end of this.#ends) {
      end.destroy();
    }
    await once(this.#server, "close");
  }

  async mend() {
    this.#server = createServer((near) => {
      const far = connect(this.#target, "127.0.0.1");
      for (const [end, other] of [[near, far], [far, near]]) {
        this.#ends.add(end);
        end.on("error", () => other.destroy());
        end.on("close", () => {
          this.#ends.delete(end);
          other.destroy();
        });
      }
      near.pipe(far).pipe(near);
    }).listen(this.#port, "127.0.0.1");
    await once(this.#server, "listening");
    this.#port = this.#server.address().port;
  }
}

// SPDX-License-Identifier: Apache-2.0
//
//   node receiver.mjs CERTIFICATE KEY SIGNING_KEYS
//
// An HTTPS receiver of notifications that takes what independent implementations take, and answers
// anything else with 400 and their reason. SIGNING_KEYS is a file with one whsec_... in each line.
//
//   POST /standard?key=N     Standard Webhooks, verified by the N-th key alone
//   POST /cloudevents?key=N  the same, and a CloudEvent in the SDK's strict mode
//
// Writes "listening PORT", then for each message that it took one line of JSON: the whole event.
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import { CloudEvent, HTTP } from "cloudevents";
import { Webhook } from "standardwebhooks";

const [certificate, key, signingKeys] = process.argv.slice(2).map((path) => readFileSync(path));
const webhooks = signingKeys.toString().trim().split("\n").map((line) => new Webhook(line));

function verified(url, headers, body) {
  return webhooks[Number(url.searchParams.get("key"))].verify(body, headers);
}

const takers = {
  "/standard": verified,
  "/cloudevents": (url, headers, body) => {
    verified(url, headers, body);
    const event = HTTP.toEvent({ headers, body });
    return new CloudEvent(event, true).toJSON();
  },
};

async function take(request) {
  const url = new URL(request.url, "https://receiver");
  const chunks = [];
  for await (const chunk of request) {
    chunks.push(chunk);
  }
  return takers[url.pathname](url, request.headers, Buffer.concat(chunks).toString());
}

const server = createServer({ cert: certificate, key }, async (request, response) => {
  try {
    process.stdout.write(`${JSON.stringify(await take(request))}\n`);
    response.writeHead(204).end();
  } catch (error) {
    response.writeHead(400, { "content-type": "text/plain" }).end(String(error));
  }
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`listening ${server.address().port}\n`));

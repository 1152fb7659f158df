// SPDX-License-Identifier: Apache-2.0
// Calls of the agent's API (docs/interfaces.md, "Local API").

export class ApiError extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

// A browser has a TypeError for every request that got no answer.
export function wordsOf(error) {
  return error instanceof TypeError ? "the agent does not answer" : error.message;
}

async function refusalOf(response) {
  let detail = "";
  try {
    const problem = await response.json();
    detail = [problem.detail, ...(problem.problems ?? []).map((each) => each.message)].filter(Boolean).join("; ");
  } catch {
    // Whatever answered, it was not the agent.
  }
  return new ApiError(response.status, detail || `the agent answered ${response.status}`);
}

// The answer when it is a success. Throws ApiError for any other, TypeError without one.
export async function call(method, path, { body, signal } = {}) {
  const response = await fetch(path, {
    method,
    signal,
    cache: "no-store",
    credentials: "same-origin",
    redirect: "error",
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (!response.ok) {
    throw await refusalOf(response);
  }
  return response;
}

export async function getJson(path, options) {
  return (await call("GET", path, options)).json();
}

// {app}/{service} as a path.
export function servicePath(service, rest = "") {
  const [app, name] = [service.appId, service.serviceName].map((part) => encodeURIComponent(part));
  return `/v1/services/${app}/${name}${rest}`;
}

// Calls take(lines) with the lines of JSON in `response` as they come, until it ends.
export async function followLines(response, take) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let pending = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) {
      return;
    }
    const lines = (pending + value).split("\n");
    pending = lines.pop();
    take(lines.filter(Boolean).map((line) => JSON.parse(line)));
  }
}

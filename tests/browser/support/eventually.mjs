// SPDX-License-Identifier: Apache-2.0
import { setTimeout as pause } from "node:timers/promises";

// Only a failing test waits so long.
export const LIMIT = 45_000;

// Asks until the answer is true; what is thrown in between counts as no.
export async function eventually(what, holds, limit = LIMIT) {
  const end = performance.now() + limit;
  let problem = "";
  for (;;) {
    try {
      const answer = await holds();
      if (answer) {
        return answer;
      }
    } catch (error) {
      problem = `: ${error.message}`;
    }
    if (performance.now() > end) {
      throw new Error(`this did not happen: ${what}${problem}`);
    }
    await pause(20);
  }
}

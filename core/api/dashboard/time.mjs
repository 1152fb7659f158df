// SPDX-License-Identifier: Apache-2.0
// Times as the page needs them. Pure but for the default of ServerClock's monotonic clock.

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

// The agent's time, by what its answers said and a clock that nobody sets: the browser's own time
// of day may be wrong by hours, or be set while the page is open.
export class ServerClock {
  #monotonic;
  #offset = null;

  constructor(monotonic = () => performance.now()) {
    this.#monotonic = monotonic;
  }

  // `wall` (RFC 3339) was true between the monotonic instants `asked` and `answered`.
  learn(wall, asked, answered) {
    this.#offset = Date.parse(wall) - (asked + answered) / 2;
  }

  get known() {
    return this.#offset !== null;
  }

  // Milliseconds since 1970 on the agent's clock; NaN before the first answer.
  now() {
    return this.#offset === null ? NaN : this.#monotonic() + this.#offset;
  }
}

// The two largest units: "42s", "3m 20s", "5h 12m", "12d 4h". Never negative.
export function duration(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / SECOND));
  const parts = [
    [Math.floor(seconds / 86400), "d"],
    [Math.floor(seconds / 3600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "m"],
    [seconds % 60, "s"],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) {
    return "0s";
  }
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => count + unit)
    .join(" ");
}

const two = (number) => String(number).padStart(2, "0");

// Until `due`, rounded up as people count down: "18s", "1:05", "1:02:05"; "now" from then on.
export function countdown(due, now) {
  const seconds = Math.ceil((due - now) / SECOND);
  if (!(seconds > 0)) {
    return "now";
  }
  if (seconds < 60) {
    return `${seconds}s`;
  }
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const rest = two(seconds % 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}

// "just now", "12s ago", "3m ago", "2h ago": one unit, for lists.
export function ago(then, now) {
  const past = now - then;
  if (!(past >= 5 * SECOND)) {
    return "just now";
  }
  return `${duration(past).split(" ")[0]} ago`;
}

// "10:16:10" in the time zone of whoever looks; with the day when it is another than today's.
export function clockText(instant, now = instant) {
  const at = new Date(instant);
  const time = at.toLocaleTimeString("en-GB");
  return at.toDateString() === new Date(now).toDateString()
    ? time
    : `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${time}`;
}

/**
 * Time that has passed, measured so that it is never too short: by the larger of two clocks. The one of the page stands still
 * while some machines sleep, and the one of the machine may be set back.
 */

/** @typedef {{mono: number, wall: number}} Instant */

/** @returns {Instant} */
export function instant() {
  return { mono: performance.now(), wall: Date.now() };
}

/**
 * Return how long ago an instant was, in ms, at least 0.
 * @param {Instant} then
 */
export function msSince(then) {
  const now = instant();
  return Math.max(now.mono - then.mono, now.wall - then.wall, 0);
}

/**
 * Return the instant of so many ms ago.
 * @param {number} ms
 * @returns {Instant}
 */
export function instantBefore(ms) {
  const now = instant();
  return { mono: now.mono - ms, wall: now.wall - ms };
}

/**
 * How long to wait after failures, so that a server which comes back is not met by every browser at once: at random between
 * nothing and a limit that doubles from one failure to the next ("full jitter").
 */

const FIRST_MS = 1_000;
const LONGEST_MS = 60_000;

/** The wait after an error that trying again will hardly mend: the caller may not do this, or the request is wrong. */
export const REFUSED_MS = 300_000;

const REFUSALS = new Set(["permission_denied", "invalid_argument", "unimplemented", "failed_precondition"]);

/**
 * Return how long to wait before the next attempt, in ms.
 * @param {{code?: string, retryAfterMs?: number}} error
 * @param {number} failures how many attempts have failed in a row, this one included
 * @param {() => number} [random] from 0 (inclusive) to 1
 */
export function waitAfter(error, failures, random = Math.random) {
  if (error.code && REFUSALS.has(error.code)) return REFUSED_MS * (0.5 + random() / 2);
  const limit = Math.min(FIRST_MS * 2 ** Math.min(failures - 1, 16), LONGEST_MS);
  // A server that names a time has reasons; that everybody comes at that time would be one more.
  return Math.max(error.retryAfterMs ?? 0, 0) + limit * random();
}

/** Which status somebody had when: the parts of a period, from the changes that are known. */

import { Status } from "../lib.js";

/** @import { Change } from "../history/read.js" */

/** @typedef {{status: Status, from: number, to: number}} Part ms UTC */

/**
 * Return the parts of a period, oldest first. What was before the first change ever is in none.
 * @param {Change[]} changes newest first, from the start of the period until now
 * @param {{status: Status, since: number}} person as they are now
 * @param {number} start @param {number} end
 * @returns {Part[]}
 */
export function partsOf(changes, person, start, end) {
  const parts = /** @type {Part[]} */ ([]);
  const add = (/** @type {Status} */ status, /** @type {number} */ from, /** @type {number} */ to) => {
    const last = parts.at(-1);
    from = Math.max(from, start);
    to = Math.min(to, end);
    if (status === Status.UNSPECIFIED || to <= from) return;
    // A change may be of the cause alone.
    if (last && last.status === status && last.from === to) last.from = from;
    else parts.push({ status, from, to });
  };
  let to = Infinity;
  for (const change of changes) {
    add(change.to, change.at, to);
    to = change.at;
  }
  const oldest = changes.at(-1);
  if (oldest) add(oldest.from, -Infinity, to);
  else add(person.status, person.since, to);
  return parts.reverse();
}

/** The distances that marks may have, in minutes; the first that leaves few enough is taken. */
const STEPS_MIN = [10, 30, 60, 120, 240, 720, 1_440];
const MARKS_MAX = 8;
const MINUTE = 60_000;

/**
 * Return the full hours, or parts or several of them, of the reader's clock in a period, also where the clock is put forward or back.
 * @param {number} start @param {number} end ms UTC
 */
export function marksOf(start, end) {
  const step = STEPS_MIN.find((each) => (end - start) / MINUTE / each <= MARKS_MAX) ?? 1_440;
  const marks = /** @type {number[]} */ ([]);
  const date = new Date(start);
  date.setHours(0, 0, 0, 0);
  const [year, month, day] = [date.getFullYear(), date.getMonth(), date.getDate()];
  for (let minutes = 0; ; minutes += step) {
    const ms = new Date(year, month, day, 0, minutes).getTime();
    if (ms >= end) return marks;
    if (ms >= start && ms !== marks.at(-1)) marks.push(ms);
  }
}

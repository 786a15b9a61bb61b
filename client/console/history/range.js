/** The period that is looked at, as local calendar days: days are as long as they are where the reader is. */

/** @typedef {"hour" | "today" | "yesterday" | "7" | "30" | "days"} Choice */

/** @type {Choice[]} */
export const CHOICES = ["hour", "today", "yesterday", "7", "30", "days"];
const HOUR_MS = 3_600_000;

/**
 * Return the start (included) and the end (not included; undefined if it goes on) of a period, ms UTC; null if the days are none.
 * @param {Choice} choice
 * @param {string} first a day, as `2026-11-28`, of the choice `days`
 * @param {string} last the last day, included
 * @param {number} now ms UTC
 */
export function rangeOf(choice, first, last, now) {
  switch (choice) {
    case "hour":
      return { start: now - HOUR_MS, end: undefined };
    case "today":
      return { start: midnight(new Date(now), 0), end: undefined };
    case "yesterday":
      return { start: midnight(new Date(now), -1), end: midnight(new Date(now), 0) };
    case "days": {
      const [start, end] = [midnight(dayOf(first), 0), midnight(dayOf(last || first), 1)];
      return start < end ? { start, end } : null;
    }
    default:
      return { start: midnight(new Date(now), 1 - Number(choice)), end: undefined };
  }
}

/** Return a day as a field for dates holds it. @param {number} ms */
export function dayText(ms) {
  const date = new Date(ms);
  const two = (/** @type {number} */ value) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** @param {string} text */
function dayOf(text) {
  const [year, month, day] = text.split("-").map(Number);
  return new Date(year, month - 1, day);
}

/** Return when the day begins that is some days after another. @param {Date} date @param {number} days */
function midnight(date, days) {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days).getTime();
}

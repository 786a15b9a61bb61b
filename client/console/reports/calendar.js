/**
 * Days of a time zone: those of the account, which need not be the reader's.
 *
 * A day is a text, as `2026-11-28`. It begins at its first moment, and ends where the next one begins: after 23, 24 or 25 hours.
 */

/** @typedef {"today" | "yesterday" | "week" | "last-week" | "month" | "last-month" | "days"} Choice */
/** @typedef {{start: number, end: number, first: string, last: string}} Range times in ms UTC, the end not included; the days included */

/** @type {Choice[]} */
export const CHOICES = ["today", "yesterday", "week", "last-week", "month", "last-month", "days"];
/** @type {Choice[]} */
export const DAY_CHOICES = ["today", "yesterday", "days"];
/** The longest range that is offered. */
export const DAYS_MAX = 366;

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;

/** @type {Map<string, Intl.DateTimeFormat>} */
const readers = new Map();

/** Return true if this browser has the rules of a time zone. @param {string} zone */
export function isKnown(zone) {
  try {
    reader(zone);
    return true;
  } catch {
    return false;
  }
}

/** @param {string} zone */
function reader(zone) {
  let found = readers.get(zone);
  if (!found) {
    const two = /** @type {const} */ ("2-digit");
    const fields = { year: /** @type {const} */ ("numeric"), month: two, day: two, hour: two, minute: two, second: two };
    found = new Intl.DateTimeFormat("en", { ...fields, hourCycle: "h23", era: "short", timeZone: zone });
    readers.set(zone, found);
  }
  return found;
}

/** Return the time that clocks of a zone show, as if it were UTC. @param {number} ms @param {string} zone */
function shown(ms, zone) {
  const parts = Object.fromEntries(reader(zone).formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second);
}

/** Return the day of a moment. @param {number} ms @param {string} zone */
export function dayOf(ms, zone) {
  return new Date(shown(ms, zone)).toISOString().slice(0, 10);
}

/** Return the time that clocks of a zone show, as `2026-11-28 09:00:00`. @param {number} ms @param {string} zone */
export function shownAt(ms, zone) {
  return new Date(shown(ms, zone)).toISOString().slice(0, 19).replace("T", " ");
}

/** @param {string} day */
function utcOf(day) {
  return Date.parse(`${day}T00:00:00Z`);
}

/** Return the day that is some days after another. @param {string} day @param {number} days */
export function dayAfter(day, days) {
  return new Date(utcOf(day) + days * DAY).toISOString().slice(0, 10);
}

/**
 * Return the first moment at which clocks show a time of a day. If they leave it out, the moment at which they would have.
 * @param {string} day @param {number} minutes after midnight @param {string} zone
 */
export function momentOf(day, minutes, zone) {
  const wanted = utcOf(day) + minutes * MINUTE;
  // No clock is put forward or back twice within two days.
  const offsets = [wanted - DAY, wanted + DAY].map((near) => shown(near, zone) - near);
  const moments = offsets.map((offset) => wanted - offset).filter((ms) => shown(ms, zone) === wanted);
  return moments.length ? Math.min(...moments) : wanted - offsets[0];
}

/** Return the beginning of a day. @param {string} day @param {string} zone */
export function startOf(day, zone) {
  return momentOf(day, 0, zone);
}

/**
 * Return a range of whole days; null if the days are none, or too many. Weeks begin on Mondays (ISO 8601).
 * @param {Choice} choice
 * @param {string} first a day, of the choice `days`
 * @param {string} last the last day, included
 * @param {number} now ms UTC
 * @param {string} zone
 * @returns {Range | null}
 */
export function rangeOf(choice, first, last, now, zone) {
  const today = dayOf(now, zone);
  const [from, to] = daysOf(choice, first, last, today);
  if (!isDay(from) || !isDay(to) || to < from || utcOf(to) - utcOf(from) >= DAYS_MAX * DAY) return null;
  return { start: startOf(from, zone), end: startOf(dayAfter(to, 1), zone), first: from, last: to };
}

/** @param {Choice} choice @param {string} first @param {string} last @param {string} today @returns {[string, string]} */
function daysOf(choice, first, last, today) {
  const monday = dayAfter(today, -((new Date(utcOf(today)).getUTCDay() + 6) % 7));
  const month = `${today.slice(0, 8)}01`;
  switch (choice) {
    case "today":
      return [today, today];
    case "yesterday":
      return [dayAfter(today, -1), dayAfter(today, -1)];
    case "week":
      return [monday, dayAfter(monday, 6)];
    case "last-week":
      return [dayAfter(monday, -7), dayAfter(monday, -1)];
    case "month":
      return [month, dayAfter(`${dayAfter(month, 31).slice(0, 8)}01`, -1)];
    case "last-month": {
      const before = dayAfter(month, -1);
      return [`${before.slice(0, 8)}01`, before];
    }
    default:
      return [first, last];
  }
}

/** @param {string} day */
function isDay(day) {
  return /^\d{4}-\d\d-\d\d$/.test(day) && !Number.isNaN(utcOf(day));
}

/**
 * Return the moments of a range at which clocks show every so many full hours of a day, or midnights only.
 * @param {Range} range @param {number} hours a part of 24, or 24 for midnights @param {string} zone
 */
export function marksOf({ first, last }, hours, zone) {
  const marks = /** @type {number[]} */ ([]);
  for (let day = first; day <= last; day = dayAfter(day, 1)) {
    for (let hour = 0; hour < 24; hour += hours) {
      const ms = momentOf(day, hour * 60, zone);
      if (ms !== marks.at(-1)) marks.push(ms);
    }
  }
  return marks;
}

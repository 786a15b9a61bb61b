/** Times and periods in words, in the zone and the language of the reader. */

import { signal } from "./lib.js";
import { language, t } from "./texts/index.js";

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** The local time in ms, once a second. What reads it is drawn anew. */
export const tick = signal(Date.now());
setInterval(() => {
  if (!document.hidden) tick.value = Date.now();
}, SECOND);
document.addEventListener("visibilitychange", () => {
  tick.value = Date.now();
});

/** The reader's time zone, as `Europe/Berlin`. */
export const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/**
 * Return a format of times in the reader's language, which is made once.
 * @param {string} name what it is kept by
 * @param {Intl.DateTimeFormatOptions} options
 */
export function format(name, options) {
  const key = `${language.value} ${name}`;
  let found = formats.get(key);
  if (!found) formats.set(key, (found = new Intl.DateTimeFormat(language.value, options)));
  return found;
}

/**
 * Return a time of day, as `14:03:09`, with the day before it if that is not today, and the year if it is another.
 * @param {number} ms
 * @param {number} [now]
 * @param {boolean} [isShort] without the seconds, where there are none
 */
export function clock(ms, now = Date.now(), isShort = false) {
  const second = isShort && ms % MINUTE < SECOND ? undefined : "2-digit";
  const time = format(`time ${second}`, { hour: "2-digit", minute: "2-digit", second, hourCycle: "h23" }).format(ms);
  if (new Date(ms).toDateString() === new Date(now).toDateString()) return time;
  const isThisYear = new Date(ms).getFullYear() === new Date(now).getFullYear();
  const day = isThisYear ? format("day", { day: "numeric", month: "short" }) : format("date", { dateStyle: "medium" });
  return `${day.format(ms)}, ${time}`;
}

/**
 * Return a date and time in UTC, for a tooltip.
 * @param {number} ms
 */
export function utc(ms) {
  return `${new Date(ms).toISOString().replace("T", " ").replace("Z", "")} UTC`;
}

/**
 * Return a period in its largest two units, as `2 h 5 min`.
 * @param {number} ms
 */
export function period(ms) {
  const { units } = t();
  const seconds = Math.max(0, Math.round(ms / SECOND));
  const parts = [
    [Math.floor(seconds / 86_400), units.d],
    [Math.floor(seconds / 3_600) % 24, units.h],
    [Math.floor(seconds / 60) % 60, units.min],
    [seconds % 60, units.s],
  ];
  const first = parts.findIndex(([value]) => value !== 0);
  if (first < 0) return `0 ${units.s}`;
  return parts
    .slice(first, first + 2)
    .filter(([value]) => value !== 0)
    .map(([value, unit]) => `${value} ${unit}`)
    .join(" ");
}

/**
 * Return how long ago something was, in one unit, so that it seldom changes.
 * @param {number} ms
 */
export function roughly(ms) {
  const { units } = t();
  if (ms < MINUTE) return `${Math.max(0, Math.floor(ms / SECOND))} ${units.s}`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} ${units.min}`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)} ${units.h}`;
  return `${Math.floor(ms / DAY)} ${units.d}`;
}

/**
 * Return a countdown, as `4:05` or `1:04:05`.
 * @param {number} ms
 */
export function countdown(ms) {
  const seconds = Math.max(0, Math.ceil(ms / SECOND));
  const two = (/** @type {number} */ value) => String(value).padStart(2, "0");
  if (seconds >= 86_400) return period(ms);
  const hours = Math.floor(seconds / 3_600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** Days, times and lengths of reports in words, in the account's time zone and the reader's language. */

import { causeName } from "../cause.js";
import { Cause } from "../lib.js";
import { number, t } from "../texts/index.js";
import { r } from "../texts/reports.js";
import { HOUR, MINUTE, SECOND, format } from "../time.js";
import { KINDS } from "./model.js";

/** @import { Kind, Part, Sums } from "./model.js" */

/** @param {Kind} kind */
export function kindWord(kind) {
  return kind === "ELSEWHERE" || kind === "UNKNOWN" ? r().kinds[kind] : t().status[kind];
}

/** Return a length, as `132 h 5 min` or `1,024 h`: days are no unit of working time. @param {number} ms */
export function length(ms) {
  const { units } = t();
  if (ms < MINUTE) return `${Math.round(ms / SECOND)} ${units.s}`;
  if (ms >= 1_000 * HOUR) return `${number(Math.round(ms / HOUR))} ${units.h}`;
  const minutes = Math.round(ms / MINUTE);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return [hours && `${number(hours)} ${units.h}`, (rest || !hours) && `${rest} ${units.min}`].filter(Boolean).join(" ");
}

/** Return a time of day, as `14:05`. @param {number} ms @param {string} zone @param {boolean} [isExact] with the seconds */
export function clockIn(ms, zone, isExact = false) {
  const second = isExact ? /** @type {const} */ ("2-digit") : undefined;
  const options = /** @type {const} */ ({ hour: "2-digit", minute: "2-digit", second, hourCycle: "h23", timeZone: zone });
  return format(`report time ${second} ${zone}`, options).format(ms);
}

/** Return the day of a moment, as `Mon, 23 Nov`. @param {number} ms @param {string} zone */
export function dayIn(ms, zone) {
  return format(`report day ${zone}`, { weekday: "short", day: "numeric", month: "short", timeZone: zone }).format(ms);
}

/** Return a day with its year, as `Monday, 23 November 2026`. @param {number} ms @param {string} zone */
export function dateIn(ms, zone) {
  return format(`report date ${zone}`, { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: zone }).format(ms);
}

/** Return a moment with its day. @param {number} ms @param {string} zone */
export function momentIn(ms, zone) {
  return `${dayIn(ms, zone)}, ${clockIn(ms, zone)}`;
}

/** Return a status as it came about, as `Away, inactivity`; or why nothing is known. @param {Pick<Part, "kind" | "cause" | "reason">} part */
export function whyOf({ kind, cause, reason }) {
  if (kind === "UNKNOWN") return reason ? r().reasons[reason] : "";
  return cause === Cause.UNSPECIFIED ? "" : causeName(cause);
}

/** @param {Part} part @param {string} zone */
export function partInWords(part, zone) {
  const what = [kindWord(part.kind), whyOf(part)].filter(Boolean).join(", ");
  return `${what}: ${clockIn(part.from, zone, true)} – ${clockIn(part.to, zone, true)} (${length(part.to - part.from)})`;
}

/** Return the times that are any, as `Online 6 h 12 min, Away 1 h`. @param {Record<Kind, number>} times */
export function timesInWords(times) {
  return KINDS.filter((kind) => times[kind] > 0)
    .map((kind) => `${kindWord(kind)} ${length(times[kind])}`)
    .join(", ");
}

/** Return what times consist of, as `Online: activity 5 h, by hand 1 h; Away: inactivity 40 min`. @param {Sums} sums */
export function causesInWords(sums) {
  const said = KINDS.map((kind) => {
    const causes = sums.causes.filter((each) => each.kind === kind).map(({ cause, ms }) => `${causeName(cause) || r().noCause} ${length(ms)}`);
    return causes.length ? `${kindWord(kind)}: ${causes.join(", ")}` : "";
  });
  if (sums.times.UNKNOWN) said.push(`${kindWord("UNKNOWN")}: ${reasonsInWords(sums)}`);
  if (sums.connected) said.push(r().connected(length(sums.connected)));
  if (sums.engaged) said.push(r().engaged(length(sums.engaged)));
  return said.filter(Boolean).join("; ");
}

/** Return why parts are not known, if any are not. @param {Part[]} parts */
export function reasonsIn(parts) {
  const reasons = new Set(parts.map(({ reason }) => reason));
  return /** @type {const} */ (["dropped", "unseen", "erased"]).filter((each) => reasons.has(each)).map((each) => r().reasons[each]).join(", ");
}

/** Return why times are not known. @param {Pick<Sums, "times" | "dropped">} sums */
export function reasonsInWords({ times, dropped }) {
  const unseen = times.UNKNOWN - dropped;
  return [dropped && `${r().reasons.dropped} ${length(dropped)}`, unseen && `${r().unseenOrErased} ${length(unseen)}`].filter(Boolean).join(", ");
}

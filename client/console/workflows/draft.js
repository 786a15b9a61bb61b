/** The settings as the form holds them: from a workflow, back to one, and what is wrong with them. Knows no page, but the language. */

import { durationOf, millisecondsOf, Resume, Status } from "../lib.js";
import { language } from "../texts/index.js";

/** @import { Workflow } from "../lib.js" */

/** @typedef {"s" | "min" | "h" | "d"} Unit */

/**
 * A period as it is typed in.
 * @typedef {object} Period
 * @property {string} text
 * @property {Unit} unit
 */

/**
 * @typedef {object} Draft
 * @property {boolean} enabled
 * @property {Period | null} awayAfter null for never
 * @property {Period | null} offlineAfter
 * @property {Period | null} disconnectAfter
 * @property {Status} disconnectStatus
 * @property {Resume} resume
 * @property {boolean} keepManualAway
 */

/** @typedef {"number" | "range" | "order" | "none"} Wrong */
/** @typedef {"awayAfter" | "offlineAfter" | "disconnectAfter"} PeriodName */
/** @typedef {{[K in PeriodName | "enabled"]?: Wrong}} Faults */

/** @type {Record<Unit, number>} */
export const UNIT_MS = { s: 1_000, min: 60_000, h: 3_600_000, d: 86_400_000 };
const UNITS = /** @type {Unit[]} */ (["d", "h", "min", "s"]);
const LEAST_MS = UNIT_MS.s;
const MOST_MS = 30 * UNIT_MS.d;

/** The periods that are tried first. */
export const DEFAULT_AWAY = /** @type {Period} */ ({ text: "10", unit: "min" });
export const DEFAULT_OFFLINE = /** @type {Period} */ ({ text: "30", unit: "min" });
/** How many times longer than the period for Away the one for Offline is, where the default would not be longer. */
const TIMES_AWAY = 3;
const DEFAULT_GONE = /** @type {Period} */ ({ text: "1", unit: "min" });
const PERIODS = /** @type {const} */ (["awayAfter", "offlineAfter", "disconnectAfter"]);

/** The fields of a workflow that the form writes. */
export const MASK = ["enabled", "away_after", "offline_after", "disconnect_after", "disconnect_status", "resume", "keep_manual_away"];

/** @param {Workflow} workflow @returns {Draft} */
export function draftOf(workflow) {
  return {
    enabled: workflow.enabled ?? false,
    awayAfter: periodOf(millisecondsOf(workflow.awayAfter)),
    offlineAfter: periodOf(millisecondsOf(workflow.offlineAfter)),
    disconnectAfter: periodOf(millisecondsOf(workflow.disconnectAfter)),
    disconnectStatus: workflow.disconnectStatus || Status.OFFLINE,
    resume: workflow.resume || Resume.FROM_AWAY,
    keepManualAway: workflow.keepManualAway ?? false,
  };
}

/**
 * Return the fields of a workflow that a draft stands for; it has to be without faults.
 * @param {string} accountId @param {Draft} draft @param {string} etag
 */
export function workflowOf(accountId, draft, etag) {
  const [awayAfter, offlineAfter, disconnectAfter] = PERIODS.map((name) => {
    const period = draft[name];
    return period ? durationOf(/** @type {number} */ (periodMs(period))) : undefined;
  });
  return { ...draft, accountId, etag, awayAfter, offlineAfter, disconnectAfter };
}

/** Return what is wrong; the fields of a switch that is off are not in force, but have to be valid. @param {Draft} draft */
export function faultsOf(draft) {
  const faults = /** @type {Faults} */ ({});
  for (const name of PERIODS) {
    const period = draft[name];
    if (!period) continue;
    const ms = periodMs(period);
    if (ms === undefined) faults[name] = "number";
    else if (ms < LEAST_MS || ms > MOST_MS) faults[name] = "range";
  }
  if (!faults.awayAfter && !faults.offlineAfter && draft.awayAfter && draft.offlineAfter) {
    const [away, offline] = [periodMs(draft.awayAfter), periodMs(draft.offlineAfter)];
    if (/** @type {number} */ (offline) <= /** @type {number} */ (away)) faults.offlineAfter = "order";
  }
  if (draft.enabled && !PERIODS.some((name) => draft[name])) faults.enabled = "none";
  return faults;
}

/** Return true if both would be the same workflow. @param {Draft} one @param {Draft} other */
export function isSame(one, other) {
  return (
    one.enabled === other.enabled &&
    one.resume === other.resume &&
    one.keepManualAway === other.keepManualAway &&
    one.disconnectStatus === other.disconnectStatus &&
    PERIODS.every((name) => isSamePeriod(one[name], other[name]))
  );
}

/** @param {Period | null} one @param {Period | null} other */
function isSamePeriod(one, other) {
  if (!one || !other) return one === other;
  const [ms, otherMs] = [periodMs(one), periodMs(other)];
  return ms === otherMs && (ms !== undefined || one.text === other.text);
}

/**
 * Return a period in ms; undefined if it is not a number. Fractions have a point or a comma. Exactly three digits after it
 * are not taken, because a thousand is written like that, too.
 * @param {Period} period
 */
export function periodMs({ text, unit }) {
  const [, whole, fraction = ""] = /^(\d+)(?:[.,](\d+))?$/.exec(text.trim()) ?? [];
  if (whole === undefined || (fraction.length === 3 && whole !== "0")) return undefined;
  return Math.round(Number(`${whole}.${fraction}`) * UNIT_MS[unit]);
}

/**
 * Return ms in the largest unit that needs no fraction, or in seconds; null for no period.
 * @param {number | undefined} ms
 * @returns {Period | null}
 */
export function periodOf(ms) {
  if (ms === undefined) return null;
  const unit = UNITS.find((each) => ms % UNIT_MS[each] === 0) ?? "s";
  const text = (ms / UNIT_MS[unit]).toLocaleString(language.value, { useGrouping: false });
  return { text: text.replace(/[.,]\d{3}$/, "$&0"), unit };
}

/** Return a period for Away to begin with, shorter than the one for Offline. @param {Draft} draft */
export function suggestedAway({ offlineAfter }) {
  const offline = offlineAfter ? periodMs(offlineAfter) : undefined;
  if (offline === undefined || offline > /** @type {number} */ (periodMs(DEFAULT_AWAY))) return DEFAULT_AWAY;
  return /** @type {Period} */ (periodOf(Math.max(LEAST_MS, Math.floor(offline / TIMES_AWAY / LEAST_MS) * LEAST_MS)));
}

/** Return a period for Offline to begin with, longer than the one for Away. @param {Draft} draft */
export function suggestedOffline({ awayAfter }) {
  const away = awayAfter ? periodMs(awayAfter) : undefined;
  if (away === undefined || away < /** @type {number} */ (periodMs(DEFAULT_OFFLINE))) return DEFAULT_OFFLINE;
  return /** @type {Period} */ (periodOf(Math.min(MOST_MS, away * TIMES_AWAY)));
}

/** Return a period for those who are gone to begin with. */
export function suggestedGone() {
  return DEFAULT_GONE;
}

/** Return the periods of a draft. @param {Draft} draft @returns {Pick<Draft, PeriodName>} */
export function periodsOf({ awayAfter, offlineAfter, disconnectAfter }) {
  return { awayAfter, offlineAfter, disconnectAfter };
}

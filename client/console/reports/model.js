/** What the reports show, in plain numbers (ms), and the sums of it. Nothing here is guessed: what is not known has a reason. */

import { Cause, Status, millisecondsOf } from "../lib.js";

/** @import { StatusCount, TimeBucket, TimeSummary, Timeline } from "../lib.js" */

/** @typedef {"ONLINE" | "AWAY" | "OFFLINE" | "ELSEWHERE" | "UNKNOWN"} Kind what somebody was, for all that is known */
/** @typedef {"unseen" | "dropped" | "erased"} Reason why something is not known: not seen before it, no longer kept, or erased since */
/** @typedef {{kind: Kind, cause: Cause, from: number, to: number, reason?: Reason}} Part of somebody's time, ms UTC */
/** @typedef {{id: string, name: string, team: string, isErased: boolean}} Whom */
/** @typedef {Whom & {parts: Part[]}} Line somebody's day */

/**
 * @typedef {object} Sums how long, in ms
 * @property {Record<Kind, number>} times
 * @property {{kind: Kind, cause: Cause, ms: number}[]} causes what the times consist of, of the three statuses
 * @property {number} dropped the part of what is unknown that is no longer kept
 * @property {number | null} connected null where no sessions are used
 * @property {number | null} engaged null where no engagements are used
 */
/** @typedef {Whom & {from: number, to: number, people: number, sums: Sums}} Row of a table of times */

/** In the order in which they are drawn. @type {Kind[]} */
export const KINDS = ["ONLINE", "AWAY", "OFFLINE", "ELSEWHERE", "UNKNOWN"];
/** @type {Record<number, Kind>} */
const OF_STATUS = { [Status.ONLINE]: "ONLINE", [Status.AWAY]: "AWAY", [Status.OFFLINE]: "OFFLINE" };
/** @type {Partial<Record<Kind, Status>>} */
export const STATUS_OF = { ONLINE: Status.ONLINE, AWAY: Status.AWAY, OFFLINE: Status.OFFLINE };

/** @param {{userId: string, displayName: string, teamId: string, erased: boolean}} of @returns {Whom} */
const whomOf = (of) => ({ id: of.userId, name: of.displayName, team: of.teamId, isErased: of.erased });

/** Return somebody's day. @param {Timeline} timeline @param {number} knownSince ms UTC @returns {Line} */
export function lineOf(timeline, knownSince) {
  const parts = /** @type {Part[]} */ ([]);
  for (const each of timeline.intervals) {
    const [from, to] = [millisecondsOf(each.startTime) ?? 0, millisecondsOf(each.endTime) ?? 0];
    const kind = each.elsewhere ? "ELSEWHERE" : (OF_STATUS[each.status] ?? "UNKNOWN");
    if (kind !== "UNKNOWN") parts.push({ kind, cause: kind === "ELSEWHERE" ? Cause.UNSPECIFIED : each.cause, from, to });
    // What follows something known is what an erasure has left.
    else if (parts.some((part) => part.kind !== "UNKNOWN")) parts.push({ kind, cause: Cause.UNSPECIFIED, from, to, reason: "erased" });
    else parts.push(...unknownOf(from, to, knownSince));
  }
  return { ...whomOf(timeline), parts };
}

/** Return what is not known, apart by why. @param {number} from @param {number} to @param {number} knownSince @returns {Part[]} */
function unknownOf(from, to, knownSince) {
  const between = Math.min(Math.max(from, knownSince), to);
  const parts = /** @type {Part[]} */ ([
    { kind: "UNKNOWN", cause: Cause.UNSPECIFIED, from, to: between, reason: "dropped" },
    { kind: "UNKNOWN", cause: Cause.UNSPECIFIED, from: between, to, reason: "unseen" },
  ]);
  return parts.filter((part) => part.to > part.from);
}

/** Return the rows of a summary, one for each bucket. @param {TimeSummary} summary @param {number} knownSince ms UTC @returns {Row[]} */
export function rowsOf(summary, knownSince) {
  const people = Number(summary.people);
  return summary.buckets.map((bucket) => {
    const [from, to] = [millisecondsOf(bucket.startTime) ?? 0, millisecondsOf(bucket.endTime) ?? 0];
    const before = (Math.min(Math.max(knownSince, from), to) - from) * people;
    return { ...whomOf(summary), from, to, people, sums: sumsOf(bucket, before) };
  });
}

/** @param {TimeBucket} bucket @param {number} before how much of it is from before what is kept, in ms @returns {Sums} */
function sumsOf(bucket, before) {
  const sums = noSums();
  for (const { status, cause, duration } of bucket.times) {
    const kind = OF_STATUS[status] ?? "UNKNOWN";
    const ms = millisecondsOf(duration) ?? 0;
    sums.times[kind] += ms;
    sums.causes.push({ kind, cause, ms });
  }
  sums.times.UNKNOWN += millisecondsOf(bucket.unknown) ?? 0;
  sums.times.ELSEWHERE = millisecondsOf(bucket.elsewhere) ?? 0;
  sums.dropped = Math.min(before, sums.times.UNKNOWN);
  sums.connected = millisecondsOf(bucket.connected) ?? null;
  sums.engaged = millisecondsOf(bucket.engaged) ?? null;
  sums.causes.sort((one, other) => KINDS.indexOf(one.kind) - KINDS.indexOf(other.kind) || one.cause - other.cause);
  return sums;
}

/** @returns {Sums} */
const noSums = () => ({ times: { ONLINE: 0, AWAY: 0, OFFLINE: 0, ELSEWHERE: 0, UNKNOWN: 0 }, causes: [], dropped: 0, connected: null, engaged: null });

/** Add up the times of rows, or of parts. @param {Iterable<Record<Kind, number>>} all */
export function totalOf(all) {
  const { times } = noSums();
  for (const each of all) for (const kind of KINDS) times[kind] += each[kind];
  return times;
}

/** Return how long somebody was what. @param {Part[]} parts */
export function timesOf(parts) {
  const { times } = noSums();
  for (const { kind, from, to } of parts) times[kind] += to - from;
  return times;
}

/** @typedef {{at: number, counts: [number, number, number] | null}} Moment how many were Online, Away and Offline; null if that is not known */

/** @param {StatusCount[]} counts @returns {Moment[]} */
export function momentsOf(counts) {
  return counts.map(({ time, online, away, offline, unknown }) => ({
    at: millisecondsOf(time) ?? 0,
    counts: unknown ? null : [Number(online), Number(away), Number(offline)],
  }));
}

/** Return whoever is shown, without somebody who has been erased since. @template {Whom} W @param {W[]} all @param {string} id @returns {W[]} */
export function without(all, id) {
  return all.map((each) => (id && each.id === id ? { ...each, id: "", name: "", team: "", isErased: true } : each));
}

const collators = /** @type {Map<string, Intl.Collator>} */ (new Map());

/** Return people as a list has them: by name, and those who have none any more at the end. @template {Whom} W @param {W[]} all @param {string} language @returns {W[]} */
export function byName(all, language) {
  let collator = collators.get(language);
  if (!collator) collators.set(language, (collator = new Intl.Collator(language, { numeric: true })));
  const { compare } = collator;
  const key = (/** @type {Whom} */ { id, name }) => name || id;
  return all.toSorted((one, other) => Number(one.isErased) - Number(other.isErased) || compare(key(one), key(other)) || compare(one.id, other.id));
}

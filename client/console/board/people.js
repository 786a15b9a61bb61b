/** Everybody of an account, as a watch tells of them. Knows nothing of the page. */

import { Cause, Status, Then, millisecondsOf } from "../lib.js";

/** @import { StatusChange, UserStatus, WatchStatusesResponse } from "../lib.js" */

/**
 * One person. Never changed: another one takes its place. Times are ms UTC of the server.
 * @typedef {object} Person
 * @property {string} id
 * @property {string} key what search and order by name look at
 * @property {Status} status
 * @property {Cause} cause
 * @property {number} since
 * @property {string} actor
 * @property {string} reason
 * @property {bigint} revision
 * @property {number | undefined} lastActivity
 * @property {Status} next
 * @property {number | undefined} nextAt
 * @property {Cause} nextCause
 * @property {number | undefined} expireAt when the status ends that was set by hand, also while it is not the one that is shown
 * @property {Then} then what follows at that time
 * @property {boolean} isConnected
 * @property {number} engagements
 * @property {number} checked when the server has told all of this; 0 if a change has come since, which does not tell what comes
 *   next, nor of earlier activities
 */

/** @typedef {(before: Person | undefined, after: Person) => void} OnChange */

/**
 * Return a text as search and order by name take it: without the difference of case, accents and what is not seen.
 * @param {string} text
 */
export function keyOf(text) {
  const plain = /^[ -~]*$/.test(text) ? text : text.normalize("NFKD").replace(/[\p{M}\p{Cf}]/gu, "");
  return plain.toLowerCase();
}

/**
 * Return what is shown to somebody else next, or null where nothing is known to be ahead. The end of a session that will be kept
 * before is no news of anybody, so the end of a set time that comes after it is; and neither is another cause of the same status.
 * @param {Pick<Person, "status" | "next" | "nextAt" | "nextCause" | "isConnected" | "expireAt" | "then">} person
 * @returns {{status: Status, at: number, cause: Cause} | null}
 */
export function nextOf({ status, next, nextAt, nextCause, isConnected, expireAt, then }) {
  if (next === Status.UNSPECIFIED || nextAt === undefined) return null;
  if (nextCause === Cause.DISCONNECT && isConnected) {
    if (expireAt === undefined || then === Then.AUTOMATIC) return null; // What AUTOMATIC brings, only the server knows.
    return { status: /** @type {Status} */ (then - 1), at: expireAt, cause: Cause.EXPIRY }; // The numbers of the rest are one higher.
  }
  return next === status && nextCause !== Cause.EXPIRY ? null : { status: next, at: nextAt, cause: nextCause };
}

/** @param {UserStatus} user @param {number} checked @returns {Person} */
function personOf(user, checked) {
  return {
    id: user.userId,
    key: keyOf(user.userId),
    status: user.status,
    cause: user.cause,
    since: millisecondsOf(user.statusSince) ?? 0,
    actor: user.actor,
    reason: user.reason,
    revision: user.revision,
    lastActivity: millisecondsOf(user.lastActivityTime),
    next: user.nextStatus,
    nextAt: millisecondsOf(user.nextStatusTime),
    nextCause: user.nextCause,
    expireAt: millisecondsOf(user.expireTime),
    then: user.then,
    isConnected: user.connected,
    engagements: user.engagements,
    checked,
  };
}

/** @param {StatusChange} change @param {Person | undefined} before @returns {Person} */
function personAfter(change, before) {
  const effective = millisecondsOf(change.effectiveTime) ?? 0;
  return {
    id: change.userId,
    key: before?.key ?? keyOf(change.userId),
    status: change.status,
    cause: change.cause,
    since: before?.status === change.status ? before.since : effective,
    actor: change.actor,
    reason: change.reason,
    revision: change.revision,
    lastActivity: change.cause === Cause.ACTIVITY ? effective : before?.lastActivity,
    next: Status.UNSPECIFIED,
    nextAt: undefined,
    nextCause: Cause.UNSPECIFIED,
    expireAt: millisecondsOf(change.expireTime),
    then: change.then,
    isConnected: change.cause !== Cause.DISCONNECT && (before?.isConnected ?? false),
    engagements: before?.engagements ?? 0,
    checked: 0,
  };
}

/** See the module. */
export class People {
  constructor() {
    /** @type {Map<string, Person>} */
    this.all = new Map();
    this.counts = { [Status.ONLINE]: 0, [Status.AWAY]: 0, [Status.OFFLINE]: 0 };
    /** @type {Map<string, Person> | null} */
    this.coming = null;
    /** Called for every change, and with nobody at all after everything has changed. */
    this.onChange = /** @type {OnChange} */ (() => {});
    this.onReset = () => {};
  }

  /** @param {WatchStatusesResponse["event"]} event @param {number} now */
  apply(event, now) {
    if (event.case === "snapshot") {
      // What was known stays in view until all of the new is there.
      if (event.value.first) this.coming = new Map();
      if (!this.coming) throw new Error("a snapshot without a beginning");
      for (const user of event.value.userStatuses) this.coming.set(user.userId, personOf(user, now));
      if (event.value.last) this.#replace(this.coming);
    } else if (event.case === "changes") {
      for (const { change } of event.value.changes) {
        if (change.case !== "statusChange") continue;
        const before = this.all.get(change.value.userId);
        // A read may have been ahead of the watch.
        if (!before || change.value.revision > before.revision) this.#put(before, personAfter(change.value, before));
      }
    }
  }

  clear() {
    this.#replace(new Map());
  }

  /**
   * Take what a read has answered, unless more is known already.
   * @param {UserStatus} user @param {number} now
   */
  take(user, now) {
    const before = this.all.get(user.userId);
    if (before && before.revision > user.revision) return;
    this.#put(before, personOf(user, now));
  }

  /** @param {Map<string, Person>} all */
  #replace(all) {
    this.coming = null;
    this.all = all;
    this.counts = { [Status.ONLINE]: 0, [Status.AWAY]: 0, [Status.OFFLINE]: 0 };
    for (const { status } of all.values()) this.#count(status, 1);
    this.onReset();
  }

  /** @param {Person | undefined} before @param {Person} after */
  #put(before, after) {
    this.all.set(after.id, after);
    if (before) this.#count(before.status, -1);
    this.#count(after.status, 1);
    this.onChange(before, after);
  }

  /** @param {Status} status @param {number} by */
  #count(status, by) {
    if (status in this.counts) this.counts[/** @type {keyof typeof this.counts} */ (status)] += by;
  }
}

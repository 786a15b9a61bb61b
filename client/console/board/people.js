/** Everybody of an account, as a watch tells of them. Knows nothing of the page. */

import { Cause, Status, Then, millisecondsOf } from "../lib.js";

/** @import { StatusChange, UserChange, UserStatus, WatchStatusesResponse } from "../lib.js" */

/**
 * One person. Never changed: another one takes its place. Times are ms UTC of the server.
 * @typedef {object} Person
 * @property {string} id
 * @property {string} name the name to show; empty if there is none
 * @property {string} team empty if there is none
 * @property {string} key what search and order by name look at: the name, and then the id
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

/** @typedef {(before: Person | undefined, after: Person | undefined) => void} OnChange `after` is undefined if somebody was erased */
/** @typedef {Record<1 | 2 | 3, number>} Counts how many people have each status */

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

/** Return what search and order by name look at. @param {string} id @param {string} name */
function keyOfBoth(id, name) {
  return keyOf(name ? `${name}\n${id}` : id);
}

/** Return by what people are told apart who are shown by their names. @param {string} id @param {string} name */
const nameKeyOf = (id, name) => keyOf(name || id);

/** @param {Counts} counts */
export const sumOf = (counts) => counts[1] + counts[2] + counts[3];

/** @param {UserStatus} user @param {number} checked @returns {Person} */
function personOf(user, checked) {
  return {
    id: user.userId,
    name: user.displayName,
    team: user.teamId,
    key: keyOfBoth(user.userId, user.displayName),
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
    name: change.displayName,
    team: change.teamId,
    key: before && before.name === change.displayName ? before.key : keyOfBoth(change.userId, change.displayName),
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

/** @param {UserChange} change @param {Person} before @returns {Person} */
function personRenamed({ userId, displayName, teamId, revision }, before) {
  const isMoved = teamId !== before.team;
  return {
    ...before,
    name: displayName,
    team: teamId,
    key: keyOfBoth(userId, displayName),
    revision,
    // Another workflow may decide now.
    ...(isMoved && { next: Status.UNSPECIFIED, nextAt: undefined, nextCause: Cause.UNSPECIFIED, checked: 0 }),
  };
}

/** @returns {Counts} */
const nobody = () => ({ [Status.ONLINE]: 0, [Status.AWAY]: 0, [Status.OFFLINE]: 0 });

/** See the module. */
export class People {
  constructor() {
    /** @type {Map<string, Person>} */
    this.all = new Map();
    this.counts = nobody();
    /** The same of each team that somebody is in. @type {Map<string, Counts>} */
    this.teams = new Map();
    /** How many people are shown by the same name. @type {Map<string, number>} */
    this.names = new Map();
    /** The revision of the last erasure: whoever is not known, and was there before, is not there any more. */
    this.erasedAt = 0n;
    /** @type {Map<string, Person> | null} */
    this.coming = null;
    /** Called for every change, and with nobody at all after everything has changed. */
    this.onChange = /** @type {OnChange} */ (() => {});
    this.onReset = () => {};
    /** Called with the id of somebody who was erased. */
    this.onErased = (/** @type {string} */ _id) => {};
  }

  /** Return how many of a team, or of everybody, have each status. @param {string} team */
  countsOf(team) {
    return team ? (this.teams.get(team) ?? nobody()) : this.counts;
  }

  /** Return true if others are shown by the same name. @param {string} id @param {string} name */
  isShared(id, name) {
    const isCounted = this.all.get(id)?.name === name;
    return (this.names.get(nameKeyOf(id, name)) ?? 0) > Number(isCounted);
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
        if (change.case !== "statusChange" && change.case !== "userChange") continue;
        const before = this.all.get(change.value.userId);
        if (change.case === "userChange" && change.value.erased) this.#erase(change.value);
        // A read may have been ahead of the watch.
        else if (before && change.value.revision <= before.revision) continue;
        else if (change.case === "statusChange") this.#put(before, personAfter(change.value, before));
        else if (before) this.#put(before, personRenamed(change.value, before));
      }
    }
  }

  clear() {
    this.erasedAt = 0n;
    this.#replace(new Map());
  }

  /**
   * Take what a read has answered, unless more is known already.
   * @param {UserStatus} user @param {number} now
   */
  take(user, now) {
    const before = this.all.get(user.userId);
    if (before ? before.revision > user.revision : user.revision <= this.erasedAt) return;
    this.#put(before, personOf(user, now));
  }

  /** @param {Map<string, Person>} all */
  #replace(all) {
    this.coming = null;
    this.all = all;
    this.counts = nobody();
    this.teams = new Map();
    this.names = new Map();
    for (const person of all.values()) this.#count(person, 1);
    this.onReset();
  }

  /** @param {UserChange} change */
  #erase({ userId, revision }) {
    const before = this.all.get(userId);
    if (revision > this.erasedAt) this.erasedAt = revision;
    this.onErased(userId);
    for (const person of this.all.values()) {
      if (person.actor === userId && person.revision < revision) this.#put(person, { ...person, actor: "" });
    }
    // The same id may have come back, as somebody new.
    if (!before || before.revision > revision) return;
    this.all.delete(userId);
    this.#count(before, -1);
    this.onChange(before, undefined);
  }

  /** @param {Person | undefined} before @param {Person} after */
  #put(before, after) {
    this.all.set(after.id, after);
    if (before) this.#count(before, -1);
    this.#count(after, 1);
    this.onChange(before, after);
  }

  /** @param {Person} person @param {number} by */
  #count({ id, name, team, status }, by) {
    const key = nameKeyOf(id, name);
    const named = (this.names.get(key) ?? 0) + by;
    if (named) this.names.set(key, named);
    else this.names.delete(key);
    if (!(status in this.counts)) return;
    const each = /** @type {keyof Counts} */ (status);
    this.counts[each] += by;
    if (!team) return;
    const counts = this.teams.get(team) ?? nobody();
    counts[each] += by;
    if (sumOf(counts)) this.teams.set(team, counts);
    else this.teams.delete(team);
  }
}

/** A user's status as the pages of this package see it: with times of this machine's clock, whatever that shows. */

import { Cause, Status, Then, millisecondsOf } from "../client/index.js";

/** @import { UserStatus } from "../client/index.js" */

/**
 * @typedef {"ONLINE" | "AWAY" | "OFFLINE"} StatusName
 * @typedef {"MANUAL" | "INACTIVITY" | "ACTIVITY" | "EXPIRY" | "DISCONNECT"} CauseName
 * @typedef {"AUTOMATIC" | StatusName} ThenName
 */

/**
 * A status, true when it was asked for.
 * @typedef {object} AgentStatus
 * @property {StatusName} status
 * @property {CauseName} cause
 * @property {boolean} available
 * @property {Date} since
 * @property {{status: StatusName, cause: CauseName, at: Date} | null} next the next automatic change, if nothing happens before
 * @property {{at: Date, then: ThenName} | null} end of a status that was set until some time
 * @property {string} actor who set it by hand, if that is known
 * @property {string} reason
 * @property {boolean} connected
 * @property {number} engagements
 * @property {Date | null} lastActivity
 * @property {Date} asOf when the server said so
 */

/**
 * @param {UserStatus} said
 * @param {number} offsetMs by how much the server's clock is ahead of this machine's
 * @returns {AgentStatus}
 */
export function statusOf(said, offsetMs) {
  /** @param {Parameters<typeof millisecondsOf>[0]} time */
  const here = (time) => new Date((millisecondsOf(time) ?? 0) - offsetMs);
  return {
    status: /** @type {StatusName} */ (Status[said.status]),
    cause: /** @type {CauseName} */ (Cause[said.cause]),
    available: said.available,
    since: here(said.statusSince),
    next: said.nextStatusTime
      ? {
          status: /** @type {StatusName} */ (Status[said.nextStatus]),
          cause: /** @type {CauseName} */ (Cause[said.nextCause]),
          at: here(said.nextStatusTime),
        }
      : null,
    end: said.expireTime ? { at: here(said.expireTime), then: /** @type {ThenName} */ (Then[said.then]) } : null,
    actor: said.actor,
    reason: said.reason,
    connected: said.connected,
    engagements: said.engagements,
    lastActivity: said.lastActivityTime ? here(said.lastActivityTime) : null,
    asOf: new Date(),
  };
}

const WARNED_BEFORE_MS = 60_000;

/**
 * Return when (ms of this machine's clock) to warn of the next switch by inactivity: a minute before, or a fifth of the
 * period if that is less. Null if there is nothing to warn of.
 * @param {AgentStatus | null} status
 */
export function warnAt(status) {
  if (status?.next?.cause !== "INACTIVITY") return null;
  const at = status.next.at.getTime();
  const idleFrom = Math.max(status.lastActivity?.getTime() ?? 0, status.cause === "INACTIVITY" ? 0 : status.since.getTime());
  return at - Math.min(WARNED_BEFORE_MS, (at - idleFrom) / 5);
}

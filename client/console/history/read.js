/** Reads status changes, page by page, up to a bound. */

import { millisecondsOf, timestampOf } from "../lib.js";
import { client } from "../session.js";

/** @import { Cause, Status, Then } from "../lib.js" */

/**
 * @typedef {object} Change
 * @property {string} id empty if the person has been erased
 * @property {string} name
 * @property {string} team the person's team at that time
 * @property {bigint} revision
 * @property {Status} from
 * @property {Status} to
 * @property {Cause} cause
 * @property {string} actor
 * @property {string} reason
 * @property {number} at ms UTC
 * @property {number | undefined} expireAt
 * @property {Then} then
 */

/** The most changes that are read at a time; a page that asks for more asks for too much. */
export const CHANGES_MAX = 20_000;
const PAGE_SIZE = 1_000;

/** @typedef {Pick<typeof client, "listStatusChanges">} Calls */

/**
 * Return the changes of a period, newest first, and whether there are more than are read.
 * @param {object} wanted
 * @param {string} wanted.accountId
 * @param {string} wanted.userId empty for everybody
 * @param {string} [wanted.teamId] empty for all teams
 * @param {number} wanted.start ms UTC
 * @param {number} [wanted.end] ms UTC, not included
 * @param {AbortSignal} wanted.signal
 * @param {number} [wanted.most] how many are read; the last page may bring more
 * @param {Calls} [calls]
 * @returns {Promise<{changes: Change[], isCapped: boolean}>}
 */
export async function readChanges({ accountId, userId, teamId, start, end, signal, most = CHANGES_MAX }, calls = client) {
  /** @type {Change[]} */
  const changes = [];
  let pageToken = "";
  do {
    const period = { startTime: timestampOf(start), endTime: end === undefined ? undefined : timestampOf(end) };
    const page = await calls.listStatusChanges({ accountId, userId, teamId, ...period, pageSize: PAGE_SIZE, pageToken }, { signal });
    for (const each of page.changes) {
      changes.push({
        id: each.userId,
        name: each.displayName,
        team: each.teamId,
        revision: each.revision,
        from: each.previousStatus,
        to: each.status,
        cause: each.cause,
        actor: each.actor,
        reason: each.reason,
        at: millisecondsOf(each.effectiveTime) ?? 0,
        expireAt: millisecondsOf(each.expireTime),
        then: each.then,
      });
    }
    pageToken = page.nextPageToken;
  } while (pageToken && changes.length < most);
  return { changes: changes.sort(byNewest), isCapped: pageToken !== "" };
}

/** Return a change without somebody who has been erased since. @param {Change} change @param {string} id */
export function without(change, id) {
  const isTheirs = change.id === id;
  if (!isTheirs && change.actor !== id) return change;
  return isTheirs ? { ...change, id: "", name: "", actor: "", reason: "" } : { ...change, actor: "" };
}

/** Changes are told in the order in which they were recorded, which need not be that of their times. @param {Change} one @param {Change} other */
function byNewest(one, other) {
  return other.at - one.at || Number(other.revision - one.revision);
}

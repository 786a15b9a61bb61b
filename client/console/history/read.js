/** Reads status changes, page by page, up to a bound. */

import { millisecondsOf, timestampOf } from "../lib.js";
import { client } from "../session.js";

/** @import { Cause, Status } from "../lib.js" */

/**
 * @typedef {object} Change
 * @property {string} id
 * @property {bigint} revision
 * @property {Status} from
 * @property {Status} to
 * @property {Cause} cause
 * @property {string} actor
 * @property {string} reason
 * @property {number} at ms UTC
 */

/** The most changes that are read; a page that asks for more asks for too much. */
export const CHANGES_MAX = 20_000;
const PAGE_SIZE = 1_000;

/**
 * Return the changes of a period, newest first, and whether there are more than are read.
 * @param {{accountId: string, userId: string, start: number, signal: AbortSignal, onRead?: (n: number) => void}} wanted
 * @returns {Promise<{changes: Change[], isCapped: boolean}>}
 */
export async function readChanges({ accountId, userId, start, signal, onRead }) {
  /** @type {Change[]} */
  const changes = [];
  let pageToken = "";
  do {
    const request = { accountId, userId, startTime: timestampOf(start), pageSize: PAGE_SIZE, pageToken };
    const page = await client.listStatusChanges(request, { signal });
    for (const each of page.changes) {
      changes.push({
        id: each.userId,
        revision: each.revision,
        from: each.previousStatus,
        to: each.status,
        cause: each.cause,
        actor: each.actor,
        reason: each.reason,
        at: millisecondsOf(each.effectiveTime) ?? 0,
      });
    }
    onRead?.(changes.length);
    pageToken = page.nextPageToken;
  } while (pageToken && changes.length < CHANGES_MAX);
  return { changes: changes.reverse(), isCapped: pageToken !== "" };
}

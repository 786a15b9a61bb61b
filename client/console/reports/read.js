/** Asks for reports: in pieces, so that there is something to see after the first, and no answer takes long to unpack. */

import { Bucket, TimeGroup, millisecondsOf, timestampOf } from "../lib.js";
import { may } from "../access.js";
import { client } from "../session.js";
import { lineOf, momentsOf, rowsOf } from "./model.js";

/** @import { Line, Moment, Row } from "./model.js" */
/** @import { Range } from "./calendar.js" */

/** @typedef {Pick<typeof client, "summarizeTime" | "countByStatus" | "listTimelines">} Calls */
/** @typedef {{accountId: string, teamId: string, range: Range, zone: string, signal: AbortSignal}} Wanted */
/** @typedef {{asOf: number, knownSince: number}} Held up to when an answer goes, and since when all is known, in ms UTC */

/** An old history may take long to add up. */
const TIMEOUT_MS = 60_000;
/** The people of a page: some thousand intervals or sums, which a browser unpacks in a few milliseconds. A server adds up anew for each. */
const LINES = 100;
/** Those that fill a screen. */
const FIRST_LINES = 25;
const ROWS = 500;
/** The most of them that are read. Whoever has more chooses a team. */
export const PEOPLE_MAX = 5_000;
const DAY = 86_400_000;

/** Return the time zone of an account; empty if it is UTC. @param {string} accountId @param {AbortSignal} signal */
export async function readZone(accountId, signal) {
  if (may("workflow.read")) return (await client.getAccount({ accountId }, { signal })).account?.timeZone ?? "";
  // Settings are not for whoever may read statuses only. Every report tells the time zone, also the shortest.
  const now = Date.now();
  const shortest = { startTime: timestampOf(now - 1), endTime: timestampOf(now), step: Bucket.DAY };
  return (await client.countByStatus({ accountId, ...shortest }, { signal })).timeZone;
}

/** @param {Wanted} wanted */
const asked = ({ accountId, teamId, range }) => ({ accountId, teamId, startTime: timestampOf(range.start), endTime: timestampOf(range.end) });
/** @param {{asOf?: any, knownSince?: any}} answer @param {Wanted} wanted @returns {Held} */
const heldOf = (answer, { range }) => ({ asOf: millisecondsOf(answer.asOf) ?? range.end, knownSince: millisecondsOf(answer.knownSince) ?? 0 });

/**
 * Read the day of everybody, page by page.
 * @param {Wanted} wanted
 * @param {(found: {lines: Line[], isWhole: boolean, isCut: boolean} & Held) => void} tell called with each page, and all before
 * @param {Calls} [calls]
 */
export async function readLines(wanted, tell, calls = client) {
  const lines = /** @type {Line[]} */ ([]);
  await pages(
    (pageToken, options) => calls.listTimelines({ ...asked(wanted), pageSize: pageToken ? LINES : FIRST_LINES, pageToken }, options),
    wanted,
    (page, isWhole, isCut) => {
      const held = heldOf(page, wanted);
      for (const each of page.timelines) lines.push(lineOf(each, held.knownSince));
      tell({ lines: [...lines], isWhole, isCut, ...held });
      return lines.length;
    },
  );
}

/**
 * Read the times of each person, page by page; or of everybody together, by days.
 * @param {Wanted} wanted
 * @param {"person" | "day"} by
 * @param {(found: {rows: Row[], isWhole: boolean, isCut: boolean} & Held) => void} tell called with each page, and all before
 * @param {Calls} [calls]
 */
export async function readTimes(wanted, by, tell, calls = client) {
  const rows = /** @type {Row[]} */ ([]);
  const what =
    by === "person"
      ? { group: TimeGroup.USER, bucket: Bucket.UNSPECIFIED, pageSize: ROWS }
      : { group: TimeGroup.ALL, bucket: Bucket.DAY, pageSize: 1 };
  await pages(
    (pageToken, options) => calls.summarizeTime({ ...asked(wanted), ...what, timeZone: wanted.zone, pageToken }, options),
    wanted,
    (page, isWhole, isCut) => {
      const held = heldOf(page, wanted);
      for (const each of page.summaries) rows.push(...rowsOf(each, held.knownSince));
      tell({ rows: [...rows], isWhole, isCut, ...held });
      return rows.length;
    },
  );
}

/**
 * @template {{nextPageToken: string}} Page
 * @param {(pageToken: string, options: {signal: AbortSignal, timeoutMs: number}) => Promise<Page>} call
 * @param {Wanted} wanted
 * @param {(page: Page, isWhole: boolean, isCut: boolean) => number} take returns how many there are by now
 */
async function pages(call, { signal }, take) {
  let pageToken = "";
  let count = 0;
  do {
    const page = await call(pageToken, { signal, timeoutMs: TIMEOUT_MS });
    if (signal.aborted) return;
    pageToken = page.nextPageToken;
    count = take(page, pageToken === "", false);
    if (pageToken && count >= PEOPLE_MAX) return void take({ ...page, timelines: [], summaries: [] }, true, true);
  } while (pageToken);
}

/** Return the step in which a range is counted, so that a picture has some hundred of them. @param {Range} range */
export function stepOf({ start, end }) {
  const days = (end - start) / DAY;
  return days <= 3 ? Bucket.QUARTER_HOUR : days <= 35 ? Bucket.HOUR : Bucket.DAY;
}

/**
 * Read how many were in each status.
 * @param {Wanted} wanted
 * @param {Calls} [calls]
 * @returns {Promise<{moments: Moment[]} & Held>}
 */
export async function readCounts(wanted, calls = client) {
  const options = { signal: wanted.signal, timeoutMs: TIMEOUT_MS };
  const answer = await calls.countByStatus({ ...asked(wanted), step: stepOf(wanted.range), timeZone: wanted.zone }, options);
  return { moments: momentsOf(answer.counts), ...heldOf(answer, wanted) };
}

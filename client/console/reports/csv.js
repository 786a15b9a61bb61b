/**
 * Reports as files for a spreadsheet, with the columns of `onduty report`: times by the clock of the account's zone, as spreadsheets
 * read them, and in UTC, which also tells the hour that comes twice; lengths in seconds, to the millisecond, and as h:mm:ss.
 */

import { Cause } from "../lib.js";
import { cell } from "../history/csv.js";
import { shownAt } from "./calendar.js";

/** @import { Kind, Line, Moment, Row, Whom } from "./model.js" */

const { MANUAL, ACTIVITY, INACTIVITY, EXPIRY, DISCONNECT } = Cause;
const STATUSES = /** @type {Kind[]} */ (["ONLINE", "AWAY", "OFFLINE"]);
const LEFT = [MANUAL, INACTIVITY, EXPIRY, DISCONNECT];
const CAUSES = /** @type {[Kind, Cause[]][]} */ ([
  ["ONLINE", [MANUAL, ACTIVITY, EXPIRY]],
  ["AWAY", LEFT],
  ["OFFLINE", LEFT],
]);
const PLACE = "start,end,start_utc,end_utc,time_zone";
const WHO = "user_id,display_name,team_id";

const utc = (/** @type {number} */ ms) => new Date(ms).toISOString().replace(".000Z", "Z");
const yes = (/** @type {boolean} */ is) => (is ? "yes" : "");
const names = (/** @type {Whom} */ { id, name, team }) => [id, name, team];
const place = (/** @type {{from: number, to: number}} */ { from, to }, /** @type {string} */ zone) => [
  ...[shownAt(from, zone), shownAt(to, zone), utc(from), utc(to), zone],
];

/** @param {number} ms */
function seconds(ms) {
  return ms % 1_000 ? (ms / 1_000).toFixed(3) : String(ms / 1_000);
}

/** @param {number} ms */
function lengths(ms) {
  const whole = Math.floor(ms / 1_000 + 0.5);
  const two = (/** @type {number} */ value) => String(value).padStart(2, "0");
  return [seconds(ms), `${Math.floor(whole / 3_600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`];
}

/** @param {string} head @param {string[][]} rows */
function text(head, rows) {
  return [head, ...rows.map((row) => row.map(cell).join(",")), ""].join("\r\n");
}

/** One row for each stretch of somebody's day. @param {Line[]} lines @param {string} zone */
export function linesCsv(lines, zone) {
  const rows = lines.flatMap((line) =>
    line.parts.map((part) => [
      ...[...place(part, zone), ...names(line), yes(line.isErased), part.kind],
      ...[part.cause === Cause.UNSPECIFIED ? "" : Cause[part.cause], ...lengths(part.to - part.from)],
    ]),
  );
  return text(`${PLACE},${WHO},erased,status,cause,seconds,length`, rows);
}

/** One row for each person, or day. @param {Row[]} all @param {string} zone */
export function timesCsv(all, zone) {
  const columns = [...STATUSES, "unknown", "elsewhere", "connected", "engaged"].map((each) => each.toLowerCase());
  const causes = CAUSES.flatMap(([kind, each]) => each.map((cause) => /** @type {const} */ ([kind, cause])));
  const head = [
    ...[PLACE, WHO, "people", "erased", ...columns.flatMap((each) => [`${each}_seconds`, each])],
    ...causes.map(([kind, cause]) => `${kind}_by_${Cause[cause]}_seconds`.toLowerCase()),
  ];
  const rows = all.map((row) => {
    const { times, connected, engaged } = row.sums;
    const because = (/** @type {Kind} */ kind, /** @type {Cause} */ cause) =>
      row.sums.causes.reduce((sum, each) => sum + (each.kind === kind && each.cause === cause ? each.ms : 0), 0);
    return [
      ...[...place(row, zone), ...names(row), String(row.people), yes(row.isErased)],
      ...[...STATUSES.map((kind) => times[kind]), times.UNKNOWN, times.ELSEWHERE].flatMap(lengths),
      ...[connected, engaged].flatMap((ms) => (ms === null ? ["", ""] : lengths(ms))),
      ...causes.map(([kind, cause]) => seconds(because(kind, cause))),
    ];
  });
  return text(head.join(","), rows);
}

/** One row for each moment. @param {Moment[]} moments @param {string} zone */
export function countsCsv(moments, zone) {
  const rows = moments.map(({ at, counts }) => [shownAt(at, zone), utc(at), zone, ...(counts ?? ["", "", ""]).map(String), yes(!counts)]);
  return text("time,time_utc,time_zone,online,away,offline,unknown", rows);
}

/** Reports as files for a spreadsheet: times in UTC, lengths in seconds to the millisecond. */

import { Cause } from "../lib.js";
import { cell } from "../history/csv.js";

/** @import { Line, Moment, Row, Whom } from "./model.js" */

const iso = (/** @type {number} */ ms) => new Date(ms).toISOString();
const seconds = (/** @type {number} */ ms) => String(ms / 1_000);
const cause = (/** @type {Cause} */ of) => (of === Cause.UNSPECIFIED ? "" : Cause[of]);
const whom = (/** @type {Whom} */ { id, name, team, isErased }) => [id, name, team, isErased ? "true" : ""];

/** @param {string} head @param {string[][]} rows */
function text(head, rows) {
  return [head, ...rows.map((row) => row.map(cell).join(",")), ""].join("\r\n");
}

/** One row for each stretch of somebody's day. @param {Line[]} lines */
export function linesCsv(lines) {
  const rows = lines.flatMap((line) =>
    line.parts.map((part) => [iso(part.from), iso(part.to), ...whom(line), part.kind, cause(part.cause), seconds(part.to - part.from)]),
  );
  return text("start_time,end_time,user_id,display_name,team_id,erased,status,cause,seconds", rows);
}

/** One row for each status and cause of each person, or day. @param {Row[]} all */
export function timesCsv(all) {
  const rows = all.flatMap((row) => {
    const { times, causes } = row.sums;
    const of = (/** @type {string} */ kind, /** @type {string} */ why, /** @type {number} */ ms) => [
      ...[iso(row.from), iso(row.to), ...whom(row), String(row.people)],
      ...[kind, why, seconds(ms)],
    ];
    return [
      ...causes.map((each) => of(each.kind, cause(each.cause), each.ms)),
      ...(times.ELSEWHERE ? [of("ELSEWHERE", "", times.ELSEWHERE)] : []),
      ...(times.UNKNOWN ? [of("UNKNOWN", "", times.UNKNOWN)] : []),
    ];
  });
  return text("start_time,end_time,user_id,display_name,team_id,erased,people,status,cause,seconds", rows);
}

/** One row for each moment. @param {Moment[]} moments */
export function countsCsv(moments) {
  const rows = moments.map(({ at, counts }) => [iso(at), ...(counts ?? ["", "", ""]).map(String), counts ? "" : "true"]);
  return text("time,online,away,offline,unknown", rows);
}

/** Changes as a file for a spreadsheet. */

import { Cause, Status, Then } from "../lib.js";

/** @import { Change } from "./read.js" */

/** @param {Change[]} changes */
export function csvOf(changes) {
  const rows = changes.map(({ at, id, name, team, from, to, cause, actor, reason, expireAt, then }) => {
    const end = expireAt === undefined ? ["", ""] : [iso(expireAt), Then[then]];
    return [iso(at), id, Status[from], Status[to], Cause[cause], actor, reason, ...end, name, team].map(cell).join(",");
  });
  return ["effective_time,user_id,previous_status,status,cause,actor,reason,expire_time,then,display_name,team_id", ...rows, ""].join("\r\n");
}

const iso = (/** @type {number} */ ms) => new Date(ms).toISOString();

/** Return a cell. A spreadsheet must not take what somebody has written for a formula. @param {string} text */
export function cell(text) {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Have the browser keep a text as a file. @param {string} name @param {string} text */
export function download(name, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/csv;charset=utf-8" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

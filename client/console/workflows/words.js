/** Settings in words, for the conflict and the history. */

import { millisecondsOf } from "../lib.js";
import { t } from "../texts/index.js";
import { period } from "../time.js";

/** @import { Workflow } from "../lib.js" */

/** @typedef {keyof ReturnType<typeof t>["workflows"]["fields"]} Field */

export const FIELDS = /** @type {Field[]} */ (["enabled", "awayAfter", "offlineAfter", "resume", "keepManualAway"]);

/** Return one setting in words. @param {Workflow | undefined} workflow @param {Field} field */
export function settingInWords(workflow, field) {
  const texts = t().workflows;
  switch (field) {
    case "enabled":
      return workflow?.enabled ? texts.on : texts.off;
    case "awayAfter":
    case "offlineAfter": {
      const ms = millisecondsOf(workflow?.[field]);
      return ms === undefined ? texts.never : period(ms);
    }
    case "resume":
      return texts.resumes[/** @type {1 | 2 | 3} */ (workflow?.resume || 1)];
    default:
      return workflow?.keepManualAway ? texts.yes : texts.no;
  }
}

/** Return what differs, as lines of words. @param {Workflow | undefined} before @param {Workflow | undefined} after */
export function differences(before, after) {
  const texts = t().workflows;
  return FIELDS.map((field) => [field, settingInWords(before, field), settingInWords(after, field)])
    .filter(([, from, to]) => from !== to)
    .map(([field, from, to]) => texts.changed(texts.fields[/** @type {Field} */ (field)], from, to));
}

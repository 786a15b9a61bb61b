/** Settings in words, for the conflict and the history. */

import { Status, html, millisecondsOf } from "../lib.js";
import { t } from "../texts/index.js";
import { statusWord } from "../ui/status.js";
import { periodOf } from "./draft.js";

/** @import { Workflow } from "../lib.js" */

/** @typedef {Pick<Workflow, "enabled" | "awayAfter" | "offlineAfter" | "disconnectAfter" | "disconnectStatus" | "resume" | "keepManualAway"> | null | undefined} Settings */
/** @typedef {keyof ReturnType<typeof t>["workflows"]["fields"]} Field */

export const FIELDS = /** @type {Field[]} */ (["enabled", "awayAfter", "offlineAfter", "disconnectAfter", "disconnectStatus", "resume", "keepManualAway"]);

/** Return one setting in words. @param {Settings} workflow @param {Field} field */
export function settingInWords(workflow, field) {
  const texts = t().workflows;
  switch (field) {
    case "enabled":
      return workflow?.enabled ? texts.on : texts.off;
    case "awayAfter":
    case "offlineAfter":
    case "disconnectAfter": {
      const period = periodOf(millisecondsOf(workflow?.[field]));
      return period ? `${period.text} ${t().units[period.unit]}` : texts.never;
    }
    case "disconnectStatus":
      return statusWord(workflow?.disconnectStatus || Status.OFFLINE);
    case "resume":
      return texts.resumes[/** @type {1 | 2 | 3} */ (workflow?.resume || 1)];
    default:
      return workflow?.keepManualAway ? texts.yes : texts.no;
  }
}

/** What differs, line by line. @param {{before: Settings, after: Settings}} props */
export function Differences({ before, after }) {
  const texts = t().workflows;
  return html`<ul class="lines">
    ${FIELDS.map((field) => {
      const [from, to] = [settingInWords(before, field), settingInWords(after, field)];
      return from === to ? null : html`<li key=${field}>${texts.fields[field]}: ${from} → ${to}</li>`;
    })}
  </ul>`;
}

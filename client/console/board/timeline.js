/** A person's time in status, as a bar. What it shows is also in its label and in the table beside it. */

import { Status, html } from "../lib.js";
import { t } from "../texts/index.js";
import { DAY, HOUR, MINUTE, clock, period } from "../time.js";
import { statusName, statusWord } from "../ui/status.js";

/** @import { Change } from "../history/read.js" */
/** @import { Person } from "./people.js" */

const WIDTH = 1_000;
const HEIGHT = 28;
/** The distances that marks may have; the first that leaves few enough is taken. */
const STEPS_MS = [10 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 12 * HOUR, DAY];
const MARKS_MAX = 8;

/** @typedef {{status: Status, from: number, to: number}} Part */

/** @param {{changes: Change[], person: Person, start: number, end: number}} props changes are newest first */
export function Timeline({ changes, person, start, end }) {
  const parts = partsOf(changes, person, start, end);
  const x = (/** @type {number} */ ms) => ((ms - start) / (end - start)) * WIDTH;
  const marks = marksOf(start, end);
  return html`<div class="timeline">
    <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label=${inWords(parts)}>
      ${parts.map(
        ({ status, from, to }) =>
          html`<rect
            key=${from}
            class="part ${statusName(status).toLowerCase()}"
            x=${x(from)}
            width=${Math.max(0.5, x(to) - x(from))}
            y=${status === Status.ONLINE ? 0 : status === Status.AWAY ? HEIGHT / 3 : (2 * HEIGHT) / 3}
            height=${status === Status.ONLINE ? HEIGHT : status === Status.AWAY ? (2 * HEIGHT) / 3 : HEIGHT / 3}
          >
            <title>${`${statusWord(status)}: ${clock(from)} – ${clock(to)}`}</title>
          </rect>`,
      )}
    </svg>
    <div class="marks" aria-hidden="true">
      ${marks.map((ms) => html`<span key=${ms} style=${{ left: `${x(ms) / (WIDTH / 100)}%` }}>${label(ms, end - start)}</span>`)}
    </div>
  </div>`;
}

/** @param {Change[]} changes @param {Person} person @param {number} start @param {number} end @returns {Part[]} */
function partsOf(changes, person, start, end) {
  const parts = /** @type {Part[]} */ ([]);
  let to = end;
  let status = changes.length ? changes[0].to : person.status;
  for (const change of changes) {
    parts.push({ status: change.to, from: Math.max(change.at, start), to });
    to = Math.max(change.at, start);
    status = change.from;
  }
  if (to > start) parts.push({ status, from: changes.length ? start : Math.max(start, person.since), to });
  return parts.filter((each) => each.status !== Status.UNSPECIFIED && each.to > each.from).reverse();
}

/** @param {Part[]} parts */
function inWords(parts) {
  const sums = /** @type {Map<Status, number>} */ (new Map());
  for (const { status, from, to } of parts) sums.set(status, (sums.get(status) ?? 0) + to - from);
  return t().person.bar([...sums].map(([status, ms]) => `${statusWord(status)} ${period(ms)}`).join(", "));
}

/** @param {number} start @param {number} end */
function marksOf(start, end) {
  const step = STEPS_MS.find((each) => (end - start) / each <= MARKS_MAX) ?? DAY;
  const offset = new Date(end).getTimezoneOffset() * MINUTE;
  const marks = [];
  const last = end - (end - start) / 20;
  for (let ms = Math.ceil((start - offset) / step) * step + offset; ms < last; ms += step) marks.push(ms);
  return marks;
}

/** @param {number} ms @param {number} length */
function label(ms, length) {
  const date = new Date(ms);
  return length > 2 * DAY
    ? date.toLocaleDateString(document.documentElement.lang, { weekday: "short", day: "numeric" })
    : date.toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

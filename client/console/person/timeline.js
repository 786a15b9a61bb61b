/** A person's time in status, as a bar. What it shows is also in words below it, and in the table beside it. */

import { Status, html } from "../lib.js";
import { t } from "../texts/index.js";
import { DAY, clock, format, period } from "../time.js";
import { StatusLabel, statusName, statusWord } from "../ui/status.js";
import { marksOf } from "./parts_of.js";

/** @import { Part } from "./parts_of.js" */

const WIDTH = 1_000;
const HEIGHT = 28;
/** How much of the bar's height a status takes: what it is shows without colour. */
const SHARES = /** @type {Record<number, number>} */ ({ [Status.ONLINE]: 1, [Status.AWAY]: 2 / 3, [Status.OFFLINE]: 1 / 3 });

/** @param {{parts: Part[], start: number, end: number}} props */
export function Timeline({ parts, start, end }) {
  const x = (/** @type {number} */ ms) => ((ms - start) / (end - start)) * WIDTH;
  const sums = sumsOf(parts);
  const label = t().person.bar(sums.map(([status, ms]) => `${statusWord(status)} ${period(ms)}`).join(", "));
  return html`<div class="timeline">
      <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label=${label}>
        ${parts.map(
          ({ status, from, to }) =>
            html`<rect
              key=${from}
              class="part ${statusName(status).toLowerCase()}"
              x=${x(from)}
              width=${Math.max(0.5, x(to) - x(from))}
              y=${HEIGHT * (1 - SHARES[status])}
              height=${HEIGHT * SHARES[status]}
            >
              <title>${`${statusWord(status)}: ${clock(from)} – ${clock(to)}`}</title>
            </rect>`,
        )}
      </svg>
      <div class="marks" aria-hidden="true">
        ${marksOf(start, end - (end - start) / 20).map(
          (ms) => html`<span key=${ms} style=${{ left: `${x(ms) / (WIDTH / 100)}%` }}>${markAt(ms, end - start)}</span>`,
        )}
      </div>
    </div>
    <ul class="sums">
      ${sums.map(([status, ms]) => html`<li key=${status}><${StatusLabel} status=${status} /> ${period(ms)}</li>`)}
    </ul>`;
}

/** Return how long each status was held. @param {Part[]} parts */
function sumsOf(parts) {
  const sums = /** @type {Map<Status, number>} */ (new Map());
  for (const { status, from, to } of parts) sums.set(status, (sums.get(status) ?? 0) + to - from);
  return [...sums].sort(([one], [other]) => one - other);
}

/** @param {number} ms @param {number} length */
function markAt(ms, length) {
  return length > 2 * DAY
    ? format("mark day", { weekday: "short", day: "numeric" }).format(ms)
    : format("mark", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(ms);
}

/** Bars of time in status. A status is told by the height of its part, and by words beside and on it: never by colour alone. */

import { html } from "../lib.js";
import { KINDS } from "./model.js";
import { kindWord, length, partInWords } from "./words.js";

/** @import { Kind, Part } from "./model.js" */

const WIDTH = 1_000;
const HEIGHT = 24;
/** How much of the height a part takes. @type {Record<Kind, number>} */
const SHARES = { ONLINE: 1, AWAY: 2 / 3, OFFLINE: 1 / 3, ELSEWHERE: 1 / 12, UNKNOWN: 1 };

/** The hatching of what is not known. It has to be on the page once. */
export function Hatching() {
  return html`<svg class="visually-hidden" aria-hidden="true" width="0" height="0">
    <pattern id="hatching" patternUnits="userSpaceOnUse" width="10" height="6">
      <path d="M-1 7L11 -1M-1 1L1 -1M9 7L11 5" class="hatch" />
    </pattern>
  </svg>`;
}

/** @param {Kind} kind @param {number} from @param {number} to @param {string} [title] @param {string | number} [key] */
function part(kind, from, to, title = "", key = kind) {
  const height = HEIGHT * SHARES[kind];
  const fill = kind === "UNKNOWN" ? "url(#hatching)" : null;
  const box = { x: from, width: Math.max(0.6, to - from), y: HEIGHT - height, height };
  return html`<rect key=${key} class=${kind === "UNKNOWN" ? "unknown" : `part ${kind.toLowerCase()}`} fill=${fill} ...${box}>
    ${title && html`<title>${title}</title>`}
  </rect>`;
}

/**
 * Somebody's day.
 * @param {{parts: Part[], start: number, end: number, marks: number[], zone: string}} props
 */
export function DayBar({ parts, start, end, marks, zone }) {
  const x = (/** @type {number} */ ms) => ((ms - start) / (end - start)) * WIDTH;
  return html`<svg class="day-bar" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true">
    <path class="grid" d=${marks.map((ms) => `M${x(ms).toFixed(1)} 0v${HEIGHT}`).join("")} vector-effect="non-scaling-stroke" />
    ${parts.map((each) => part(each.kind, x(each.from), x(each.to), partInWords(each, zone), each.from))}
  </svg>`;
}

/**
 * Times, one after the other.
 * @param {{times: Record<Kind, number>, whole: number, note: string}} props `whole`: what the full width stands for, in ms;
 *   `note`: why something is not known
 */
export function TimesBar({ times, whole, note }) {
  let at = 0;
  const x = (/** @type {number} */ ms) => (whole ? (ms / whole) * WIDTH : 0);
  return html`<svg class="day-bar" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true">
    ${KINDS.filter((kind) => times[kind] > 0).map((kind) => {
      const from = at;
      at += times[kind];
      return part(kind, x(from), x(at), `${kindWord(kind)}: ${kind === "UNKNOWN" ? note : length(times[kind])}`);
    })}
  </svg>`;
}

/** What the parts of bars mean, with sums if there are any. @param {{kinds: Kind[], times?: Record<Kind, number>, note: string}} props `note`: why something is not known */
export function Legend({ kinds, times, note }) {
  return html`<ul class="legend">
    ${kinds.map(
      (kind) =>
        html`<li key=${kind}>
          <svg viewBox="0 0 24 ${HEIGHT}" width="18" height="16" preserveAspectRatio="none" aria-hidden="true">${part(kind, 0, 24)}</svg>
          ${kindWord(kind)} ${times && html`<strong>${length(times[kind])}</strong>`}${kind === "UNKNOWN" && note && html` <span class="hint">(${note})</span>`}
        </li>`,
    )}
  </ul>`;
}

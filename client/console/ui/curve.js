/**
 * How many people were in each status over time, as steps. Lines differ in how they are drawn, not in colour alone; the numbers of
 * one moment are in words below, and whoever points at the picture, or presses arrow keys, chooses the moment.
 */

import { Status, html, useSignal } from "../lib.js";
import { number } from "../texts/index.js";
import { statusWord } from "./status.js";

/** @typedef {{at: number, counts: [number, number, number] | null}} Moment how many were Online, Away and Offline; null if that is not known */

const WIDTH = 1_000;
const HEIGHT = 240;
const LINES = /** @type {const} */ ([
  [2, "offline"],
  [1, "away"],
  [0, "online"],
]);

/** Return a round number that is not below another, and the steps to it. @param {number} most @returns {number[]} */
export function scaleTo(most) {
  const rough = Math.max(1, most) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough) ?? rough);
  return Array.from({ length: Math.ceil(Math.max(1, most) / step) + 1 }, (_, index) => index * step);
}

/**
 * @param {object} props
 * @param {Moment[]} props.moments
 * @param {number} props.start @param {number} props.end of the picture, ms UTC
 * @param {number} props.until the end of what is known
 * @param {{at: number, label: string}[]} props.marks
 * @param {number} [props.most] the largest number, of pictures that stand side by side
 * @param {string} props.label
 * @param {(moment: Moment) => string} props.words says what was at a moment
 */
export function Curve({ moments, start, end, until, marks, most = largestIn(moments), label, words }) {
  /** The moment that is chosen; below 0, the one with most people Online. */
  const chosen = useSignal(-1);
  const ticks = scaleTo(most);
  const top = ticks[ticks.length - 1];
  const x = (/** @type {number} */ ms) => ((ms - start) / (end - start)) * WIDTH;
  const y = (/** @type {number} */ count) => HEIGHT * (1 - count / top);
  const index = chosen.value >= 0 && chosen.value < moments.length ? chosen.value : fullestOf(moments);
  const moment = moments[index];
  const endOf = (/** @type {number} */ at) => Math.min(moments[at + 1]?.at ?? until, end);
  const point = (/** @type {PointerEvent} */ event) => {
    const box = /** @type {Element} */ (event.currentTarget).getBoundingClientRect();
    const ms = start + ((event.clientX - box.left) / box.width) * (end - start);
    const after = moments.findIndex(({ at }) => at > ms);
    chosen.value = Math.max(0, (after < 0 ? moments.length : after) - 1);
  };
  const press = (/** @type {KeyboardEvent} */ event) => {
    const page = Math.max(2, Math.round(moments.length / 20));
    const steps = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: page, PageDown: -page, Home: -Infinity, End: Infinity };
    const step = steps[/** @type {keyof typeof steps} */ (event.key)];
    if (step === undefined || event.altKey || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    chosen.value = Math.max(0, Math.min(moments.length - 1, index + step));
  };
  return html`<div class="curve">
    <div class="ticks" aria-hidden="true">
      ${ticks.map((each) => html`<span key=${each} style=${{ bottom: `${(each / top) * 100}%` }}>${number(each)}</span>`)}
    </div>
    <div
      class="plot"
      role="slider"
      tabindex="0"
      aria-label=${label}
      aria-valuemin="0"
      aria-valuemax=${Math.max(0, moments.length - 1)}
      aria-valuenow=${Math.max(0, index)}
      aria-valuetext=${moment ? words(moment) : ""}
      onPointerMove=${point}
      onPointerDown=${point}
      onKeyDown=${press}
    >
      <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true">
        <path class="grid" d=${ticks.map((each) => `M0 ${y(each)}h${WIDTH}`).join("")} />
        <path class="grid" d=${marks.map(({ at }) => `M${x(at)} 0v${HEIGHT}`).join("")} />
        ${moments.map(
          ({ at, counts }, each) =>
            counts === null &&
            html`<rect key=${at} class="unknown" fill="url(#hatching)" x=${x(at)} width=${x(endOf(each)) - x(at)} height=${HEIGHT} />`,
        )}
        <path class="area part online" d=${pathOf(moments, 0, x, y, endOf, HEIGHT)} />
        ${LINES.map(([which, name]) => html`<path key=${name} class="line part ${name}" d=${pathOf(moments, which, x, y, endOf)} />`)}
        ${moment && html`<path class="cursor" d="M${x(moment.at)} 0v${HEIGHT}" />`}
      </svg>
    </div>
    <div class="marks" aria-hidden="true">
      ${marks.map(({ at, label: mark }) => html`<span key=${at} style=${{ left: `${x(at) / (WIDTH / 100)}%` }}>${mark}</span>`)}
    </div>
    <p class="readout">${moment ? words(moment) : "\u00a0"}</p>
  </div>`;
}

/** What the lines mean. */
export function CurveLegend() {
  return html`<ul class="legend">
    ${LINES.toReversed().map(
      ([which, name]) =>
        html`<li key=${name}>
          <svg viewBox="0 0 32 12" width="32" height="12" aria-hidden="true"><path class="line part ${name}" d="M0 6H32" /></svg>
          ${statusWord([Status.ONLINE, Status.AWAY, Status.OFFLINE][which])}
        </li>`,
    )}
  </ul>`;
}

/** Return the largest number of people in a status. @param {Moment[]} moments */
export function largestIn(moments) {
  return moments.reduce((most, { counts }) => (counts ? Math.max(most, ...counts) : most), 1);
}

/** Return the index of the first moment with most people Online; -1 if none is known. @param {Moment[]} moments */
export function fullestOf(moments) {
  return moments.reduce((best, { counts }, index) => (counts && (best < 0 || counts[0] > (moments[best].counts?.[0] ?? 0)) ? index : best), -1);
}

/**
 * Return the path of one line, with a gap where nothing is known; of what is below it, if it has a ground.
 * @param {Moment[]} moments @param {0 | 1 | 2} which
 * @param {(ms: number) => number} x @param {(count: number) => number} y @param {(index: number) => number} endOf @param {number} [ground]
 */
function pathOf(moments, which, x, y, endOf, ground) {
  let path = "";
  let isOpen = false;
  const close = () => {
    if (isOpen && ground !== undefined) path += `V${ground}Z`;
    isOpen = false;
  };
  moments.forEach(({ at, counts }, index) => {
    if (!counts) return close();
    const height = round(y(counts[which]));
    if (isOpen) path += `V${height}`;
    else path += ground === undefined ? `M${round(x(at))} ${height}` : `M${round(x(at))} ${ground}V${height}`;
    path += `H${round(x(endOf(index)))}`;
    isOpen = true;
  });
  close();
  return path;
}

const round = (/** @type {number} */ value) => Math.round(value * 10) / 10;

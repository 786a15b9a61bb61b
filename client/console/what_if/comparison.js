/** What two workflows would have done with the same log, in a sentence and in pictures of one scale. */

import { Status, html, millisecondsOf } from "../lib.js";
import { marksOf } from "../person/parts_of.js";
import { momentsOf } from "../reports/model.js";
import { number } from "../texts/index.js";
import { r } from "../texts/reports.js";
import { DAY, clock, format } from "../time.js";
import { Curve, CurveLegend, largestIn } from "../ui/curve.js";
import { statusWord } from "../ui/status.js";
import { settingInWords } from "../workflows/words.js";
import { percent } from "./summary.js";

/** @import { SimulationSummary } from "../lib.js" */
/** @import { Moment } from "../reports/model.js" */
/** @import { Tried } from "./page.js" */

const REST = /** @type {const} */ (["offlineAfter", "resume"]);
/** Two curves stand side by side. */
const MARKS_MAX = 6;
const STATUSES = [Status.ONLINE, Status.AWAY, Status.OFFLINE];

/** Say in what the first differs from the second. @param {{one: Tried, other: Tried}} props */
export function Comparison({ one, other }) {
  const texts = r().whatIf;
  // Where more than the period for Away is different, it is not that alone to which the difference is due.
  const isMore = REST.some((field) => settingInWords(one.settings, field) !== settingInWords(other.settings, field));
  const awayOf = (/** @type {Tried} */ { settings }) => (settings?.awayAfter ? settingInWords(settings, "awayAfter") : texts.never);
  const [mine, theirs] = isMore ? [texts.these, texts.those] : [awayOf(one), awayOf(other)];
  const [a, b] = [one, other].map(({ answer }) => Number(answer.summary?.activeSoonAfterAway ?? 0));
  const [onlineA, onlineB] = [one, other].map(({ answer }) => onlineOf(answer.summary));
  // From none to some there is no share.
  const share = b ? percent(Math.abs(b - a), b, 0) : number(Math.abs(b - a));
  return html`<section class="card">
    <p class="compared"><strong>${a === b ? texts.same(a) : texts.compared(mine, theirs, share, b - a, a, b)}</strong></p>
    ${onlineB > 0 && onlineA !== onlineB && html`<p>${texts.comparedOnline(percent(Math.abs(onlineB - onlineA), onlineB), onlineA < onlineB)}</p>`}
    <p class="hint">${texts.falseAway}</p>
  </section>`;
}

/** @param {SimulationSummary | undefined} summary */
function onlineOf(summary) {
  return millisecondsOf(summary?.timeInStatus.find(({ status }) => status === Status.ONLINE)?.duration) ?? 0;
}

/** Return the largest number of people in a status, to which curves are drawn. @param {SimulationSummary | undefined} summary */
export function mostOf(summary) {
  return largestIn(momentsOf(summary?.coverage ?? []));
}

/** @param {{summary: SimulationSummary, most: number}} props */
export function Coverage({ summary, most }) {
  const moments = momentsOf(summary.coverage);
  const [start, end] = [millisecondsOf(summary.firstActivityTime) ?? 0, millisecondsOf(summary.lastActivityTime) ?? 0];
  // A server of an earlier version does not tell.
  if (moments.length < 2 || start === end) return null;
  const label = (/** @type {number} */ ms) =>
    end - start > 2 * DAY
      ? format("mark date", { day: "numeric", month: "short" }).format(ms)
      : format("mark", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(ms);
  const all = marksOf(start, end);
  const marks = all.filter((_, index) => index % Math.ceil(all.length / MARKS_MAX) === 0);
  const words = (/** @type {Moment} */ { at, counts }) =>
    r().at(clock(at, Date.now(), true), (counts ?? []).map((each, index) => r().counted(statusWord(STATUSES[index]), each)).join(" · "));
  return html`<h3>${r().whatIf.coverage}</h3>
    <${CurveLegend} />
    <${Curve}
      moments=${moments}
      start=${start}
      end=${end}
      until=${end}
      most=${most}
      marks=${marks.map((at) => ({ at, label: label(at) }))}
      label=${r().whatIf.coverage}
      words=${words}
    />`;
}

/** The coverage curve: how many people were in each status, step by step. */

import { html, Status, useMemo } from "../lib.js";
import { number } from "../texts/index.js";
import { r } from "../texts/reports.js";
import { Curve, CurveLegend, fullestOf } from "../ui/curve.js";
import { StatusShape, statusWord } from "../ui/status.js";
import { Hatching, Legend } from "./bars.js";
import { marksOf } from "./calendar.js";
import { countsCsv } from "./csv.js";
import { readCounts } from "./read.js";
import { Standing, soFar, useReading } from "./reading.js";
import { ReportRows } from "./rows.js";
import { clockIn, dayIn, kindWord, momentIn } from "./words.js";

/** @import { Range } from "./calendar.js" */
/** @import { Moment } from "./model.js" */
/** @import { Held } from "./read.js" */
/** @import { ViewProps } from "./page.js" */

/** @typedef {{moments: Moment[]} & Held} Found */

const STATUSES = [Status.ONLINE, Status.AWAY, Status.OFFLINE];
const DAY = 86_400_000;
const MARKS_MAX = 12;

/** @param {ViewProps} props */
export function CoverageView({ wanted, isTable, frame, again }) {
  const { range, zone } = wanted;
  const reading = useReading(
    async (signal, /** @type {(found: Found) => void} */ tell) => tell(await readCounts({ ...wanted, signal })),
    [wanted.accountId, wanted.teamId, range.start, range.end, zone, again],
  );
  const found = reading.found.value;
  const all = found?.moments ?? [];
  const isEmpty = all.every(({ counts }) => !counts || counts.every((each) => each === 0));
  const moments = isEmpty ? [] : all;
  const marks = useMemo(() => labelled(range, zone), [range.start, range.end, zone]);
  const words = (/** @type {Moment} */ { at, counts }) =>
    r().at(momentIn(at, zone), counts ? counts.map((each, index) => r().counted(statusWord(STATUSES[index]), each)).join(" · ") : kindWord("UNKNOWN"));
  const fullest = moments[fullestOf(moments)];
  const most = fullest?.counts?.[0] ? r().most(number(fullest.counts[0]), momentIn(fullest.at, zone)) : r().nobodyOnline;
  return html`${frame([soFar(found, range, zone)], moments.length > 0 && (() => countsCsv(moments, zone)))}
    <${Hatching} />
    <${Standing} reading=${reading} count=${moments.length} range=${range} zone=${zone} />
    ${found &&
    moments.length > 0 &&
    (isTable
      ? html`<${Counts} moments=${moments} zone=${zone} top=${`${range.start} ${range.end} ${wanted.teamId}`} />`
      : html`<section class="card" aria-label=${r().views.coverage}>
          <${CurveLegend} />
          ${moments.some(({ counts }) => !counts) && html`<${Legend} kinds=${["UNKNOWN"]} note=${r().curveUnknown} />`}
          <${Curve} moments=${moments} start=${range.start} end=${range.end} until=${found.asOf} marks=${marks} label=${r().curve} words=${words} />
          <p class="hint">${most}. ${r().curveHint}</p>
        </section>`)}`;
}

/** Return marks for the hours of a range, or for its days. @param {Range} range @param {string} zone */
function labelled(range, zone) {
  const days = Math.round((range.end - range.start) / DAY);
  if (days <= 3) return marksOf(range, days === 1 ? 2 : 6, zone).map((at) => ({ at, label: clockIn(at, zone) }));
  const every = Math.ceil(days / MARKS_MAX);
  return marksOf(range, 24, zone).flatMap((at, index) => (index % every ? [] : [{ at, label: dayIn(at, zone) }]));
}

/** @param {{moments: Moment[], zone: string, top: string}} props */
function Counts({ moments, zone, top }) {
  const columns = [
    { name: "time", label: r().time, isHead: true, cell: (/** @type {Moment} */ { at }) => momentIn(at, zone) },
    ...STATUSES.map((status, index) => ({
      name: `figure ${index}`,
      label: statusWord(status),
      cell: (/** @type {Moment} */ { counts }) =>
        counts ? html`<${StatusShape} status=${status} />${number(counts[index])}` : html`<i class="hint">${kindWord("UNKNOWN")}</i>`,
    })),
  ];
  return html`<${ReportRows}
    items=${moments}
    columns=${columns}
    keyOf=${(/** @type {Moment} */ { at }) => String(at)}
    kind="counts"
    label=${r().views.coverage}
    top=${top}
  />`;
}

/** Time in status: a bar for each person, or each day, with how long it was and what it consists of. */

import { html, useMemo } from "../lib.js";
import { Who } from "../board/who.js";
import { language, t } from "../texts/index.js";
import { r } from "../texts/reports.js";
import { tame } from "../ui/foreign.js";
import { Hatching, Legend, TimesBar } from "./bars.js";
import { timesCsv } from "./csv.js";
import { KINDS, STATUS_OF, byName, totalOf, without } from "./model.js";
import { readTimes } from "./read.js";
import { Standing, soFar, useReading } from "./reading.js";
import { ReportRows, figureColumns } from "./rows.js";
import { causesInWords, dayIn, reasonsInWords, timesInWords } from "./words.js";

/** @import { Kind, Row } from "./model.js" */
/** @import { Column } from "./rows.js" */
/** @import { Held } from "./read.js" */
/** @import { ViewProps } from "./page.js" */

/** @typedef {{rows: Row[], isWhole: boolean, isCut: boolean} & Held} Found */
const HOUR = 3_600_000;

/** @param {ViewProps & {by: "person" | "day"}} props */
export function TimesView({ wanted, isTable, frame, again, by }) {
  const { range, zone } = wanted;
  const reading = useReading(
    (signal, /** @type {(found: Found) => void} */ tell) => readTimes({ ...wanted, signal }, by, tell),
    [wanted.accountId, wanted.teamId, range.start, range.end, zone, by, again],
    (found, id) => ({ ...found, rows: without(found.rows, id) }),
  );
  const found = reading.found.value;
  const rows = useMemo(() => {
    const all = found?.rows ?? [];
    return by === "person" ? byName(all, language.value) : all;
  }, [found, by, language.value]);
  const total = totalOf(rows.map(({ sums }) => sums.times));
  const dropped = rows.reduce((sum, { sums }) => sum + sums.dropped, 0);
  // The sum is beside it.
  const note = total.UNKNOWN === dropped ? r().reasons.dropped : dropped ? reasonsInWords({ times: total, dropped }) : r().unseenOrErased;
  const kinds = KINDS.filter((kind) => STATUS_OF[kind] !== undefined || total[kind] > 0);
  const top = `${range.start} ${range.end} ${wanted.teamId} ${by} ${isTable}`;
  const people = by === "person" ? rows.length : (rows[0]?.people ?? 0);
  const status = found ? [r().people(people), found.isWhole ? soFar(found, range, zone) : r().reading] : [];
  return html`${frame(status, rows.length > 0 && (() => timesCsv(rows, zone)))}
    <${Hatching} />
    <${Standing} reading=${reading} count=${rows.length} range=${range} zone=${zone} isCut=${found?.isCut} />
    ${rows.length > 0 &&
    html`<div class="together"><span class="hint">${r().together}</span> <${Legend} kinds=${kinds} times=${total} note=${note} /></div>
      <${Times} rows=${rows} kinds=${kinds} zone=${zone} isTable=${isTable} by=${by} top=${top} />`}`;
}

/** @param {{rows: Row[], kinds: Kind[], zone: string, isTable: boolean, by: "person" | "day", top: string}} props */
function Times({ rows, kinds, zone, isTable, by, top }) {
  // Bars of one length are of one stretch of time: a day of 23 hours is shorter.
  const whole = Math.max(...rows.map(({ from, to, people }) => (to - from) * people));
  const who = (/** @type {Row} */ row) => html`<${Who} id=${row.id} name=${row.name} />`;
  /** @type {Column<Row>[]} */
  const columns = [
    by === "person"
      ? { name: "person", label: r().person, isHead: true, cell: who }
      : { name: "person", label: r().date, isHead: true, cell: (row) => dayWords(row, zone) },
    ...(isTable
      ? [
          ...(by === "person" ? [{ name: "in-team", label: r().team, cell: (/** @type {Row} */ { team }) => tame(team), title: (/** @type {Row} */ { team }) => tame(team) }] : []),
          ...figureColumns(kinds, (/** @type {Row} */ { sums }) => sums.times),
          { name: "causes", label: r().causes, cell: (/** @type {Row} */ { sums }) => causesInWords(sums), title: (/** @type {Row} */ { sums }) => causesInWords(sums) },
        ]
      : [
          {
            name: "strip",
            label: html`<span class="visually-hidden">${r().bars}</span>`,
            cell: (/** @type {Row} */ { sums }) =>
              html`<span class="visually-hidden">${timesInWords(sums.times)}</span><${TimesBar} times=${sums.times} whole=${whole} note=${reasonsInWords(sums)} />`,
          },
          ...figureColumns(kinds, (/** @type {Row} */ { sums }) => sums.times),
        ]),
  ];
  const keyOf = (/** @type {Row} */ row) => (by === "day" ? String(row.from) : row.id || `erased ${rows.indexOf(row)}`);
  return html`<div class="rows-frame" style=${{ "--kinds": kinds.length }}>
    <${ReportRows}
      items=${rows}
      columns=${columns}
      keyOf=${keyOf}
      kind=${`${isTable ? "tabled" : "barred"} by-${by}`}
      label=${r().views.time}
      top=${top}
    />
  </div>`;
}

/** @param {Row} row @param {string} zone */
function dayWords({ from, to }, zone) {
  const hours = (to - from) / HOUR;
  return html`${dayIn(from, zone)}${[23, 25].includes(hours) && html` <span class="hint">${hours} ${t().units.h}</span>`}`;
}

/** A day of a team: one row a person, from the first moment of the day to the last. */

import { html, useMemo, useSignal } from "../lib.js";
import { Who, called } from "../board/who.js";
import { href } from "../router.js";
import { language, t } from "../texts/index.js";
import { r } from "../texts/reports.js";
import { Dialog } from "../ui/parts.js";
import { StatusLabel } from "../ui/status.js";
import { DayBar, Hatching, Legend } from "./bars.js";
import { marksOf } from "./calendar.js";
import { linesCsv } from "./csv.js";
import { KINDS, STATUS_OF, byName, timesOf, totalOf, without } from "./model.js";
import { readLines } from "./read.js";
import { Standing, soFar, useReading } from "./reading.js";
import { ReportRows, figureColumns } from "./rows.js";
import { clockIn, dateIn, kindWord, length, reasonsIn, timesInWords, whyOf } from "./words.js";

/** @import { Kind, Line } from "./model.js" */
/** @import { Held, Wanted } from "./read.js" */
/** @import { ViewProps } from "./page.js" */

/** @typedef {Line & {times: Record<Kind, number>}} Row */
/** @typedef {{lines: Line[], isWhole: boolean, isCut: boolean} & Held} Found */

/** @param {ViewProps} props */
export function TimelineView({ wanted, isTable, frame, again }) {
  const { range, zone } = wanted;
  const reading = useReading(
    (signal, /** @type {(found: Found) => void} */ tell) => readLines({ ...wanted, signal }, tell),
    [wanted.accountId, wanted.teamId, range.start, range.end, zone, again],
    (found, id) => ({ ...found, lines: without(found.lines, id) }),
  );
  const found = reading.found.value;
  const rows = useMemo(
    () => byName(found?.lines ?? [], language.value).map((line) => ({ ...line, times: timesOf(line.parts) })),
    [found, language.value],
  );
  /** Whose day is told in words. */
  const opened = useSignal(/** @type {Row | null} */ (null));
  const total = totalOf(rows.map(({ times }) => times));
  const kinds = KINDS.filter((kind) => STATUS_OF[kind] !== undefined || total[kind] > 0);
  const top = `${range.start} ${wanted.teamId} ${isTable}`;
  const status = found ? [r().people(rows.length), found.isWhole ? soFar(found, range, zone) : r().reading] : [];
  return html`${frame(status, rows.length > 0 && (() => linesCsv(rows, zone)))}
    <${Hatching} />
    <${Standing} reading=${reading} count=${rows.length} range=${range} zone=${zone} isCut=${found?.isCut} />
    ${rows.length > 0 &&
    (isTable
      ? html`<${Parts} rows=${rows} zone=${zone} top=${top} />`
      : html`<${Legend} kinds=${kinds} note=${reasonsIn(rows.flatMap(({ parts }) => parts))} />
          <${Days} rows=${rows} kinds=${kinds} wanted=${wanted} top=${top} onOpen=${(/** @type {Row} */ row) => (opened.value = row)} />`)}
    ${opened.value && html`<${Day} row=${opened.value} wanted=${wanted} onClose=${() => (opened.value = null)} />`}`;
}

/** @param {{rows: Row[], kinds: Kind[], wanted: Omit<Wanted, "signal">, top: string, onOpen: (row: Row) => void}} props */
function Days({ rows, kinds, wanted, top, onOpen }) {
  const { range, zone } = wanted;
  const marks = useMemo(() => marksOf(range, 2, zone), [range.start, range.end, zone]);
  const open = (/** @type {Row} */ row) =>
    html`<button type="button" class="row-button" tabindex="-1" aria-haspopup="dialog" onClick=${() => onOpen(row)}>
      <${Who} id=${row.id} name=${row.name} />
    </button>`;
  const columns = [
    { name: "person", label: r().person, cell: open, isHead: true },
    {
      name: "strip",
      label: html`<${Hours} start=${range.start} end=${range.end} marks=${marks} zone=${zone} />`,
      cell: (/** @type {Row} */ row) =>
        html`<span class="visually-hidden">${timesInWords(row.times)}</span>
          <${DayBar} parts=${row.parts} start=${range.start} end=${range.end} marks=${marks} zone=${zone} />`,
    },
    ...figureColumns(kinds, (/** @type {Row} */ row) => row.times),
  ];
  const keyOf = (/** @type {Row} */ row) => row.id || `erased ${rows.indexOf(row)}`;
  return html`<div class="rows-frame" style=${{ "--kinds": kinds.length }}>
    <${ReportRows} items=${rows} columns=${columns} keyOf=${keyOf} kind="barred of-day" label=${r().views.timeline} top=${top} />
  </div>`;
}

/** The hours of a day. @param {{start: number, end: number, marks: number[], zone: string}} props */
function Hours({ start, end, marks, zone }) {
  return html`<span class="visually-hidden">${r().time}</span>
    <div class="marks" aria-hidden="true">
      ${marks.map(
        (ms) => html`<span key=${ms} style=${{ left: `${((ms - start) / (end - start)) * 100}%` }}>${clockIn(ms, zone).replace(/:00$/, "")}</span>`,
      )}
    </div>`;
}

/** The same as the bars, stretch by stretch. @param {{rows: Row[], zone: string, top: string}} props */
function Parts({ rows, zone, top }) {
  const items = useMemo(() => rows.flatMap((row, number) => row.parts.map((part) => ({ row, part, number }))), [rows]);
  /** @typedef {typeof items[number]} Item */
  const columns = [
    { name: "person", label: r().person, isHead: true, cell: (/** @type {Item} */ { row }) => html`<${Who} id=${row.id} name=${row.name} />` },
    { name: "from", label: r().from, cell: (/** @type {Item} */ { part }) => clockIn(part.from, zone, true) },
    { name: "to", label: r().to, cell: (/** @type {Item} */ { part }) => clockIn(part.to, zone, true) },
    { name: "what", label: r().status, cell: (/** @type {Item} */ { part }) => html`<${KindLabel} kind=${part.kind} />` },
    { name: "why", label: r().why, cell: (/** @type {Item} */ { part }) => whyOf(part), title: (/** @type {Item} */ { part }) => whyOf(part) },
    { name: "long", label: r().length, cell: (/** @type {Item} */ { part }) => length(part.to - part.from) },
  ];
  const keyOf = (/** @type {Item} */ { part, number }) => `${number} ${part.from}`;
  return html`<${ReportRows} items=${items} columns=${columns} keyOf=${keyOf} kind="parts" label=${r().views.timeline} top=${top} />`;
}

/** @param {{kind: Kind}} props */
function KindLabel({ kind }) {
  const status = STATUS_OF[kind];
  return status === undefined ? html`<i class="hint">${kindWord(kind)}</i>` : html`<${StatusLabel} status=${status} />`;
}

/** Somebody's day in words. @param {{row: Row, wanted: Omit<Wanted, "signal">, onClose: () => void}} props */
function Day({ row, wanted: { range, zone }, onClose }) {
  return html`<${Dialog} title=${r().dayOf(row.id ? called(row.id) : t().common.erased)} onClose=${onClose}>
    <p class="hint">${dateIn(range.start, zone)} · ${r().zone(zone)}</p>
    <${DayBar} parts=${row.parts} start=${range.start} end=${range.end} marks=${marksOf(range, 2, zone)} zone=${zone} />
    <p>${timesInWords(row.times)}</p>
    <div class="answers" tabindex="0" role="region" aria-label=${r().looks.table}>
      <table class="plain stacked of-day">
        <thead>
          <tr>${[r().time, r().status, r().why, r().length].map((label) => html`<th key=${label} scope="col">${label}</th>`)}</tr>
        </thead>
        <tbody>
          ${row.parts.map(
            (part) =>
              html`<tr key=${part.from}>
                <td>${clockIn(part.from, zone, true)} – ${clockIn(part.to, zone, true)}</td>
                <td><${KindLabel} kind=${part.kind} /></td>
                <td class="breaks">${whyOf(part)}</td>
                <td>${length(part.to - part.from)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <div class="dialog-actions">
      ${row.id && html`<a class="quiet-link" href=${href("person", row.id)}>${r().openPerson}</a>`}
      <button type="button" autofocus onClick=${onClose}>${t().common.close}</button>
    </div>
  <//>`;
}

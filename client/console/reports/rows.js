/** The rows of reports: people or days with a bar and figures, and tables. */

import { html } from "../lib.js";
import { StatusShape } from "../ui/status.js";
import { VirtualRows, rowPx } from "../ui/virtual.js";
import { STATUS_OF } from "./model.js";
import { kindWord, length } from "./words.js";

/** @import { Kind } from "./model.js" */

/**
 * @template Item
 * @typedef {object} Column
 * @property {string} name as the styles know it
 * @property {any} label
 * @property {(item: Item, index: number) => any} cell what is in it, within an element of its own
 * @property {boolean} [isHead] true for the column that says what a row is about
 * @property {(item: Item) => string} [title] all of what the cell may cut off
 */

/**
 * @template Item
 * @param {{items: Item[], columns: Column<Item>[], keyOf: (item: Item) => string, kind: string, label: string, top: unknown}} props
 *   `kind`: the row as the styles know it; whenever `top` changes, the list begins at its top again
 */
export function ReportRows({ items, columns, keyOf, kind, label, top }) {
  const head = html`<div class="rows-head" role="rowgroup">
    <div class="row report ${kind}" role="row" aria-rowindex="1">
      ${columns.map(({ name, label: word }) => html`<div key=${name} class="cell ${name}" role="columnheader">${word}</div>`)}
    </div>
  </div>`;
  const row = (/** @type {number} */ index) => {
    const item = items[index];
    return html`<div
      class="row report ${kind}"
      role="row"
      key=${keyOf(item)}
      aria-rowindex=${index + 2}
      style=${{ transform: `translateY(${index * rowPx.value}px)` }}
    >
      ${columns.map(
        ({ name, cell, isHead, title }) =>
          html`<div key=${name} class="cell ${name}" role=${isHead ? "rowheader" : "gridcell"} title=${title?.(item)}>${cell(item, index)}</div>`,
      )}
    </div>`;
  };
  return html`<${VirtualRows} count=${items.length} row=${row} head=${head} label=${label} top=${top} />`;
}

/**
 * Return a column for each kind of time. Where no column head says which it is, a sign does.
 * @template Item
 * @param {Kind[]} kinds
 * @param {(item: Item) => Record<Kind, number>} timesOf
 * @returns {Column<Item>[]}
 */
export function figureColumns(kinds, timesOf) {
  return kinds.map((kind) => {
    const status = STATUS_OF[kind];
    return {
      name: `figure ${kind.toLowerCase()}`,
      label: kindWord(kind),
      cell: (item) => html`${status !== undefined && html`<${StatusShape} status=${status} />`}${timesOf(item)[kind] > 0 ? length(timesOf(item)[kind]) : html`<span class="hint">0</span>`}`,
    };
  });
}

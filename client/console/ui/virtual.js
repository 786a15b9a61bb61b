/** Long lists of which only the rows in view exist. */

import { html, useEffect, useRef, useState } from "../lib.js";

const MARGIN_ROWS = 6;
/** Browsers cut elements that are higher than this, roughly. */
const HEIGHT_MAX_PX = 15_000_000;

/**
 * Rows of one height in a region that scrolls.
 * @param {object} props
 * @param {number} props.count
 * @param {number} props.rowHeight in px
 * @param {(index: number) => any} props.row draws a row; it has to pass `style` on
 * @param {any} [props.head] drawn above the rows, and stays in view
 * @param {string} props.label
 * @param {number} props.columns
 * @param {(first: number, last: number) => void} [props.onRange] told which rows are in view
 */
export function VirtualRows({ count, rowHeight, row, head, label, columns, onRange }) {
  const ref = useRef(/** @type {HTMLElement | null} */ (null));
  const [range, setRange] = useState({ first: 0, last: 40 });
  useEffect(() => {
    const element = ref.current;
    if (!element) return undefined;
    const measure = () => {
      const first = Math.max(0, Math.floor(element.scrollTop / rowHeight) - MARGIN_ROWS);
      const last = Math.ceil((element.scrollTop + element.clientHeight) / rowHeight) + MARGIN_ROWS;
      setRange((old) => (old.first === first && old.last === last ? old : { first, last }));
      onRange?.(first, last);
    };
    measure();
    const sizes = new ResizeObserver(measure);
    sizes.observe(element);
    element.addEventListener("scroll", measure, { passive: true });
    return () => {
      sizes.disconnect();
      element.removeEventListener("scroll", measure);
    };
  }, [rowHeight, onRange]);
  const last = Math.min(range.last, count);
  const rows = [];
  for (let index = Math.min(range.first, count); index < last; index++) rows.push(row(index));
  const height = Math.min(count * rowHeight, HEIGHT_MAX_PX);
  return html`<div
    class="rows"
    ref=${ref}
    role="table"
    aria-label=${label}
    aria-rowcount=${count + 1}
    aria-colcount=${columns}
    tabindex="0"
  >
    ${head}
    <div class="rows-all" role="rowgroup" style=${{ height: `${height}px` }}>${rows}</div>
  </div>`;
}

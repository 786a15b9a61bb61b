/**
 * Long lists of which only the rows in view exist.
 *
 * Tab goes past the rows at once, however many there are; the arrows go from row to row, and from control to control within
 * one.
 */

import { html, signal, useEffect, useLayoutEffect, useRef, useState } from "../lib.js";

const MARGIN_ROWS = 6;
/** Browsers cut elements that are higher than this, roughly. */
const HEIGHT_MAX_PX = 15_000_000;
const CONTROLS = "a, button, input";

/** The height of a row in px. The styles set it, in rem: it depends on the screen and on the size of the type. */
export const rowPx = signal(0);
const measureRow = () => {
  const style = getComputedStyle(document.documentElement);
  rowPx.value = parseFloat(style.getPropertyValue("--row")) * parseFloat(style.fontSize);
};
measureRow();
addEventListener("resize", measureRow);

/**
 * Rows of one height in a region that scrolls.
 * @param {object} props
 * @param {number} props.count
 * @param {(index: number) => any} props.row draws a row, which has `aria-rowindex={index + 2}`; its controls are no tab stops
 * @param {any} [props.head] drawn above the rows, and stays in view
 * @param {string} props.label
 * @param {number} [props.kept] the index of a row that exists even if it is not in view, because it has the focus
 * @param {unknown} [props.top] whenever this changes, the list begins at its top again
 * @param {(first: number, last: number) => void} [props.onRange] told which rows are in view
 */
export function VirtualRows({ count, row, head, label, kept = -1, top, onRange }) {
  const rowHeight = rowPx.value;
  const ref = useRef(/** @type {HTMLElement | null} */ (null));
  /** The place to which the focus goes once its row exists. */
  const going = useRef(/** @type {{index: number, control: number} | null} */ (null));
  const [range, setRange] = useState({ first: 0, last: 40 });

  const measure = () => {
    const element = ref.current;
    if (!element) return;
    const first = Math.max(0, Math.floor(element.scrollTop / rowHeight) - MARGIN_ROWS);
    const last = Math.ceil((element.scrollTop + element.clientHeight) / rowHeight) + MARGIN_ROWS;
    setRange((old) => (old.first === first && old.last === last ? old : { first, last }));
    onRange?.(first, last);
  };
  useEffect(() => {
    const element = /** @type {HTMLElement} */ (ref.current);
    measure();
    const sizes = new ResizeObserver(measure);
    sizes.observe(element);
    element.addEventListener("scroll", measure, { passive: true });
    return () => {
      sizes.disconnect();
      element.removeEventListener("scroll", measure);
    };
  }, [rowHeight, onRange]);
  useLayoutEffect(() => {
    if (ref.current) ref.current.scrollTop = 0;
  }, [top]);
  useLayoutEffect(() => {
    if (!going.current || !ref.current) return;
    const { index, control } = going.current;
    const controls = controlsOf(ref.current.querySelector(`[aria-rowindex="${index + 2}"]`));
    if (!controls.length) return;
    going.current = null;
    controls[Math.min(control, controls.length - 1)].focus({ preventScroll: true });
  });

  /** Move the focus to a control of a row, once it exists. @param {number} index @param {number} control */
  const go = (index, control) => {
    const element = /** @type {HTMLElement} */ (ref.current);
    going.current = { index: Math.max(0, Math.min(count - 1, index)), control };
    const head = element.firstElementChild?.clientHeight ?? 0;
    const above = going.current.index * rowHeight;
    const below = above + rowHeight + head - element.clientHeight;
    element.scrollTop = Math.max(below, Math.min(above, element.scrollTop));
    // Draw even if the row is there already.
    setRange((old) => ({ ...old }));
    measure();
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    const at = target.closest(".rows-all [aria-rowindex]");
    const controls = controlsOf(at);
    const control = controls.indexOf(target);
    const index = at ? Number(at.getAttribute("aria-rowindex")) - 2 : -1;
    const place = placeAfter(event, { index, control, range, count, rowHeight, height: ref.current?.clientHeight ?? 0 });
    if (!place || event.altKey || event.metaKey) return;
    event.preventDefault();
    if (place.index === index) controls[Math.max(0, Math.min(controls.length - 1, place.control))]?.focus();
    else go(place.index, place.control);
  };

  const first = Math.min(range.first, count);
  const last = Math.min(range.last, count);
  const shown = Array.from({ length: Math.max(0, last - first) }, (_, offset) => first + offset);
  // In order: an element that is moved among the others loses the focus.
  if (kept >= 0 && kept < first) shown.unshift(kept);
  else if (kept >= last && kept < count) shown.push(kept);
  const rows = shown.map((index) => row(index));
  const height = Math.min(count * rowHeight, HEIGHT_MAX_PX);
  return html`<div
    class="rows"
    ref=${ref}
    role="grid"
    aria-label=${label}
    aria-rowcount=${count + 1}
    tabindex="0"
    onKeyDown=${onKeyDown}
  >
    ${head}
    <div class="rows-all" role="rowgroup" style=${{ height: `${height}px` }}>${rows}</div>
  </div>`;
}

/**
 * Return where a key moves the focus, if anywhere.
 * @param {KeyboardEvent} event
 * @param {{index: number, control: number, range: {first: number, last: number}, count: number, rowHeight: number, height: number}} from
 */
function placeAfter({ key, ctrlKey }, { index, control, range, count, rowHeight, height }) {
  const page = Math.max(1, Math.floor(height / rowHeight) - 2);
  if (index < 0) {
    const first = range.first ? range.first + MARGIN_ROWS : 0;
    return key === "ArrowDown" && count ? { index: first, control: 0 } : undefined;
  }
  switch (key) {
    case "ArrowDown":
      return { index: index + 1, control };
    case "ArrowUp":
      return { index: index - 1, control };
    case "PageDown":
      return { index: index + page, control };
    case "PageUp":
      return { index: index - page, control };
    case "Home":
      return ctrlKey ? { index: 0, control } : { index, control: 0 };
    case "End":
      return ctrlKey ? { index: count - 1, control } : { index, control: Infinity };
    case "ArrowRight":
      return { index, control: control + 1 };
    case "ArrowLeft":
      return { index, control: control - 1 };
    default:
      return undefined;
  }
}

/** @param {Element | null} row */
function controlsOf(row) {
  return /** @type {HTMLElement[]} */ ([...(row?.querySelectorAll(CONTROLS) ?? [])]);
}

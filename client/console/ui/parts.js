/** Small parts of all pages: notices, states, times, dialogs. */

import { html, useEffect, useId, useRef } from "../lib.js";
import { t } from "../texts/index.js";
import { clock, utc } from "../time.js";
import { tame } from "./foreign.js";
import { Icon } from "./icons.js";

/** The product's name and sign. */
export function Brand() {
  return html`<p class="brand"><img src="icon.svg" alt="" width="24" height="24" /> onduty</p>`;
}

/** @param {{kind?: "info" | "warn" | "error" | "good", children?: any, actions?: any}} props */
export function Notice({ kind = "info", children, actions }) {
  return html`<div class="notice ${kind}" role=${kind === "error" || kind === "warn" ? "alert" : "status"}>
    ${(kind === "error" || kind === "warn") && html`<${Icon} name="warn" />`}
    <div class="notice-text">${children}</div>
    ${actions && html`<div class="notice-actions">${actions}</div>`}
  </div>`;
}

/**
 * What is shown in the place of content that is not there.
 * @param {{title: string, hint?: string, isPage?: boolean, children?: any}} props `isPage`: nothing else is on the page
 */
export function Empty({ title, hint, isPage = false, children }) {
  return html`<div class="empty">
    <${isPage ? "h1" : "p"} class="empty-title">${title}<//>
    ${hint && html`<p class="hint">${hint}</p>`} ${children}
  </div>`;
}

export function Loading() {
  return html`<div class="skeleton" role="status" aria-label=${t().common.loading}>
    <span></span><span></span><span></span><span></span>
  </div>`;
}

/** A time in the reader's zone, with UTC on hover. @param {{ms: number | undefined, now?: number}} props */
export function Time({ ms, now }) {
  if (ms === undefined) return null;
  return html`<time dateTime=${new Date(ms).toISOString()} title=${utc(ms)}>${clock(ms, now)}</time>`;
}

/**
 * A modal dialog, while it is drawn. Escape and the backdrop's keyboard equivalent close it.
 * @param {{title: string, onClose: () => void, children?: any, alert?: boolean}} props
 */
export function Dialog({ title, onClose, children, alert = false }) {
  const ref = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const id = useId();
  useEffect(() => {
    const before = /** @type {HTMLElement | null} */ (document.activeElement);
    ref.current?.showModal();
    return () => before?.focus();
  }, []);
  const cancel = (/** @type {Event} */ event) => {
    event.preventDefault();
    onClose();
  };
  return html`<dialog ref=${ref} class="dialog" aria-labelledby=${id} role=${alert ? "alertdialog" : null} onCancel=${cancel}>
    <h2 id=${id}>${title}</h2>
    ${children}
  </dialog>`;
}

/**
 * A name that somebody else has chosen: shown as it is, apart from the text around it, whatever its direction.
 * @param {{children?: any}} props
 */
export function Name({ children }) {
  const name = tame(String(children));
  return html`<bdi class="name" title=${name}>${name}</bdi>`;
}

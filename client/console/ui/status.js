/** A status as a shape and a word. The shape differs, not the colour alone: full, half, hollow. */

import { html, Status } from "../lib.js";
import { t } from "../texts/index.js";

/** @typedef {"ONLINE" | "AWAY" | "OFFLINE" | "NONE"} StatusName */

/** @type {Record<number, StatusName>} */
const NAMES = { [Status.ONLINE]: "ONLINE", [Status.AWAY]: "AWAY", [Status.OFFLINE]: "OFFLINE" };

/** @param {Status} status @returns {StatusName} */
export function statusName(status) {
  return NAMES[status] ?? "NONE";
}

/** @param {Status} status */
export function statusWord(status) {
  return t().status[statusName(status)];
}

/** @param {{status: Status}} props */
export function StatusShape({ status }) {
  const name = statusName(status);
  return html`<svg class="shape ${name.toLowerCase()}" viewBox="0 0 16 16" width="12" height="12" aria-hidden="true">
    ${name === "ONLINE" && html`<circle cx="8" cy="8" r="7" fill="currentColor" />`}
    ${name === "AWAY" &&
    html`<circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="2" />
      <path d="M8 2a6 6 0 0 1 0 12z" fill="currentColor" />`}
    ${(name === "OFFLINE" || name === "NONE") &&
    html`<circle
      cx="8"
      cy="8"
      r="6"
      fill="none"
      stroke="currentColor"
      stroke-width="2"
      stroke-dasharray=${name === "NONE" ? "3 3" : null}
    />`}
  </svg>`;
}

/** @param {{status: Status, large?: boolean}} props */
export function StatusLabel({ status, large = false }) {
  return html`<span class="status ${statusName(status).toLowerCase()} ${large ? "large" : ""}">
    <${StatusShape} status=${status} />${statusWord(status)}
  </span>`;
}

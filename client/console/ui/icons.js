/** Icons, drawn in the colour of the text. They never stand without a word or a label. */

import { html } from "../lib.js";

const PATHS = {
  board: "M3 4h14v3H3zM3 9h14v3H3zM3 14h9v3H3z",
  history: "M10 3a7 7 0 1 1-6.7 5M3 3v5h5M10 6v4l3 2",
  reports: "M3 5h9M3 10h14M3 15h6",
  whatIf: "M4 16V9M10 16V4M16 16v-5",
  settings: "M3 6h8M15 6h2M3 14h2M9 14h8M13 4v4M7 12v4",
  plus: "M10 4v12M4 10h12",
  cross: "M5 5l10 10M15 5L5 15",
  pencil: "M4 16l1-4 8-8 3 3-8 8zM11 6l3 3",
  back: "M12 4l-6 6 6 6",
  search: "M9 4a5 5 0 1 1 0 10A5 5 0 0 1 9 4zM13 13l4 4",
  warn: "M10 3l8 14H2zM10 8v4M10 14v1",
  up: "M5 12l5-5 5 5",
  down: "M5 8l5 5 5-5",
  person: "M10 3a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7zM3.5 17a6.5 6.5 0 0 1 13 0",
};

/** @param {{name: keyof typeof PATHS}} props */
export function Icon({ name }) {
  return html`<svg class="icon" viewBox="0 0 20 20" width="18" height="18" aria-hidden="true">
    <path
      d=${PATHS[name]}
      fill=${name === "board" ? "currentColor" : "none"}
      stroke=${name === "board" ? "none" : "currentColor"}
      stroke-width="1.7"
      stroke-linecap="round"
      stroke-linejoin="round"
    />
  </svg>`;
}

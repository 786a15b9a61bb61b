/** The choice of a language. */

import { html } from "../lib.js";
import { LANGUAGES, choose, language, t } from "../texts/index.js";

export function Language() {
  return html`<label class="language">
    <span class="visually-hidden">${t().nav.language}</span>
    <select value=${language.value} onChange=${(/** @type {any} */ event) => choose(event.currentTarget.value)}>
      ${Object.entries(LANGUAGES).map(
        ([code, name]) => html`<option key=${code} value=${code} selected=${code === language.value} lang=${code}>${name}</option>`,
      )}
    </select>
  </label>`;
}

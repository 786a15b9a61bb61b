/**
 * A person, by name. The id is shown where there is no name, on hover where there is one, and beside it where others are shown
 * by the same name.
 */

import { html } from "../lib.js";
import { t } from "../texts/index.js";
import { isolated, tame } from "../ui/foreign.js";
import { people } from "./live.js";

/**
 * @param {object} props
 * @param {string} props.id empty for somebody who was erased
 * @param {string} [props.name] the name, if it is not the one that is known
 */
export function Who({ id, name = nameOf(id) }) {
  if (!id) return html`<i class="hint">${t().common.erased}</i>`;
  const shown = tame(name || id);
  const title = name ? `${shown} (${tame(id)})` : shown;
  return html`<bdi class="name" title=${title}>${shown}</bdi>${name &&
    people.isShared(id, name) &&
    html` <bdi class="hint">${tame(id)}</bdi>`}`;
}

/** Return the name of somebody, if it is known; empty if not. @param {string} id */
function nameOf(id) {
  return people.all.get(id)?.name ?? "";
}

/**
 * Return by what to call somebody within a sentence, or whoever acts under such a name.
 * @param {string} id
 * @param {(text: string) => string} [shown] `tame` where all of the text is a label
 */
export function called(id, shown = isolated) {
  const name = nameOf(id);
  if (!name) return shown(id);
  return people.isShared(id, name) ? `${shown(name)} (${shown(id)})` : shown(name);
}

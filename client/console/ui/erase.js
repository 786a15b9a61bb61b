/** Asks before something is erased for good: it has to be typed in. */

import { html, useSignal } from "../lib.js";
import { inWords } from "../problems.js";
import { endedBy } from "../session.js";
import { t } from "../texts/index.js";
import { isolated, tame } from "./foreign.js";
import { Dialog, Notice } from "./parts.js";

/**
 * @param {object} props
 * @param {string} props.title
 * @param {string} props.id what is to be typed in
 * @param {{title: string, lines: string[]}[]} props.parts what is erased, and what stays
 * @param {() => Promise<unknown>} props.erase
 * @param {(isErased: boolean) => void} props.onClose
 */
export function EraseDialog({ title, id, parts, erase, onClose }) {
  const texts = t().erase;
  const typed = useSignal("");
  const problem = useSignal("");
  const isBusy = useSignal(false);
  // Nobody can type what is not shown as it is.
  const isSame = [id, tame(id)].some((each) => each.trim() === typed.value.trim());
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!isSame || isBusy.value) return;
    isBusy.value = true;
    problem.value = "";
    try {
      await erase();
      onClose(true);
    } catch (error) {
      if (!endedBy(error)) problem.value = inWords(error);
    }
    isBusy.value = false;
  };
  return html`<${Dialog} title=${title} onClose=${() => isBusy.value || onClose(false)} alert>
    <form onSubmit=${submit} novalidate>
      ${parts.map(
        (part) =>
          html`<div key=${part.title}>
            <h3>${part.title}</h3>
            <ul class="points">${part.lines.map((line) => html`<li key=${line}>${line}</li>`)}</ul>
          </div>`,
      )}
      <div class="field">
        <label for="erased-id">${texts.type(isolated(id))}</label>
        <input
          id="erased-id"
          autocomplete="off"
          autocapitalize="off"
          spellcheck=${false}
          autofocus
          disabled=${isBusy.value}
          value=${typed.value}
          onInput=${(/** @type {any} */ event) => (typed.value = event.currentTarget.value)}
        />
      </div>
      ${problem.value && html`<${Notice} kind="error">${problem.value}<//>`}
      <div class="dialog-actions">
        <button type="button" disabled=${isBusy.value} onClick=${() => onClose(false)}>${t().common.cancel}</button>
        <button type="submit" class="danger" disabled=${!isSame || isBusy.value}>${isBusy.value ? texts.erasing : texts.erase}</button>
      </div>
    </form>
  <//>`;
}

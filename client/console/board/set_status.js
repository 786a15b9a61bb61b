/** Sets the status of one person, or of several, with a reason. */

import { Status, html, useSignal } from "../lib.js";
import { inWords } from "../problems.js";
import { account, client, endedBy } from "../session.js";
import { t } from "../texts/index.js";
import { Dialog, Name, Notice } from "../ui/parts.js";
import { StatusLabel } from "../ui/status.js";
import { changed, people } from "./live.js";
import { selected } from "./view.js";

const REASON_MAX_BYTES = 512;
/** Calls under way at a time. */
const TOGETHER = 6;
const FAILURES_SHOWN = 5;

/** @param {{ids: string[], onClose: () => void}} props */
export function SetStatusDialog({ ids, onClose }) {
  const texts = t().setStatus;
  const only = ids.length === 1 ? people.all.get(ids[0]) : undefined;
  const status = useSignal(only?.status ?? Status.ONLINE);
  const reason = useSignal("");
  const done = useSignal(-1);
  const failed = useSignal(/** @type {{id: string, why: string}[]} */ ([]));
  const isTooLong = new TextEncoder().encode(reason.value).length > REASON_MAX_BYTES;
  const isBusy = done.value >= 0;

  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (isTooLong || isBusy) return;
    done.value = 0;
    failed.value = [];
    const failures = await setAll(ids, status.value, reason.value.trim(), () => done.value++);
    done.value = -1;
    if (failures === null) return;
    failed.value = failures;
    if (failures.length > 0) return;
    if (ids.length > 1) selected.value = new Set();
    onClose();
  };
  return html`<${Dialog}
    title=${ids.length === 1 ? texts.title(`\u2068${ids[0]}\u2069`) : texts.titleMany(ids.length)}
    onClose=${onClose}
  >
    <form onSubmit=${submit} novalidate>
      <fieldset class="segments" disabled=${isBusy}>
        <legend>${texts.status}</legend>
        ${[Status.ONLINE, Status.AWAY, Status.OFFLINE].map(
          (each) =>
            html`<label class="segment" key=${each}>
              <input type="radio" name="status" checked=${status.value === each} onChange=${() => (status.value = each)} />
              <${StatusLabel} status=${each} />
            </label>`,
        )}
      </fieldset>
      <div class="field ${isTooLong ? "wrong" : ""}">
        <label for="reason">${texts.reason} <span class="hint">(${texts.optional})</span></label>
        <input
          id="reason"
          autocomplete="off"
          disabled=${isBusy}
          value=${reason.value}
          aria-describedby="reason-hint"
          aria-invalid=${isTooLong ? "true" : null}
          onInput=${(/** @type {any} */ event) => (reason.value = event.currentTarget.value)}
        />
        <p class=${isTooLong ? "problem" : "hint"} id="reason-hint">${isTooLong ? texts.reasonTooLong : texts.reasonHint}</p>
      </div>
      <${Failures} failed=${failed.value} all=${ids.length} />
      <div class="dialog-actions">
        ${isBusy && ids.length > 1 && html`<span class="hint" role="status">${texts.progress(done.value, ids.length)}</span>`}
        <button type="button" onClick=${onClose}>${t().common.cancel}</button>
        <button type="submit" class="primary" disabled=${isTooLong || isBusy}>${texts.submit}</button>
      </div>
    </form>
  <//>`;
}

/** @param {{failed: {id: string, why: string}[], all: number}} props */
function Failures({ failed, all }) {
  if (failed.length === 0) return null;
  if (all === 1) return html`<${Notice} kind="error">${failed[0].why}<//>`;
  return html`<${Notice} kind="error">
    <p>${t().setStatus.failed(failed.length)}</p>
    <ul class="lines">
      ${failed.slice(0, FAILURES_SHOWN).map(({ id, why }) => html`<li key=${id}><${Name}>${id}<//>: ${why}</li>`)}
    </ul>
    ${failed.length > FAILURES_SHOWN && html`<p>${t().common.more(failed.length - FAILURES_SHOWN)}</p>`}
  <//>`;
}

/**
 * Set everybody's status, a few at a time. Returns who could not be set and why; null if nobody is signed in any more.
 * @param {string[]} ids @param {Status} status @param {string} reason @param {() => void} onEach
 */
async function setAll(ids, status, reason, onEach) {
  const accountId = account.peek();
  const waiting = [...ids];
  const failures = /** @type {{id: string, why: string}[]} */ ([]);
  let isEnded = false;
  const work = async () => {
    for (let id = waiting.shift(); id !== undefined && !isEnded; id = waiting.shift()) {
      try {
        const { userStatus } = await client.setStatus({ accountId, userId: id, status, reason });
        if (userStatus && accountId === account.peek()) people.take(userStatus);
        changed();
      } catch (error) {
        if (endedBy(error)) isEnded = true;
        else failures.push({ id, why: inWords(error) });
      }
      onEach();
    }
  };
  await Promise.all(Array.from({ length: Math.min(TOGETHER, ids.length) }, work));
  return isEnded ? null : failures;
}

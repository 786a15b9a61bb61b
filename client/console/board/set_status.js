/** Sets the status of one person, or of several, with a reason. */

import { OndutyError, Status, html, useRef, useSignal } from "../lib.js";
import { causeInWords } from "../cause.js";
import { inWords } from "../problems.js";
import { account, client, endedBy } from "../session.js";
import { t } from "../texts/index.js";
import { Dialog, Notice } from "../ui/parts.js";
import { StatusLabel } from "../ui/status.js";
import { learn, people, version } from "./live.js";
import { OPEN, UntilField, endOf, isUnclear } from "./until.js";
import { selected } from "./view.js";
import { Who, called } from "./who.js";

const REASON_MAX_BYTES = 512;
/** Calls under way at a time. A browser has six connections to a server, and a watch takes one of them. */
const TOGETHER = 4;
const NAMES_SHOWN = 5;
const WAITS_MAX = 10;
const WAIT_MAX_MS = 10_000;

/** @import { Until } from "./until.js" */

/** @typedef {{id: string, why: string}} Failure */

/** @param {{ids: string[], onClose: () => void}} props */
export function SetStatusDialog({ ids, onClose }) {
  const texts = t().setStatus;
  /** Those who are still to be set. */
  const left = useSignal(ids);
  const status = useSignal(/** @type {Status} */ ((ids.length === 1 && people.all.get(ids[0])?.status) || Status.ONLINE));
  const reason = useSignal("");
  const until = useSignal(OPEN);
  const done = useSignal(-1);
  const failed = useSignal(/** @type {Failure[]} */ ([]));
  const stopping = useRef(new AbortController());
  const isTooLong = new TextEncoder().encode(reason.value).length > REASON_MAX_BYTES;
  const isBusy = done.value >= 0;
  const isOne = ids.length === 1;
  const isReady = !isTooLong && !isBusy && !isUnclear(until.value);

  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!isReady) return;
    done.value = 0;
    failed.value = [];
    const { signal } = (stopping.current = new AbortController());
    const fields = { status: status.value, reason: reason.value.trim(), ...endOf(until.value) };
    const outcome = await setAll(left.value, fields, signal, () => done.value++);
    done.value = -1;
    left.value = outcome.left;
    failed.value = outcome.failures;
    if (!isOne) selected.value = new Set(outcome.left);
    if (outcome.left.length === 0) onClose();
  };
  const close = () => {
    stopping.current.abort();
    if (!isBusy || isOne) onClose();
  };
  const title = isOne ? texts.title(called(ids[0])) : texts.titleMany(left.value.length);
  return html`<${Dialog} title=${title} onClose=${close}>
    <form onSubmit=${submit} novalidate>
      ${isOne ? html`<${Now} id=${ids[0]} />` : html`<${Names} ids=${left.value} />`}
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
      <${UntilField}
        until=${until.value}
        status=${status.value}
        onChange=${(/** @type {Until} */ chosen) => (until.value = chosen)}
        disabled=${isBusy}
      />
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
      <${Failures} failed=${failed.value} left=${left.value.length} isOne=${isOne} />
      <div class="dialog-actions">
        ${isBusy && !isOne && html`<span class="hint" role="status">${texts.progress(done.value, left.value.length)}</span>`}
        <button type="button" onClick=${close}>${isBusy && !isOne ? texts.stop : t().common.cancel}</button>
        <button type="submit" class="primary" disabled=${!isReady}>${texts.submit}</button>
      </div>
    </form>
  <//>`;
}

/** How somebody stands now: another supervisor may have set them meanwhile. @param {{id: string}} props */
function Now({ id }) {
  void version.value;
  const person = people.all.get(id);
  if (!person) return null;
  return html`<p>${t().setStatus.now} <${StatusLabel} status=${person.status} /> <span class="hint">${causeInWords(person)}</span></p>`;
}

/** @param {{ids: string[]}} props */
function Names({ ids }) {
  const names = ids.slice(0, NAMES_SHOWN).map((id, i) => html`${i > 0 && ", "}<${Who} key=${id} id=${id} />`);
  return html`<p class="hint">${names}${ids.length > NAMES_SHOWN && html` ${t().common.more(ids.length - NAMES_SHOWN)}`}</p>`;
}

/** @param {{failed: Failure[], left: number, isOne: boolean}} props */
function Failures({ failed, left, isOne }) {
  if (failed.length === 0) return null;
  if (isOne) return html`<${Notice} kind="error">${failed[0].why}<//>`;
  return html`<${Notice} kind="error">
    <p>${t().setStatus.failed(left)}</p>
    <ul class="lines">
      ${failed.slice(0, NAMES_SHOWN).map(({ id, why }) => html`<li key=${id}><${Who} id=${id} />: ${why}</li>`)}
    </ul>
    ${failed.length > NAMES_SHOWN && html`<p>${t().common.more(failed.length - NAMES_SHOWN)}</p>`}
  <//>`;
}

/**
 * Set everybody's status, a few at a time, until the server is away, nobody is signed in any more, or `signal` says so. Returns who
 * has not been set, and why those who were tried could not be.
 * @param {string[]} ids @param {object} fields @param {AbortSignal} signal @param {() => void} onEach
 * @returns {Promise<{left: string[], failures: Failure[]}>}
 */
async function setAll(ids, fields, signal, onEach) {
  const accountId = account.peek();
  const left = new Set(ids);
  const waiting = [...ids];
  const failures = /** @type {Failure[]} */ ([]);
  let isOver = false;
  const work = async () => {
    for (let id = waiting.shift(); id !== undefined && !isOver && !signal.aborted; id = waiting.shift()) {
      try {
        const { userStatus } = await patiently(() => client.setStatus({ accountId, userId: id, ...fields }), ids.length > 1);
        left.delete(id);
        if (userStatus) learn([userStatus]);
      } catch (error) {
        if (endedBy(error)) isOver = true;
        else failures.push({ id, why: inWords(error) });
        if (error instanceof OndutyError && (error.code === "unavailable" || error.code === "deadline_exceeded")) isOver = true;
      }
      onEach();
    }
  };
  await Promise.all(Array.from({ length: Math.min(TOGETHER, ids.length) }, work));
  return { left: [...left], failures };
}

/**
 * Make a call again for as long as the server says that there were too many, and that it did nothing.
 * @template T
 * @param {() => Promise<T>} call @param {boolean} isPatient @returns {Promise<T>}
 */
async function patiently(call, isPatient) {
  for (let waits = 0; ; waits++) {
    try {
      return await call();
    } catch (error) {
      if (!isPatient || waits === WAITS_MAX || !(error instanceof OndutyError) || error.reason !== "LIMIT_EXCEEDED") throw error;
      await new Promise((resolve) => setTimeout(resolve, Math.min(error.retryAfterMs ?? 1_000, WAIT_MAX_MS)));
    }
  }
}

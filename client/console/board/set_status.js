/** Sets the status of one person, or of several, with a reason. */

import { ErrorReason, OndutyError, Status, html, useRef, useSignal, useState } from "../lib.js";
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
/** How many are set in one call: as many as are done at once, so that it can be stopped between. */
const TOGETHER = 100;
const ANSWERS_SHOWN = 100;
const NAMES_SHOWN = 5;
const WAITS_MAX = 10;
const WAIT_MAX_MS = 10_000;

/** @import { SetStatusResult } from "../lib.js" */
/** @import { Until } from "./until.js" */

/** @typedef {{id: string, why: string}} Answer `why` somebody could not be set; empty if they are set */
/** @typedef {ReturnType<typeof endOf> & {status: Status, reason: string}} Fields */

/** @param {{ids: string[], onClose: () => void}} props */
export function SetStatusDialog({ ids, onClose }) {
  const texts = t().setStatus;
  /** Those who are still to be set. */
  const left = useSignal(ids);
  const status = useSignal(/** @type {Status} */ ((ids.length === 1 && people.all.get(ids[0])?.status) || Status.ONLINE));
  const reason = useSignal("");
  const until = useSignal(OPEN);
  /** Whoever was never seen may be set; whoever has been erased meanwhile would become somebody new. */
  const [wasThere] = useState(() => people.all.has(ids[0]));
  const done = useSignal(-1);
  /** What has become of those who were tried last, if somebody of them could not be set. */
  const answers = useSignal(/** @type {Answer[]} */ ([]));
  const stopping = useRef(new AbortController());
  const isTooLong = new TextEncoder().encode(reason.value).length > REASON_MAX_BYTES;
  const isBusy = done.value >= 0;
  const isOne = ids.length === 1;
  const isReady = !isTooLong && !isBusy && !isUnclear(until.value);

  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!isReady) return;
    done.value = 0;
    answers.value = [];
    const { signal } = (stopping.current = new AbortController());
    const fields = { status: status.value, reason: reason.value.trim(), ...endOf(until.value) };
    const found = isOne
      ? await setOne(ids[0], fields, wasThere)
      : await setAll(left.value, fields, signal, (/** @type {number} */ n) => (done.value += n));
    done.value = -1;
    const isSet = new Set(found.filter(({ why }) => !why).map(({ id }) => id));
    // Whoever has been erased is no longer to be set.
    left.value = left.value.filter((id) => !isSet.has(id) && (isOne || people.all.has(id)));
    answers.value = found.length > isSet.size ? found : [];
    if (!isOne) selected.value = new Set(left.value);
    if (found.length === isSet.size && left.value.length === 0) onClose();
  };
  const close = () => {
    stopping.current.abort();
    if (!isBusy || isOne) onClose();
  };
  /** Nobody is left who could be set. */
  const isOver = answers.value.length > 0 && left.value.length === 0;
  const title = isOne ? texts.title(called(ids[0])) : texts.titleMany(isOver ? ids.length : left.value.length);
  if (isOver) {
    return html`<${Dialog} key="over" title=${title} onClose=${onClose}>
      <${Answers} answers=${answers.value} isOne=${isOne} />
      <div class="dialog-actions"><button type="button" class="primary" onClick=${onClose} autofocus>${t().common.close}</button></div>
    <//>`;
  }
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
      <${Answers} answers=${answers.value} isOne=${isOne} />
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
function Names({ ids: all }) {
  void version.value;
  const ids = all.filter((id) => people.all.has(id));
  const names = ids.slice(0, NAMES_SHOWN).map((id, i) => html`${i > 0 && ", "}<${Who} key=${id} id=${id} />`);
  return html`<p class="hint">${names}${ids.length > NAMES_SHOWN && html` ${t().common.more(ids.length - NAMES_SHOWN)}`}</p>`;
}

/** What has become of each, those first who could not be set. @param {{answers: Answer[], isOne: boolean}} props */
function Answers({ answers, isOne }) {
  const texts = t().setStatus;
  if (answers.length === 0) return null;
  if (isOne) return html`<${Notice} kind="error">${answers[0].why}<//>`;
  const ordered = [...answers].sort((one, other) => Number(!one.why) - Number(!other.why));
  const refused = answers.filter(({ why }) => why).length;
  return html`<${Notice} kind="error">
    <p>${texts.failed(refused)} ${refused < answers.length && texts.done(answers.length - refused)}</p>
    <ul class="lines answers" tabindex="0">
      ${ordered
        .slice(0, ANSWERS_SHOWN)
        .map(({ id, why }) => html`<li key=${id}><${Who} id=${people.all.has(id) ? id : ""} />: ${why || html`<strong>${texts.isSet}</strong>`}</li>`)}
    </ul>
    ${ordered.length > ANSWERS_SHOWN && html`<p>${t().common.more(ordered.length - ANSWERS_SHOWN)}</p>`}
  <//>`;
}

/**
 * Set the status of one. Returns why it could not be set, if so.
 * @param {string} id @param {Fields} fields @param {boolean} wasThere @returns {Promise<Answer[]>}
 */
async function setOne(id, fields, wasThere) {
  if (wasThere && !people.all.has(id)) return [{ id, why: t().setStatus.erased }];
  try {
    const { userStatus } = await client.setStatus({ accountId: account.peek(), userId: id, ...fields });
    if (userStatus) learn([userStatus]);
    return [{ id, why: "" }];
  } catch (error) {
    endedBy(error);
    return [{ id, why: inWords(error) }];
  }
}

/**
 * Set the statuses of several, some at a time, until the server is away, nobody is signed in any more, or `signal` says so. Returns
 * the answers of those who were tried. Whoever has been erased meanwhile is not set, as that would make somebody new of the id.
 * @param {string[]} ids @param {Fields} fields @param {AbortSignal} signal @param {(n: number) => void} onSome
 * @returns {Promise<Answer[]>}
 */
async function setAll(ids, fields, signal, onSome) {
  const accountId = account.peek();
  const answers = /** @type {Answer[]} */ ([]);
  for (let first = 0; first < ids.length && !signal.aborted; first += TOGETHER) {
    const some = ids.slice(first, first + TOGETHER);
    const there = some.filter((id) => people.all.has(id));
    answers.push(...some.filter((id) => !people.all.has(id)).map((id) => ({ id, why: t().setStatus.erased })));
    const requests = there.map((userId) => ({ accountId, userId, ...fields }));
    try {
      const { results } = requests.length ? await patiently(() => client.batchSetStatus({ accountId, requests })) : { results: [] };
      learn(results.flatMap(({ result }) => (result.case === "userStatus" ? [result.value] : [])));
      answers.push(...results.map(({ result }, index) => ({ id: there[index], why: refusalInWords(result) })));
    } catch (error) {
      if (!(error instanceof OndutyError)) throw error;
      const isOver = endedBy(error) || ["unavailable", "deadline_exceeded", "permission_denied"].includes(error.code);
      answers.push(...there.map((id) => ({ id, why: inWords(error) })));
      if (isOver) return answers;
    }
    onSome(some.length);
  }
  return answers;
}

/** @param {SetStatusResult["result"]} result */
function refusalInWords(result) {
  if (result.case === "userStatus") return "";
  const error = result.value;
  if (error?.reason === ErrorReason.LIMIT_EXCEEDED) return t().errors.limit;
  return t().errors.failed(error?.message ?? "");
}

/**
 * Make a call again for as long as the server says that there were too many, and that it did nothing.
 * @template T
 * @param {() => Promise<T>} call @returns {Promise<T>}
 */
async function patiently(call) {
  for (let waits = 0; ; waits++) {
    try {
      return await call();
    } catch (error) {
      if (waits === WAITS_MAX || !(error instanceof OndutyError) || error.reason !== "LIMIT_EXCEEDED") throw error;
      await new Promise((resolve) => setTimeout(resolve, Math.min(error.retryAfterMs ?? 1_000, WAIT_MAX_MS)));
    }
  }
}

/** What if: what other periods would have done with activities that have been, beside those in force. */

import { LogTimeFormat, OndutyError, html, useEffect, useSignal } from "../lib.js";
import { lazy } from "../lazy.js";
import { inWords, isCancelled } from "../problems.js";
import { account, client, endedBy } from "../session.js";
import { number, t } from "../texts/index.js";
import { loadReportTexts, r } from "../texts/reports.js";
import { Notice } from "../ui/parts.js";
import { DEFAULT_AWAY, DEFAULT_OFFLINE, draftOf, faultsOf, isSame, workflowOf } from "../workflows/draft.js";
import { Periods } from "../workflows/period_field.js";
import { Comparison, Coverage, mostOf } from "./comparison.js";
import { PACKED_MAX, formatOf, readLog } from "./log.js";
import { LogFacts, Summary, largestOf } from "./summary.js";

/** @import { SimulateResponse, Workflow } from "../lib.js" */
/** @import { Draft } from "../workflows/draft.js" */
/** @import { Settings } from "../workflows/words.js" */
/** @import { Log } from "./log.js" */

/** @typedef {{title: string, settings: Settings, answer: SimulateResponse}} Tried */

/** A log may have to wait for others. */
const TIMEOUT_MS = 120_000;
const TIME_COLUMN = "activity_time";
const USER_COLUMN = "user_id";
/** @type {Draft} */
const FIRST = {
  ...{ enabled: true, awayAfter: DEFAULT_AWAY, offlineAfter: DEFAULT_OFFLINE, disconnectAfter: null },
  ...{ disconnectStatus: 3, resume: 1, keepManualAway: false },
};
/** What is compared with at first: half as long. @type {Draft} */
const OTHER = { ...FIRST, awayAfter: { text: "5", unit: "min" } };
/** @typedef {"inForce" | "other" | "none"} Against */
const AGAINST = /** @type {Against[]} */ (["inForce", "other", "none"]);

/** Return what of a workflow can be tried: a log of activities does not tell who was gone. @param {Workflow} workflow @returns {Draft} */
function forLogs(workflow) {
  return { ...draftOf(workflow), enabled: true, disconnectAfter: null, disconnectStatus: FIRST.disconnectStatus };
}

export const WhatIfPage = lazy(async () => {
  await loadReportTexts();
  return WhatIf;
});

function WhatIf() {
  const texts = t().whatIf;
  const draft = useSignal(FIRST);
  const against = useSignal(/** @type {Against} */ ("inForce"));
  const otherDraft = useSignal(OTHER);
  const log = useSignal(/** @type {Log | null} */ (null));
  const columns = useSignal({ time: "", user: "", format: LogTimeFormat.RFC3339 });
  const stage = useSignal(/** @type {"" | "packing" | "computing"} */ (""));
  const problem = useSignal("");
  const found = useSignal(/** @type {Tried[]} */ ([]));
  const running = useSignal(/** @type {AbortController | null} */ (null));
  const faults = faultsOf(draft.value);
  const otherFaults = against.value === "other" ? faultsOf(otherDraft.value) : {};
  const isMapped = !log.value?.columns.length || (columns.value.time !== "" && columns.value.user !== "");
  const canRun = log.value !== null && isMapped && Object.keys({ ...faults, ...otherFaults }).length === 0 && !stage.value;

  useEffect(() => {
    // Begin with the periods in force, if there are any.
    client.getWorkflow({ accountId: account.peek() }).then(({ workflow }) => {
      const inForce = workflow && forLogs(workflow);
      if (inForce && (inForce.awayAfter || inForce.offlineAfter) && draft.peek() === FIRST) draft.value = inForce;
    }, endedBy);
    return () => running.peek()?.abort();
  }, []);

  const edit = (/** @type {Partial<Draft>} */ fields) => {
    draft.value = { ...draft.value, ...fields };
  };
  const choose = async (/** @type {File | undefined} */ file) => {
    log.value = null;
    problem.value = "";
    if (!file) return;
    stage.value = "packing";
    try {
      const read = await readLog(file);
      if (!read) problem.value = texts.tooLong;
      else {
        const [time, user] = [TIME_COLUMN, USER_COLUMN].map((name) => (read.columns.includes(name) ? name : ""));
        columns.value = { time, user, format: formatOf(read.sample[read.columns.indexOf(time)]) };
        log.value = read;
      }
    } catch {
      // Browsers say in many ways that a file is gone, or may not be read.
      problem.value = texts.unreadable;
    }
    stage.value = "";
  };
  const drop = (/** @type {DragEvent} */ event) => {
    event.preventDefault();
    const input = /** @type {HTMLInputElement} */ (document.getElementById("log"));
    if (event.type !== "drop" || stage.value || !event.dataTransfer?.files.length) return;
    input.files = event.dataTransfer.files;
    choose(input.files[0]);
  };
  const map = (/** @type {"time" | "user"} */ what, /** @type {string} */ name) => {
    columns.value = { ...columns.value, [what]: name };
    const { columns: names = [], sample = [] } = log.value ?? {};
    if (what === "time") columns.value.format = formatOf(sample[names.indexOf(name)]);
  };

  const simulated = (/** @type {Log} */ given, /** @type {Draft} */ tried, /** @type {AbortSignal} */ signal) => {
    const { time, user, format } = columns.value;
    const request = { log: given.bytes, timeColumn: time, userColumn: user, timeFormat: format };
    const workflow = workflowOf("", tried, "");
    return client.simulate({ accountId: account.peek(), workflow, ...request }, { signal, timeoutMs: TIMEOUT_MS });
  };
  /** Return what to compare with; null if with nothing. @param {AbortSignal} signal */
  const comparedWith = async (signal) => {
    if (against.value === "none") return null;
    if (against.value === "other") return { ...otherDraft.value, resume: draft.value.resume };
    const { workflow } = await client.getWorkflow({ accountId: account.peek() }, { signal });
    const inForce = forLogs(/** @type {Workflow} */ (workflow));
    return inForce.awayAfter || inForce.offlineAfter ? inForce : null;
  };
  const run = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!canRun || !log.value) return;
    problem.value = "";
    found.value = [];
    const { signal } = (running.value = new AbortController());
    stage.value = "computing";
    try {
      const tried = draft.value;
      const mine = await simulated(log.value, tried, signal);
      found.value = [{ title: texts.tried, settings: workflowOf("", tried, ""), answer: mine }];
      const compared = await comparedWith(signal);
      if (compared && !isSame(compared, tried)) {
        const answer = await simulated(log.value, compared, signal);
        const title = against.value === "other" ? r().whatIf.otherTitle : texts.inForce;
        found.value = [...found.value, { title, settings: workflowOf("", compared, ""), answer }];
      }
    } catch (error) {
      if (!isCancelled(error) && !endedBy(error)) problem.value = wordsOf(error, log.value);
    }
    stage.value = "";
  };
  const [first, second] = found.value;
  const most = Math.max(...found.value.map(({ answer }) => mostOf(answer.summary)));
  const largest = Math.max(...found.value.map(({ answer }) => largestOf(answer.summary)));
  return html`<h1>${texts.title}</h1>
    <p class="hint">${texts.intro}</p>
    <form class="card" onSubmit=${run} novalidate>
      <div class="drop" onDragOver=${drop} onDrop=${drop}>
        <label for="log"><strong>${texts.log}</strong></label>
        <input
          id="log"
          type="file"
          aria-describedby="log-hint"
          disabled=${stage.value !== ""}
          onChange=${(/** @type {any} */ event) => choose(event.currentTarget.files[0])}
        />
        <p class="hint" id="log-hint">${texts.logHint}</p>
        ${log.value && html`<p role="status">${texts.packed(number(Math.ceil(log.value.bytes.length / 1_000)))}</p>`}
        ${log.value && log.value.bytes.length > PACKED_MAX && html`<p class="problem">${texts.large}</p>`}
      </div>
      ${log.value &&
      log.value.columns.length > 0 &&
      html`<div class="tools">
          <${Column} label=${texts.timeColumn} value=${columns.value.time} log=${log.value} onChange=${(/** @type {string} */ it) => map("time", it)} />
          <${Column} label=${texts.userColumn} value=${columns.value.user} log=${log.value} onChange=${(/** @type {string} */ it) => map("user", it)} />
          <label class="labelled"
            >${texts.format}
            <select onChange=${(/** @type {any} */ event) => (columns.value = { ...columns.value, format: Number(event.currentTarget.value) })}>
              ${Object.entries(texts.formats).map(
                ([each, text]) => html`<option value=${each} selected=${Number(each) === columns.value.format}>${text}</option>`,
              )}
            </select></label
          >
        </div>
        ${!isMapped && html`<p class="problem" role="alert">${texts.unmapped}</p>`}`}
      <${Periods} draft=${draft.value} faults=${faults} onChange=${edit} />
      <label class="labelled"
        >${t().workflows.resume}
        <select onChange=${(/** @type {any} */ event) => edit({ resume: Number(event.currentTarget.value) })}>
          ${/** @type {const} */ ([1, 3, 2]).map(
            (each) => html`<option value=${each} selected=${each === draft.value.resume}>${t().workflows.resumes[each]}</option>`,
          )}
        </select></label
      >
      <label class="labelled"
        >${r().whatIf.against}
        <select onChange=${(/** @type {any} */ event) => (against.value = event.currentTarget.value)}>
          ${AGAINST.map((each) => html`<option value=${each} selected=${each === against.value}>${r().whatIf.againstChoices[each]}</option>`)}
        </select></label
      >
      ${against.value === "other" &&
      html`<fieldset>
        <legend>${r().whatIf.others}</legend>
        <${Periods}
          draft=${otherDraft.value}
          faults=${otherFaults}
          onChange=${(/** @type {Partial<Draft>} */ fields) => (otherDraft.value = { ...otherDraft.value, ...fields })}
        />
      </fieldset>`}
      <div class="form-footer">
        <p class="hint" role="status">${stage.value && texts.stages[stage.value]}</p>
        ${stage.value === "computing" &&
        html`<progress aria-label=${texts.stages[stage.value]}></progress>
          <button type="button" onClick=${() => running.value?.abort()}>${t().common.cancel}</button>`}
        <button type="submit" class="primary" disabled=${!canRun}>${texts.run}</button>
      </div>
    </form>
    <div class="results">
      ${problem.value && html`<${Notice} kind="error">${problem.value}<//>`}
      ${first?.answer.warnings.map((each) => html`<${Notice} kind="warn" key=${each}>${each}<//>`)}
      ${first?.answer.summary &&
      html`<${LogFacts} summary=${first.answer.summary} name=${log.value?.name ?? ""} />
        ${second && html`<${Comparison} one=${first} other=${second} />`}
        <div class="compare">
          ${found.value.map(
            ({ title, settings, answer }) =>
              html`<${Summary} key=${title} title=${title} settings=${settings} summary=${answer.summary} largest=${largest}>
                ${answer.summary && html`<${Coverage} summary=${answer.summary} most=${most} />`}
              <//>`,
          )}
        </div>
        <p class="hint">${texts.soonHint}</p>`}
    </div>`;
}

/** @param {{label: string, value: string, log: Log, onChange: (name: string) => void}} props */
function Column({ label, value, log, onChange }) {
  return html`<label class="labelled"
    >${label}
    <select onChange=${(/** @type {any} */ event) => onChange(event.currentTarget.value)}>
      <option value="" selected=${!value}>${t().whatIf.choose}</option>
      ${log.columns.map((each) => html`<option key=${each} value=${each} selected=${each === value}>${each}</option>`)}
    </select></label
  >`;
}

/** @param {unknown} error @param {Log} log */
function wordsOf(error, log) {
  const texts = t().whatIf;
  // A server need not read all of a request that is too long before it ends the connection.
  if (log.bytes.length > PACKED_MAX && error instanceof OndutyError && ["unavailable", "resource_exhausted"].includes(error.code)) {
    return texts.large;
  }
  if (!(error instanceof OndutyError) || error.code !== "invalid_argument") return inWords(error);
  return texts.badLog(error.violations[0]?.description ?? error.message);
}

/** What if: what other periods would have done with activities that have been. */

import {
  LogTimeFormat,
  OndutyError,
  Status,
  html,
  millisecondsOf,
  useSignal,
} from "../lib.js";
import { inWords, isCancelled } from "../problems.js";
import { account, client, endedBy } from "../session.js";
import { number, t } from "../texts/index.js";
import { ZONE, clock, period } from "../time.js";
import { Notice } from "../ui/parts.js";
import { StatusLabel, statusName, statusWord } from "../ui/status.js";
import { DEFAULT_AWAY, DEFAULT_OFFLINE, faultsOf, workflowOf } from "../workflows/draft.js";
import { Periods } from "../workflows/period_field.js";

/** @import { SimulateResponse, SimulationSummary } from "../lib.js" */
/** @import { Draft } from "../workflows/draft.js" */

const TIMEOUT_MS = 60_000;

export function WhatIfPage() {
  const texts = t().whatIf;
  const draft = useSignal(
    /** @type {Draft} */ ({ enabled: true, awayAfter: DEFAULT_AWAY, offlineAfter: DEFAULT_OFFLINE, resume: 1, keepManualAway: false }),
  );
  const file = useSignal(/** @type {File | null} */ (null));
  const stage = useSignal(/** @type {"" | "packing" | "computing"} */ (""));
  const problem = useSignal("");
  const found = useSignal(/** @type {SimulateResponse | null} */ (null));
  const running = useSignal(/** @type {AbortController | null} */ (null));
  const faults = faultsOf(draft.value);
  const canRun = file.value !== null && Object.keys(faults).length === 0 && !stage.value;

  const run = async (/** @type {any} */ event) => {
    event.preventDefault();
    if (!canRun || !file.value) return;
    const form = new FormData(event.currentTarget);
    problem.value = "";
    found.value = null;
    running.value = new AbortController();
    try {
      stage.value = "packing";
      const log = await packed(file.value);
      stage.value = "computing";
      const request = {
        accountId: account.peek(),
        workflow: workflowOf("", draft.value, ""),
        log,
        timeColumn: form.get("time")?.toString().trim() ?? "",
        userColumn: form.get("user")?.toString().trim() ?? "",
        timeFormat: Number(form.get("format")),
      };
      found.value = await client.simulate(request, { signal: running.value.signal, timeoutMs: TIMEOUT_MS });
    } catch (error) {
      if (isCancelled(error) || endedBy(error)) return;
      problem.value =
        error instanceof OndutyError && error.code === "invalid_argument"
          ? texts.badLog(error.violations[0]?.description ?? error.message)
          : inWords(error);
    } finally {
      stage.value = "";
    }
  };
  return html`<h1>${texts.title}</h1>
    <p class="hint">${texts.intro}</p>
    <form class="card" onSubmit=${run} novalidate>
      <div class="drop">
        <label for="log"><strong>${texts.log}</strong></label>
        <input
          id="log"
          type="file"
          accept=".csv,.gz,text/csv"
          aria-describedby="log-hint"
          onChange=${(/** @type {any} */ event) => (file.value = event.currentTarget.files[0] ?? null)}
        />
        <p class="hint" id="log-hint">${texts.logHint}</p>
      </div>
      <details class="advanced">
        <summary>${texts.columns}</summary>
        <div class="tools">
          <label class="labelled">${texts.timeColumn}<input name="time" placeholder="activity_time" /></label>
          <label class="labelled">${texts.userColumn}<input name="user" placeholder="user_id" /></label>
          <label class="labelled"
            >${texts.format}
            <select name="format">
              <option value=${LogTimeFormat.RFC3339}>${texts.formats.rfc3339}</option>
              <option value=${LogTimeFormat.EPOCH_S}>${texts.formats.s}</option>
              <option value=${LogTimeFormat.EPOCH_MS}>${texts.formats.ms}</option>
            </select></label
          >
        </div>
      </details>
      <${Periods} draft=${draft.value} faults=${faults} onChange=${(/** @type {any} */ fields) => (draft.value = { ...draft.value, ...fields })} />
      <div class="form-footer">
        <p class="hint" role="status">${stage.value && texts.stages[stage.value]}</p>
        ${stage.value && html`<progress aria-label=${texts.stages[stage.value]}></progress>`}
        ${stage.value && html`<button type="button" onClick=${() => running.value?.abort()}>${t().common.cancel}</button>`}
        <button type="submit" class="primary" disabled=${!canRun}>${texts.run}</button>
      </div>
    </form>
    <div class="results">
      ${problem.value && html`<${Notice} kind="error">${problem.value}<//>`}
      ${found.value?.warnings.map((each) => html`<${Notice} kind="warn" key=${each}>${each}<//>`)}
      ${found.value?.summary && html`<${Summary} summary=${found.value.summary} />`}
    </div>`;
}

/** @param {{summary: SimulationSummary}} props */
function Summary({ summary }) {
  const texts = t().whatIf;
  const [first, last] = [millisecondsOf(summary.firstActivityTime), millisecondsOf(summary.lastActivityTime)];
  const times = summary.timeInStatus.map((each) => ({ status: each.status, ms: millisecondsOf(each.duration) ?? 0 }));
  const all = times.reduce((sum, each) => sum + each.ms, 0);
  const switches = summary.switches.filter((each) => each.previousStatus !== Status.UNSPECIFIED);
  const toAway = switches.filter((each) => each.status === Status.AWAY).reduce((sum, each) => sum + Number(each.count), 0);
  const soon = Number(summary.activeSoonAfterAway);
  return html`<section class="card" aria-labelledby="summary">
    <h2 id="summary">${texts.summary}</h2>
    <p>${texts.read(Number(summary.users), Number(summary.activities))}</p>
    ${first !== undefined &&
    last !== undefined &&
    html`<p class="hint">${clock(first)} – ${clock(last)} · ${t().common.zone(ZONE)}</p>`}
    <h3>${texts.time}</h3>
    <div class="bars">
      ${times.map(
        ({ status, ms }) =>
          html`<div class="bar-row" key=${status}>
            <${StatusLabel} status=${status} />
            <${Bar} share=${all ? ms / all : 0} kind=${statusName(status)} />
            <span class="value">${period(ms)} <span class="hint">${percent(ms, all)}</span></span>
          </div>`,
      )}
    </div>
    <h3>${texts.switches}</h3>
    ${switches.length === 0
      ? html`<p>${texts.noSwitches}</p>`
      : html`<table class="plain">
          <tbody>
            ${switches.map(
              (each) =>
                html`<tr key=${`${each.previousStatus} ${each.status}`}>
                  <td>${statusWord(each.previousStatus)} → ${statusWord(each.status)}</td>
                  <td class="end">${number(Number(each.count))}</td>
                </tr>`,
            )}
          </tbody>
        </table>`}
    <${Notice} kind=${toAway > 0 && soon / toAway > 0.1 ? "warn" : "info"}>
      <p><strong>${texts.soon(soon, percent(soon, toAway))}</strong></p>
      <p class="hint">${texts.soonHint}</p>
    <//>
  </section>`;
}

/** @param {{share: number, kind: string}} props */
function Bar({ share, kind }) {
  return html`<svg viewBox="0 0 100 16" preserveAspectRatio="none" aria-hidden="true">
    <rect class="part ${kind.toLowerCase()}" width=${100 * share} height="16" />
  </svg>`;
}

/** @param {number} part @param {number} all */
function percent(part, all) {
  return all === 0 ? "–" : `${Math.round((100 * part) / all)} %`;
}

/** Return a file as the request carries it: compressed, if it is not already. @param {File} file */
async function packed(file) {
  if (file.name.endsWith(".gz")) return new Uint8Array(await file.arrayBuffer());
  const stream = file.stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

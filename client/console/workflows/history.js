/** History of settings: who changed them, when, from what to what; and the way back. */

import { html, millisecondsOf, useEffect, useRef, useSignal } from "../lib.js";
import { may } from "../access.js";
import { Who } from "../board/who.js";
import { inWords, isCancelled } from "../problems.js";
import { client, endedBy } from "../session.js";
import { t } from "../texts/index.js";
import { clock } from "../time.js";
import { isolated } from "../ui/foreign.js";
import { Loading, Name, Notice, Time } from "../ui/parts.js";
import { draftOf, isSame } from "./draft.js";
import { Differences } from "./words.js";

/** @import { Workflow, WorkflowChange } from "../lib.js" */
/** @import { WorkflowForm } from "./model.js" */

const PAGE_SIZE = 20;

/** @param {{form: WorkflowForm}} props */
export function SettingsHistory({ form }) {
  const texts = t().workflows;
  const changes = useSignal(/** @type {WorkflowChange[] | null} */ (null));
  const next = useSignal("");
  const problem = useSignal("");
  const reading = useRef(/** @type {AbortController | null} */ (null));
  // A team that has come to follow the account, or the other way round, has a new entry.
  const etag = `${form.follows.value} ${form.base.value?.etag}`;

  const read = async (/** @type {string} */ pageToken) => {
    reading.current?.abort();
    const { signal } = (reading.current = new AbortController());
    problem.value = "";
    try {
      const page = await client.listWorkflowChanges({ accountId: form.accountId, teamId: form.teamId, pageSize: PAGE_SIZE, pageToken }, { signal });
      changes.value = pageToken ? [...(changes.value ?? []), ...page.changes] : page.changes;
      next.value = page.nextPageToken;
    } catch (error) {
      if (!isCancelled(error) && !endedBy(error)) problem.value = inWords(error);
    }
  };
  useEffect(() => {
    read("");
    return () => reading.current?.abort();
  }, [form, etag]);

  const first = next.value ? undefined : changes.value?.at(-1)?.previousWorkflow;
  return html`<section class="card" aria-labelledby="settings-history">
    <h2 id="settings-history">${form.teamId ? texts.historyOf(isolated(form.teamId)) : texts.history}</h2>
    ${!changes.value && !problem.value && html`<${Loading} />`}
    ${changes.value?.length === 0 && html`<p class="hint">${form.teamId ? texts.historyEmptyOf : texts.historyEmpty}</p>`}
    ${changes.value !== null &&
    changes.value.length > 0 &&
    html`<table class="plain stacked settings-history">
      <thead>
        <tr>
          <th scope="col">${texts.when}</th>
          <th scope="col">${texts.who}</th>
          <th scope="col">${texts.what}</th>
          <td></td>
        </tr>
      </thead>
      <tbody>
        ${changes.value.map(
          (change, index) => html`<${Row} key=${String(change.revision)} change=${change} form=${form} isLatest=${index === 0} />`,
        )}
        ${first &&
        html`<tr>
          <td colspan="3" class="hint">${texts.beforeAll}</td>
          <td class="end">
            ${form.teamId ? html`<${Follow} form=${form} />` : html`<${Restore} form=${form} workflow=${first} />`}
          </td>
        </tr>`}
      </tbody>
    </table>`}
    ${problem.value &&
    html`<${Notice}
      kind="error"
      actions=${html`<button type="button" onClick=${() => read("")}>${t().common.retry}</button>`}
      >${problem.value}<//
    >`}
    ${next.value && html`<button type="button" class="quiet" onClick=${() => read(next.value)}>${texts.moreHistory}</button>`}
  </section>`;
}

/** @param {{change: WorkflowChange, form: WorkflowForm, isLatest: boolean}} props */
function Row({ change, form, isLatest }) {
  const texts = t().workflows;
  const { workflow, previousWorkflow, deleted } = change;
  const isFirst = form.teamId && previousWorkflow && previousWorkflow.teamId !== form.teamId;
  return html`<tr>
    <td><${Time} ms=${millisecondsOf(workflow?.updateTime)} /></td>
    <td>
      ${workflow?.updatedBy ? html`<${Who} id=${workflow.updatedBy} />` : texts.unknownWho}
      ${workflow?.updateCaller && html`<br /><span class="hint">(<${Name}>${workflow.updateCaller}<//>)</span>`}
    </td>
    <td>
      ${deleted ? texts.cameToFollow : isFirst && texts.cameToOwn}
      ${previousWorkflow ? html`<${Differences} before=${previousWorkflow} after=${workflow} />` : texts.unknownWho}
    </td>
    <td class="end">
      ${deleted ? html`<${Follow} form=${form} isInForce=${isLatest} />` : html`<${Restore} form=${form} workflow=${workflow} />`}
    </td>
  </tr>`;
}

/** The way back to a time when the team followed the account. @param {{form: WorkflowForm, isInForce?: boolean}} props */
function Follow({ form, isInForce }) {
  const texts = t().workflows;
  if (form.follows.value) return isInForce ? html`<span class="hint">${texts.inForce}</span>` : null;
  if (!may("workflow.write")) return null;
  const isBusy = form.phase.value !== "" || form.theirs.value !== null;
  return html`<button type="button" class="quiet" disabled=${isBusy} onClick=${() => form.follow()}>
    ${texts.restore}<span class="visually-hidden"> (${texts.followAgain})</span>
  </button>`;
}

/** @param {{form: WorkflowForm, workflow: Workflow | undefined}} props */
function Restore({ form, workflow }) {
  const texts = t().workflows;
  const base = form.base.value;
  if (!workflow || !base) return null;
  if (!form.follows.value && workflow.etag && workflow.etag === base.etag) return html`<span class="hint">${texts.inForce}</span>`;
  if (!may("workflow.write") || (!form.follows.value && isSame(draftOf(workflow), draftOf(base)))) return null;
  const at = millisecondsOf(workflow.updateTime);
  const hint = at === undefined ? texts.restoreFirst : texts.restoreTitle(clock(at));
  return html`<button
    type="button"
    class="quiet"
    disabled=${form.phase.value !== "" || form.theirs.value !== null}
    onClick=${() => form.restore(workflow)}
  >
    ${texts.restore}<span class="visually-hidden"> (${hint})</span>
  </button>`;
}

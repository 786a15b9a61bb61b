/** History of settings: who changed them, when, from what to what; and the way back. */

import { OndutyError, html, millisecondsOf, useEffect, useSignal } from "../lib.js";
import { may } from "../access.js";
import { inWords } from "../problems.js";
import { client, endedBy } from "../session.js";
import { t } from "../texts/index.js";
import { clock } from "../time.js";
import { Name, Notice, Time } from "../ui/parts.js";
import { differences } from "./words.js";

/** @import { WorkflowChange } from "../lib.js" */
/** @import { WorkflowForm } from "./model.js" */

const PAGE_SIZE = 20;

/** @param {{form: WorkflowForm}} props */
export function SettingsHistory({ form }) {
  const texts = t().workflows;
  const changes = useSignal(/** @type {WorkflowChange[] | null} */ (null));
  const next = useSignal("");
  const problem = useSignal("");
  const isMissing = useSignal(false);
  const etag = form.base.value?.etag;

  const read = async (/** @type {string} */ pageToken) => {
    problem.value = "";
    try {
      const page = await client.listWorkflowChanges({ accountId: form.accountId, pageSize: PAGE_SIZE, pageToken });
      changes.value = pageToken ? [...(changes.value ?? []), ...page.changes] : page.changes;
      next.value = page.nextPageToken;
    } catch (error) {
      if (endedBy(error)) return;
      if (error instanceof OndutyError && error.code === "unimplemented") isMissing.value = true;
      else problem.value = inWords(error);
    }
  };
  useEffect(() => {
    read("");
  }, [form, etag]);

  const restore = (/** @type {WorkflowChange} */ change) => {
    if (!change.previousWorkflow) return;
    form.restore(change.previousWorkflow);
    document.querySelector("#switch-name")?.scrollIntoView({ block: "center" });
  };
  if (isMissing.value) return null;
  return html`<section class="card">
    <h2>${texts.history}</h2>
    ${problem.value && html`<${Notice} kind="error">${problem.value}<//>`}
    ${changes.value?.length === 0 && html`<p class="hint">${texts.historyEmpty}</p>`}
    ${changes.value !== null &&
    changes.value.length > 0 &&
    html`<table class="plain settings-history">
      <thead>
        <tr>
          <th scope="col">${texts.when}</th>
          <th scope="col">${texts.who}</th>
          <th scope="col">${texts.what}</th>
          <th scope="col"><span class="visually-hidden">${texts.restore}</span></th>
        </tr>
      </thead>
      <tbody>
        ${changes.value.map((change) => html`<${Row} key=${String(change.revision)} change=${change} onRestore=${restore} />`)}
      </tbody>
    </table>`}
    ${next.value && html`<button type="button" class="quiet" onClick=${() => read(next.value)}>${texts.moreHistory}</button>`}
  </section>`;
}

/** @param {{change: WorkflowChange, onRestore: (change: WorkflowChange) => void}} props */
function Row({ change, onRestore }) {
  const texts = t().workflows;
  const { workflow, previousWorkflow } = change;
  const at = millisecondsOf(workflow?.updateTime);
  const hint = at === undefined ? texts.restore : texts.restoreHint(clock(at));
  return html`<tr>
    <td><${Time} ms=${at} /></td>
    <td>${workflow?.updatedBy ? html`<${Name}>${workflow.updatedBy}<//>` : texts.unknownWho}</td>
    <td>
      <ul class="lines">
        ${differences(previousWorkflow, workflow).map((line) => html`<li key=${line}>${line}</li>`)}
      </ul>
    </td>
    <td class="end">
      ${previousWorkflow &&
      may("workflow.write") &&
      html`<button type="button" class="quiet" aria-label=${hint} title=${hint} onClick=${() => onRestore(change)}>
        ${texts.restore}
      </button>`}
    </td>
  </tr>`;
}

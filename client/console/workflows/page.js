/** Settings, Care, Workflows: the automated status switch of the account. */

import { effect, html, millisecondsOf, untracked, useEffect, useMemo } from "../lib.js";
import { caller, may } from "../access.js";
import { workflow as watched } from "../board/live.js";
import { called } from "../board/who.js";
import { LostBanner } from "../link_state.js";
import { guard } from "../router.js";
import { account } from "../session.js";
import { t } from "../texts/index.js";
import { clock } from "../time.js";
import { Loading, Notice } from "../ui/parts.js";
import { Leaving, Question } from "./dialogs.js";
import { workflowOf } from "./draft.js";
import { SettingsHistory } from "./history.js";
import { WorkflowForm } from "./model.js";
import { Periods } from "./period_field.js";
import { Preview } from "./preview.js";
import { FIELDS, settingInWords } from "./words.js";

/** @import { Workflow } from "../lib.js" */
/** @import { Draft } from "./draft.js" */

/** What was being edited when the page was taken away without being left, as when one has to sign in again. */
let kept = /** @type {{accountId: string, who: string | undefined, base: Workflow, draft: Draft} | null} */ (null);

export function WorkflowsPage() {
  const accountId = account.value;
  const form = useMemo(() => new WorkflowForm(accountId), [accountId]);
  useEffect(() => {
    const who = caller.peek()?.name;
    form.load(kept?.accountId === accountId && kept.who === who ? kept : null);
    kept = null;
    const ends = [
      effect(() => {
        const heard = watched.value;
        // What the form is like now is no reason to hear the same again.
        if (heard && heard.accountId === accountId) untracked(() => form.heard(heard));
      }),
      effect(() => {
        guard.value = form.isChanged.value || form.phase.value !== "";
      }),
    ];
    return () => {
      const [base, draft] = [form.base.peek(), form.draft.peek()];
      kept = guard.peek() && base && draft ? { accountId, who, base, draft } : null;
      guard.value = false;
      for (const end of ends) end();
      form.close();
    };
  }, [form]);
  const { nav, workflows: texts, common } = t();
  return html`<p class="crumbs">${nav.settings} <span aria-hidden="true">/</span> ${nav.care}</p>
    <h1>${texts.title}</h1>
    <${LostBanner} />
    ${form.draft.value
      ? html`<${Form} form=${form} draft=${form.draft.value} />
          <${SettingsHistory} form=${form} />
          <${Question} form=${form} />
          <${Leaving} />`
      : form.problem.value
        ? html`<${Notice}
            kind="error"
            actions=${html`<button type="button" onClick=${() => form.load()}>${common.retry}</button>`}
            >${form.problem.value}<//
          >`
        : html`<${Loading} />`}`;
}

/** @param {{form: WorkflowForm, draft: Draft}} props */
function Form({ form, draft }) {
  const texts = t().workflows;
  const mayWrite = may("workflow.write");
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    form.save();
  };
  return html`<form class="card" onSubmit=${submit} novalidate aria-busy=${form.phase.value !== ""}>
    <div class="switch-row">
      <div>
        <h2 id="switch-name">${texts.heading}</h2>
        <p class="hint" id="switch-hint">${texts.description}</p>
      </div>
      <button
        type="button"
        role="switch"
        class="switch"
        aria-checked=${draft.enabled ? "true" : "false"}
        aria-labelledby="switch-name"
        aria-describedby="switch-hint"
        disabled=${!mayWrite}
        onClick=${() => form.toggle()}
      >
        <span class="knob"></span>
      </button>
    </div>
    ${draft.enabled &&
    html`<${Periods}
      draft=${draft}
      faults=${form.faults.value}
      refused=${form.refused.value}
      onChange=${(/** @type {Partial<Draft>} */ fields) => form.edit(fields)}
      disabled=${!mayWrite}
      withGone
    />`}
    <${Advanced} form=${form} draft=${draft} disabled=${!mayWrite} />
    <${Conflict} form=${form} draft=${draft} />
    <${Preview} form=${form} />
    ${form.problem.value && html`<${Notice} kind="error">${form.problem.value}<//>`}
    ${form.phase.value === "uncertain" && html`<${Notice} kind="warn">${texts.uncertain}<//>`}
    ${mayWrite ? html`<${Footer} form=${form} />` : html`<${Notice}>${texts.readOnly}<//>`}
  </form>`;
}

/** @param {{form: WorkflowForm, draft: Draft, disabled: boolean}} props */
function Advanced({ form, draft, disabled }) {
  const texts = t().workflows;
  const base = form.base.value;
  return html`<details class="advanced" open=${(base?.resume ?? 1) > 1 || base?.keepManualAway}>
    <summary>${texts.advanced}</summary>
    <fieldset disabled=${disabled}>
      <legend>${texts.resume}</legend>
      ${/** @type {const} */ ([1, 3, 2]).map(
        (each) =>
          html`<label class="choice" key=${each}>
            <input type="radio" name="resume" checked=${draft.resume === each} onChange=${() => form.edit({ resume: each })} />
            ${texts.resumes[each]}
          </label>`,
      )}
      <p class="hint">${texts.resumeHint}</p>
    </fieldset>
    <label class="choice">
      <input
        type="checkbox"
        checked=${draft.keepManualAway}
        disabled=${disabled}
        onChange=${() => form.edit({ keepManualAway: !draft.keepManualAway })}
      />
      ${texts.keep}
    </label>
    <p class="hint indented">${texts.keepHint}</p>
  </details>`;
}

/** @param {{form: WorkflowForm, draft: Draft}} props */
function Conflict({ form, draft }) {
  const texts = t().workflows;
  const theirs = form.theirs.value;
  if (!theirs) return null;
  const mine = form.isValid.value ? workflowOf("", draft, "") : null;
  return html`<${Notice} kind="warn">
    <p>${texts.conflict(called(theirs.updatedBy), clock(millisecondsOf(theirs.updateTime) ?? Date.now()))}</p>
    <table class="plain">
      <thead>
        <tr>
          <td></td>
          <th scope="col">${texts.inForce}</th>
          <th scope="col">${texts.mine}</th>
        </tr>
      </thead>
      <tbody>
        ${FIELDS.map((field) => {
          const [one, other] = [settingInWords(theirs, field), mine ? settingInWords(mine, field) : "?"];
          if (one === other) return null;
          return html`<tr key=${field}>
            <th scope="row">${texts.fields[field]}</th>
            <td>${one}</td>
            <td>${other}</td>
          </tr>`;
        })}
      </tbody>
    </table>
    <div class="notice-actions">
      <button type="button" onClick=${() => form.discard()}>${texts.takeTheirs}</button>
      <button type="button" onClick=${() => form.keepMine()}>${texts.keepMine}</button>
    </div>
  <//>`;
}

/** @param {{form: WorkflowForm}} props */
function Footer({ form }) {
  const texts = t().workflows;
  const base = form.base.value;
  const who = called(base?.updatedBy ?? "");
  const changedAt = millisecondsOf(base?.updateTime);
  const said = {
    checking: () => texts.previewing,
    saving: () => texts.saving,
    uncertain: () => "",
    saved: () => texts.saved,
    kept: () => texts.kept(who),
    updated: () => texts.updated(who),
    "": () => (changedAt === undefined ? "" : texts.lastChange(clock(changedAt), who)),
  };
  return html`<div class="form-footer">
    <p class="hint ${form.notice.value}" role="status">${said[form.phase.value || form.notice.value]()}</p>
    ${form.isChanged.value &&
    !form.phase.value &&
    !form.theirs.value &&
    html`<button type="button" onClick=${() => form.discard()}>${texts.discard}</button>`}
    <button type="submit" class="primary" disabled=${!form.canSave.value}>${texts.save}</button>
  </div>`;
}

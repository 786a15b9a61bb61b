/** Settings, Care, Workflows: the automated status switch of the account. */

import { effect, html, millisecondsOf, untracked, useEffect, useMemo, useSignal } from "../lib.js";
import { may } from "../access.js";
import { workflow as watched } from "../board/live.js";
import { account } from "../session.js";
import { t } from "../texts/index.js";
import { clock } from "../time.js";
import { Icon } from "../ui/icons.js";
import { Dialog, Loading, Notice } from "../ui/parts.js";
import { DEFAULT_AWAY, DEFAULT_OFFLINE } from "./draft.js";
import { SettingsHistory } from "./history.js";
import { HANDFUL, WorkflowForm, switchedAtOnce } from "./model.js";
import { PeriodField } from "./period_field.js";
import { Preview } from "./preview.js";
import { FIELDS, settingInWords } from "./words.js";

/** @import { Draft } from "./draft.js" */

export function WorkflowsPage() {
  const accountId = account.value;
  const form = useMemo(() => new WorkflowForm(accountId), [accountId]);
  useEffect(() => {
    form.load();
    const end = effect(() => {
      const heard = watched.value;
      // What the form is like now is no reason to hear the same again.
      if (heard && heard.accountId === accountId) untracked(() => form.heard(heard));
    });
    return () => {
      end();
      form.close();
    };
  }, [form]);
  const { nav, workflows: texts, common } = t();
  return html`<p class="crumbs">${nav.settings} <span aria-hidden="true">/</span> ${nav.care}</p>
    <h1>${texts.title}</h1>
    ${form.draft.value
      ? html`<${Form} form=${form} draft=${form.draft.value} />
          <${SettingsHistory} form=${form} />`
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
  const confirming = useSignal(false);
  const mayWrite = may("workflow.write");
  const frozen = form.isSaving.value || !mayWrite;
  const toggle = () => {
    const enabled = !draft.enabled;
    const bare = enabled && !draft.awayAfter && !draft.offlineAfter;
    form.edit(bare ? { enabled, awayAfter: DEFAULT_AWAY } : { enabled });
  };
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!form.canSave.value) return;
    if (switchedAtOnce(form.preview.value) > HANDFUL) confirming.value = true;
    else form.save();
  };
  return html`<form class="card" onSubmit=${submit} novalidate>
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
        disabled=${frozen}
        onClick=${toggle}
      >
        <span class="knob"></span>
      </button>
    </div>
    ${draft.enabled && html`<${Periods} form=${form} draft=${draft} frozen=${frozen} />`}
    <${Advanced} form=${form} draft=${draft} frozen=${frozen} />
    <${Conflict} form=${form} />
    <${Preview} preview=${form.preview.value} />
    ${form.problem.value && html`<${Notice} kind="error">${form.problem.value}<//>`}
    ${mayWrite ? html`<${Footer} form=${form} />` : html`<${Notice}>${texts.readOnly}<//>`}
    ${confirming.value && html`<${Confirm} form=${form} onClose=${() => (confirming.value = false)} />`}
  </form>`;
}

/** @param {{form: WorkflowForm, draft: Draft, frozen: boolean}} props */
function Periods({ form, draft, frozen }) {
  const texts = t().workflows;
  const wrong = (/** @type {"awayAfter" | "offlineAfter" | "enabled"} */ field) => {
    const fault = form.faults.value[field];
    return fault ? texts.invalid[fault] : form.refused.value[field];
  };
  return html`<div class="periods">
    ${draft.awayAfter &&
    html`<${PeriodField}
      label=${texts.awayAfter}
      period=${draft.awayAfter}
      onChange=${(/** @type {any} */ awayAfter) => form.edit({ awayAfter })}
      removeLabel=${texts.removeAway}
      onRemove=${() => form.edit({ awayAfter: null })}
      problem=${wrong("awayAfter")}
      disabled=${frozen}
    />`}
    ${draft.offlineAfter &&
    html`<${PeriodField}
      label=${texts.offlineAfter}
      period=${draft.offlineAfter}
      onChange=${(/** @type {any} */ offlineAfter) => form.edit({ offlineAfter })}
      removeLabel=${texts.removeOffline}
      onRemove=${() => form.edit({ offlineAfter: null })}
      problem=${wrong("offlineAfter")}
      disabled=${frozen}
    />`}
    ${draft.awayAfter && draft.offlineAfter && html`<p class="hint">${texts.bothStart}</p>`}
    ${wrong("enabled") && html`<p class="problem" role="alert">${wrong("enabled")}</p>`}
    ${!frozen &&
    !(draft.awayAfter && draft.offlineAfter) &&
    html`<div class="adders">
      ${!draft.awayAfter &&
      html`<button type="button" class="quiet" onClick=${() => form.edit({ awayAfter: DEFAULT_AWAY })}>
        <${Icon} name="plus" />${texts.addAway}
      </button>`}
      ${!draft.offlineAfter &&
      html`<button type="button" class="quiet" onClick=${() => form.edit({ offlineAfter: DEFAULT_OFFLINE })}>
        <${Icon} name="plus" />${texts.addOffline}
      </button>`}
    </div>`}
  </div>`;
}

/** @param {{form: WorkflowForm, draft: Draft, frozen: boolean}} props */
function Advanced({ form, draft, frozen }) {
  const texts = t().workflows;
  return html`<details class="advanced">
    <summary>${texts.advanced}</summary>
    <fieldset disabled=${frozen}>
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
        disabled=${frozen}
        onChange=${() => form.edit({ keepManualAway: !draft.keepManualAway })}
      />
      ${texts.keep}
    </label>
    <p class="hint indented">${texts.keepHint}</p>
  </details>`;
}

/** @param {{form: WorkflowForm}} props */
function Conflict({ form }) {
  const texts = t().workflows;
  const theirs = form.theirs.value;
  if (!theirs) return null;
  const actions = html`<button type="button" onClick=${() => form.takeTheirs()}>${texts.takeTheirs}</button>
    <button type="button" onClick=${() => form.keepMine()}>${texts.keepMine}</button>`;
  return html`<${Notice} kind="warn" actions=${actions}>
    <p>${texts.conflict(theirs.updatedBy, clock(millisecondsOf(theirs.updateTime) ?? Date.now()))} ${texts.conflictNow}</p>
    <dl class="pairs">
      ${FIELDS.map(
        (field) =>
          html`<div key=${field}>
            <dt>${texts.fields[field]}</dt>
            <dd>${settingInWords(theirs, field)}</dd>
          </div>`,
      )}
    </dl>
  <//>`;
}

/** @param {{form: WorkflowForm}} props */
function Footer({ form }) {
  const texts = t().workflows;
  const base = form.base.value;
  const changedAt = millisecondsOf(base?.updateTime);
  const said = {
    saved: () => texts.saved,
    restored: () => texts.restored,
    updated: () => texts.updated(base?.updatedBy ?? ""),
    "": () => (changedAt === undefined ? "" : texts.lastChange(clock(changedAt), base?.updatedBy ?? "")),
  };
  return html`<div class="form-footer">
    <p class="hint ${form.notice.value}" role="status">${said[form.notice.value]()}</p>
    ${form.isChanged.value && html`<button type="button" onClick=${() => form.discard()}>${texts.discard}</button>`}
    <button type="submit" class="primary" disabled=${!form.canSave.value}>${texts.save}</button>
  </div>`;
}

/** @param {{form: WorkflowForm, onClose: () => void}} props */
function Confirm({ form, onClose }) {
  const texts = t().workflows;
  const n = switchedAtOnce(form.preview.value);
  const save = () => {
    onClose();
    form.save();
  };
  return html`<${Dialog} title=${texts.confirmTitle(n)} onClose=${onClose} alert>
    <p>${texts.confirmText}</p>
    <div class="dialog-actions">
      <button type="button" onClick=${onClose} autofocus>${t().common.cancel}</button>
      <button type="button" class="primary" onClick=${save}>${texts.confirm(n)}</button>
    </div>
  <//>`;
}

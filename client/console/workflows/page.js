/** Settings, Care, Workflows: the automated status switch of the account, and of its teams. */

import { effect, html, millisecondsOf, untracked, useEffect, useMemo } from "../lib.js";
import { caller, may } from "../access.js";
import { teamWorkflows, workflow as watched } from "../board/live.js";
import { TeamChoice } from "../board/teams.js";
import { called } from "../board/who.js";
import { lazy } from "../lazy.js";
import { LostBanner } from "../link_state.js";
import { guard, team } from "../router.js";
import { account, client } from "../session.js";
import { t } from "../texts/index.js";
import { clock } from "../time.js";
import { isolated } from "../ui/foreign.js";
import { Loading, Notice } from "../ui/parts.js";
import { Leaving, Question } from "./dialogs.js";
import { workflowOf } from "./draft.js";
import { SettingsHistory } from "./history.js";
import { WorkflowForm } from "./model.js";
import { Periods } from "./period_field.js";
import { Preview } from "./preview.js";
import { FIELDS, settingInWords } from "./words.js";

/** @import { Team } from "../lib.js" */
/** @import { Draft } from "./draft.js" */
/** @import { Kept } from "./model.js" */

/** What was being edited when the page was taken away without being left, as when one has to sign in again. */
let kept = /** @type {(Kept & {accountId: string, teamId: string, who: string | undefined}) | null} */ (null);

const AccountZone = lazy(async () => (await import("../accounts/zone.js")).AccountZone);

export function WorkflowsPage() {
  const accountId = account.value;
  const teamId = team.value;
  const form = useMemo(() => new WorkflowForm(accountId, client, teamId), [accountId, teamId]);
  useEffect(() => {
    const who = caller.peek()?.name;
    form.load(kept?.accountId === accountId && kept.teamId === teamId && kept.who === who ? kept : null);
    kept = null;
    const ends = [
      effect(() => {
        const heard = (teamId && teamWorkflows.value.get(teamId)) || watched.value;
        // What the form is like now is no reason to hear the same again.
        if (heard && heard.accountId === accountId) untracked(() => form.heard(heard));
      }),
      effect(() => {
        guard.value = form.isChanged.value || form.phase.value !== "";
      }),
    ];
    return () => {
      const [base, draft] = [form.base.peek(), form.draft.peek()];
      kept = guard.peek() && base && draft ? { accountId, teamId, who, base, draft, isStarting: form.isStarting.peek() } : null;
      guard.value = false;
      for (const end of ends) end();
      form.close();
    };
  }, [form]);
  const { nav, workflows: texts, common } = t();
  return html`<p class="crumbs">${nav.settings} <span aria-hidden="true">/</span> ${nav.care}</p>
    <div class="workflows-head">
      <h1>${texts.title}</h1>
      <${TeamChoice} all=${texts.ofAccount} isKept note=${(/** @type {Team} */ each) => (each.hasWorkflow ? "" : ` (${texts.followsNote})`)} />
    </div>
    <${LostBanner} />
    ${form.draft.value
      ? html`${form.follows.value && !form.isStarting.value
            ? html`<${Following} form=${form} />`
            : html`<${Form} form=${form} draft=${form.draft.value} key=${teamId} />`}
          <${SettingsHistory} form=${form} />
          ${!teamId && html`<${AccountZone} />`}
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

/** A team that follows the account. @param {{form: WorkflowForm}} props */
function Following({ form }) {
  const texts = t().workflows;
  const { base } = form;
  return html`<section class="card following">
    <h2>${texts.follows(isolated(form.teamId))}</h2>
    <p class="hint">${texts.followsHint}</p>
    <ul class="lines">
      ${FIELDS.map((field) => html`<li key=${field}>${texts.fields[field]}: <strong>${settingInWords(base.value, field)}</strong></li>`)}
    </ul>
    <div class="form-footer">
      <p class="hint ${form.notice.value}" role="status">
        ${form.notice.value === "saved" ? texts.saved : form.notice.value === "updated" ? texts.updatedSomebody : ""}
      </p>
      ${may("workflow.write") && html`<button type="button" onClick=${() => form.start()}>${texts.start}</button>`}
    </div>
  </section>`;
}

/** Says whose settings these are, and the way back to those of the account. @param {{form: WorkflowForm}} props */
function Own({ form }) {
  const texts = t().workflows;
  const who = isolated(form.teamId);
  if (!form.teamId) return null;
  if (form.isStarting.value) return html`<p class="own">${texts.starting(who)}</p>`;
  return html`<div class="own">
    <p>${texts.own(who)}</p>
    ${may("workflow.write") &&
    html`<button
      type="button"
      class="quiet"
      disabled=${form.phase.value !== "" || form.theirs.value !== null}
      onClick=${() => form.follow()}
    >
      ${texts.followAgain}
    </button>`}
  </div>`;
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
    <${Own} form=${form} />
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
    ${!form.isLeaving.value && html`<${Preview} form=${form} />`}
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
    <p>
      ${form.teamId && theirs.teamId !== form.teamId && !form.follows.value
        ? texts.followsNow
        : texts.conflict(called(theirs.updatedBy), clock(millisecondsOf(theirs.updateTime) ?? Date.now()))}
    </p>
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
    <button type="submit" class="primary" disabled=${!form.canSave.value || form.isLeaving.value}>${texts.save}</button>
  </div>`;
}

/** What is asked about once more: switching many people at once, restoring settings, and leaving without saving. */

import { html, millisecondsOf } from "../lib.js";
import { leave, pending } from "../router.js";
import { t } from "../texts/index.js";
import { clock } from "../time.js";
import { isolated } from "../ui/foreign.js";
import { Dialog } from "../ui/parts.js";
import { switchedAtOnce } from "./model.js";
import { Preview } from "./preview.js";
import { Differences } from "./words.js";

/** @import { WorkflowForm } from "./model.js" */

/** @param {{form: WorkflowForm}} props */
export function Question({ form }) {
  const texts = t().workflows;
  const question = form.question.value;
  const { isLeaving } = form;
  if (!question || !form.draft.value) return null;
  const { restoring, before, following } = question;
  const after = form.after.value;
  const n = switchedAtOnce(form.preview.value);
  const madeAt = millisecondsOf(restoring?.updateTime);
  const asked = n ? texts.confirmTitle(n) : texts.blindTitle;
  const restored = madeAt === undefined ? texts.restoreFirst : texts.restoreTitle(clock(madeAt));
  const title = isLeaving.value ? texts.followTitle(isolated(form.teamId)) : restoring ? restored : asked;
  const follow = n ? texts.followConfirm(n) : texts.followYes;
  const save = n ? texts.confirm(n) : restoring ? texts.restore : texts.save;
  return html`<${Ask}
    title=${title}
    yes=${isLeaving.value ? follow : save}
    isReady=${form.canSave.value && form.preview.value.state !== "asking"}
    onAnswer=${(/** @type {boolean} */ isYes) => form.answer(isYes)}
  >
    ${isLeaving.value && following && html`<${Differences} before=${form.base.value} after=${following} />`}
    ${restoring && html`<${Differences} before=${form.base.value} after=${restoring} />`}
    ${before && html`<p>${texts.editsLost}</p>`}
    <${Preview} form=${form} />
    ${n > 0 && after && html`<p>${texts.resume}: ${texts.resumes[/** @type {1 | 2 | 3} */ (after.resume)]}.</p>`}
  <//>`;
}

export function Leaving() {
  const texts = t().workflows;
  if (!pending.value) return null;
  return html`<${Ask} title=${texts.leaveTitle} yes=${texts.leave} no=${texts.stay} isReady onAnswer=${leave}>
    <p>${texts.leaveText}</p>
  <//>`;
}

/**
 * @param {{title: string, yes: string, no?: string, isReady: boolean, onAnswer: (isYes: boolean) => void, children?: any}} props
 */
function Ask({ title, yes, no = t().common.cancel, isReady, onAnswer, children }) {
  return html`<${Dialog} title=${title} onClose=${() => onAnswer(false)} alert>
    ${children}
    <div class="dialog-actions">
      <button type="button" onClick=${() => onAnswer(false)} autofocus>${no}</button>
      <button type="button" class="primary" disabled=${!isReady} onClick=${() => onAnswer(true)}>${yes}</button>
    </div>
  <//>`;
}

/** What saving would do: who is switched at once, by name, and how many soon. */

import { html } from "../lib.js";
import { number, t } from "../texts/index.js";
import { Who } from "../board/who.js";
import { StatusLabel } from "../ui/status.js";

const NAMES_SHOWN = 8;
const QUARTER_MIN = 15;

/** @import { WorkflowImpact } from "../lib.js" */
/** @import { WorkflowForm } from "./model.js" */

/** @param {{form: WorkflowForm}} props */
export function Preview({ form }) {
  const texts = t().workflows;
  const { state, impact } = form.preview.value;
  const { base } = form;
  const after = form.after.value;
  if (state === "none") return null;
  const isOff = base.value?.enabled && after && !after.enabled;
  return html`<section class="preview" aria-live="polite" aria-busy=${state === "asking"}>
    <h3>${form.isLeaving.value ? texts.followingDoes : texts.previewTitle}</h3>
    ${state !== "known" && html`<p class="hint">${state === "asking" ? texts.previewing : texts.previewFailed}</p>`}
    ${impact && state !== "failed" && html`<${Effect} impact=${impact} />`}
    ${isOff && html`<p>${texts.turnedOff} ${texts.resume}: ${texts.resumes[/** @type {1 | 2 | 3} */ (after?.resume)]}.</p>`}
  </section>`;
}

/** @param {{impact: WorkflowImpact}} props */
function Effect({ impact }) {
  const texts = t().workflows;
  const [away, offline] = [Number(impact.switchingToAway), Number(impact.switchingToOffline)];
  const more = away + offline - Math.min(NAMES_SHOWN, impact.switches.length);
  const soon = impact.nextHour.map((each) => [Number(each.switchingToAway), Number(each.switchingToOffline)]);
  const [soonAway, soonOffline] = [0, 1].map((target) => soon.reduce((sum, each) => sum + each[target], 0));
  return html`<div class="effect">
    <p>${away + offline === 0 ? texts.nobodyNow : texts.switching(away, offline)}</p>
    ${impact.switches.length > 0 &&
    html`<ul class="switches">
      ${impact.switches
        .slice(0, NAMES_SHOWN)
        .map((each) => html`<li key=${each.userId}><${Who} id=${each.userId} /> <${StatusLabel} status=${each.status} /></li>`)}
      ${more > 0 && html`<li class="hint">${t().common.more(more)}</li>`}
    </ul>`}
    <p class="hint">${texts.withinHour(soonAway, soonOffline)}</p>
    ${soonAway + soonOffline > 0 &&
    html`<ul class="quarters hint">
      ${soon.map(
        ([toAway, toOffline], index) =>
          html`<li key=${index}>
            ${index * QUARTER_MIN}–${(index + 1) * QUARTER_MIN} ${t().units.min}: <strong>${number(toAway + toOffline)}</strong>
          </li>`,
      )}
    </ul>`}
  </div>`;
}

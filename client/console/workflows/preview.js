/** What saving would do: who is switched at once, by name, and how many soon. */

import { html } from "../lib.js";
import { t } from "../texts/index.js";
import { Name } from "../ui/parts.js";
import { StatusLabel } from "../ui/status.js";

const NAMES_SHOWN = 8;

/** @import { Preview as Known } from "./model.js" */

/** @param {{preview: Known}} props */
export function Preview({ preview }) {
  const texts = t().workflows;
  if (preview.state === "none" || preview.state === "failed") return null;
  return html`<section class="preview" aria-live="polite" aria-busy=${preview.state === "asking"}>
    <h3>${texts.previewTitle}</h3>
    ${preview.state === "known" ? html`<${Effect} impact=${preview.impact} />` : html`<p class="hint">${texts.previewing}</p>`}
  </section>`;
}

/** @param {{impact: import("../lib.js").WorkflowImpact}} props */
function Effect({ impact }) {
  const texts = t().workflows;
  const [away, offline] = [Number(impact.switchingToAway), Number(impact.switchingToOffline)];
  const more = away + offline - Math.min(NAMES_SHOWN, impact.switches.length);
  const soon = impact.nextHour.reduce(
    (sum, each) => [sum[0] + Number(each.switchingToAway), sum[1] + Number(each.switchingToOffline)],
    [0, 0],
  );
  return html`<p>${away + offline === 0 ? texts.nobodyNow : texts.switching(away, offline)}</p>
    ${impact.switches.length > 0 &&
    html`<ul class="switches">
      ${impact.switches
        .slice(0, NAMES_SHOWN)
        .map((each) => html`<li key=${each.userId}><${Name}>${each.userId}<//> <${StatusLabel} status=${each.status} /></li>`)}
      ${more > 0 && html`<li class="hint">${t().common.more(more)}</li>`}
    </ul>`}
    ${impact.nextHour.length > 0 && html`<p class="hint">${texts.withinHour(soon[0], soon[1])}</p>`}`;
}

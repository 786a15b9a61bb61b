/** Says how fresh the page is: live, or since when the connection is lost. */

import { html } from "./lib.js";
import { asOf, isStale, link, retryAt, retryNow } from "./board/live.js";
import { t } from "./texts/index.js";
import { SECOND, clock, tick, utc } from "./time.js";

export function LinkState() {
  const texts = t().link;
  const now = tick.value;
  if (link.value === "denied") return null;
  if (link.value === "connecting" || link.value === "late") {
    return html`<p class="link ${link.value}" role="status">${texts[link.value]}</p>`;
  }
  if (link.value === "live") {
    const title = asOf.value ? `${texts.liveAsOf(clock(asOf.value))} (${utc(asOf.value)})` : "";
    return html`<p class="link live" role="status" title=${title}><span class="dot" aria-hidden="true"></span>${texts.live}</p>`;
  }
  const seconds = Math.ceil((retryAt.value - now) / SECOND);
  return html`<p class="link lost">
    <span role="status">${texts.lost}</span>
    <span class="hint">${texts.retrying(seconds)}</span>
    <button type="button" class="quiet" onClick=${retryNow}>${texts.now}</button>
  </p>`;
}

/** What greys out everything that may no longer be true. */
export function LostBanner() {
  const texts = t().link;
  if (link.value === "late") return html`<p class="lost-banner" role="alert">${texts.lateAt(clock(asOf.value))}</p>`;
  if (link.value !== "lost") return null;
  return html`<p class="lost-banner" role="alert">${isStale.value ? texts.lostAt(clock(asOf.value)) : texts.neverConnected}</p>`;
}

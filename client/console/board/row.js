/** One person on the board. */

import { Cause, Status, html } from "../lib.js";
import { may } from "../access.js";
import { causeInWords } from "../cause.js";
import { href } from "../router.js";
import { t } from "../texts/index.js";
import { countdown, roughly, tick, utc } from "../time.js";
import { Icon } from "../ui/icons.js";
import { Name } from "../ui/parts.js";
import { StatusLabel, statusWord } from "../ui/status.js";
import { link, serverNow } from "./live.js";
import * as view from "./view.js";

/** @import { Person } from "./people.js" */

/** @param {{person: Person, index: number, top: number, onSet: (id: string) => void}} props */
export function PersonRow({ person, index, top, onSet }) {
  const texts = t().board;
  const isSelected = view.selected.value.has(person.id);
  return html`<div
    class="row ${isSelected ? "selected" : ""}"
    role="row"
    aria-rowindex=${index + 2}
    style=${{ transform: `translateY(${top}px)` }}
  >
    <div class="cell check" role="cell">
      ${may("status.write") &&
      html`<input
        type="checkbox"
        aria-label=${texts.select(person.id)}
        checked=${isSelected}
        onChange=${() => view.toggleSelected(person.id)}
      />`}
    </div>
    <div class="cell person" role="cell"><a href=${href("person", person.id)}><${Name}>${person.id}<//></a></div>
    <div class="cell status-cell" role="cell"><${StatusLabel} status=${person.status} /></div>
    <${Why} person=${person} />
    <${Since} person=${person} />
    <div class="cell next" role="cell"><${Next} person=${person} /></div>
    <div class="cell act" role="cell">
      ${may("status.write") &&
      html`<button
        type="button"
        class="icon-button"
        aria-label=${texts.set(person.id)}
        title=${texts.set(person.id)}
        onClick=${() => onSet(person.id)}
      >
        <${Icon} name="pencil" />
      </button>`}
    </div>
  </div>`;
}

/** @param {{person: Person}} props */
function Why({ person }) {
  // Only this cause counts on; the others are drawn when they change.
  const counts = person.cause === Cause.INACTIVITY && person.lastActivity !== undefined;
  const idle = counts && tick.value ? serverNow() - /** @type {number} */ (person.lastActivity) : undefined;
  const words = causeInWords(person, idle);
  return html`<div class="cell why" role="cell" title=${words}>${words}</div>`;
}

/** @param {{person: Person}} props */
function Since({ person }) {
  const age = tick.value && link.value === "live" ? roughly(Math.max(0, serverNow() - person.since)) : "–";
  return html`<div class="cell since" role="cell">
    <time dateTime=${new Date(person.since).toISOString()} title=${utc(person.since)}>${age}</time>
  </div>`;
}

/** The countdown to the next switch; a dash where none is known, or where it may no longer be true. @param {{person: Person}} props */
export function Next({ person }) {
  const texts = t().board;
  if (person.next === Status.UNSPECIFIED || person.nextAt === undefined || link.value !== "live") {
    return html`<span class="hint">–</span>`;
  }
  const left = tick.value && person.nextAt - serverNow();
  const word = statusWord(person.next);
  return html`<span class="countdown ${left < 60_000 ? "near" : ""}" title=${utc(person.nextAt)}>
    ${left > 0 ? texts.nextIn(word, countdown(left)) : texts.nextNow(word)}
  </span>`;
}

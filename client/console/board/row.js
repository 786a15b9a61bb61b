/** One person on the board. */

import { Cause, html } from "../lib.js";
import { may, onlyUser } from "../access.js";
import { causeInWords, causeName } from "../cause.js";
import { href, team } from "../router.js";
import { t } from "../texts/index.js";
import { countdown, roughly, utc } from "../time.js";
import { tame } from "../ui/foreign.js";
import { Icon } from "../ui/icons.js";
import { StatusLabel, statusWord } from "../ui/status.js";
import { link, nowShown } from "./live.js";
import { nextOf } from "./people.js";
import * as view from "./view.js";
import { Who, called } from "./who.js";

/** @import { Person } from "./people.js" */

/** An activity moves the next switch: what was asked longer ago is not shown. */
const NEXT_KNOWN_MS = 10_000;

/** @param {{person: Person, index: number, top: number, onSet: (id: string) => void}} props */
export function PersonRow({ person, index, top, onSet }) {
  const texts = t().board;
  const name = called(person.id, tame);
  const isSelected = view.selected.value.has(person.id);
  return html`<div
    class="row ${isSelected ? "selected" : ""}"
    role="row"
    aria-rowindex=${index + 2}
    data-id=${person.id}
    style=${{ transform: `translateY(${top}px)` }}
  >
    <div class="cell check" role="gridcell">
      ${may("status.write") &&
      html`<input
        type="checkbox"
        tabindex="-1"
        aria-label=${texts.select(name)}
        checked=${isSelected}
        onChange=${() => view.toggleSelected(person.id)}
      />`}
    </div>
    <div class="cell person" role="rowheader">
      <a href=${href("person", person.id)} tabindex="-1"><${Who} id=${person.id} name=${person.name} /></a>
      ${person.team && !team.value && html`<bdi class="hint team" title=${tame(person.team)}>${tame(person.team)}</bdi>`}
    </div>
    <div class="cell status-cell" role="gridcell"><${StatusLabel} status=${person.status} /></div>
    <${Why} person=${person} />
    <${Since} person=${person} />
    <div class="cell next" role="gridcell"><${Next} person=${person} /></div>
    <div class="cell act" role="gridcell">
      ${may("status.write") &&
      html`<button
        type="button"
        class="icon-button"
        tabindex="-1"
        aria-label=${texts.set(name)}
        title=${texts.set(name)}
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
  const { cause, checked, lastActivity } = person;
  const idle = cause === Cause.INACTIVITY && checked && lastActivity !== undefined ? nowShown.value - lastActivity : undefined;
  const words = causeInWords(person, idle);
  return html`<div class="cell why" role="gridcell" title=${words}>${words}</div>`;
}

/** @param {{person: Person}} props */
function Since({ person }) {
  const age = roughly(nowShown.value - person.since);
  return html`<div class="cell since" role="gridcell">
    <time dateTime=${new Date(person.since).toISOString()} title=${utc(person.since)}>${age}</time>
  </div>`;
}

/** The countdown to the next switch; a dash where none is known, or where it may no longer be true. @param {{person: Person}} props */
export function Next({ person }) {
  const next = nextOf(person);
  const now = nowShown.value;
  // Who sees their own status only has no watch.
  const isOld = (link.value !== "live" && !onlyUser.value) || now - person.checked > NEXT_KNOWN_MS;
  if (!next || isOld) return html`<span class="hint">–</span>`;
  return html`<span class="countdown ${next.at - now < 60_000 ? "near" : ""}" title=${`${causeName(next.cause)}, ${utc(next.at)}`}>
    ${t().board.nextIn(statusWord(next.status), countdown(next.at - now))}
  </span>`;
}

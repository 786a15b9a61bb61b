/** The board: who is Online, Away and Offline now. */

import { Status, html, useEffect, useSignal } from "../lib.js";
import { may } from "../access.js";
import { LostBanner } from "../link_state.js";
import { chooseTeam, team } from "../router.js";
import { number, t } from "../texts/index.js";
import { Icon } from "../ui/icons.js";
import { Empty, Loading } from "../ui/parts.js";
import { StatusShape, statusWord } from "../ui/status.js";
import { VirtualRows, rowPx } from "../ui/virtual.js";
import { asOf, isStale, link, people, version } from "./live.js";
import { sumOf } from "./people.js";
import { PersonRow } from "./row.js";
import { SetStatusDialog } from "./set_status.js";
import { TeamChoice } from "./teams.js";
import * as view from "./view.js";

/** @import { SortBy } from "./order.js" */

const STATUSES = [Status.ONLINE, Status.AWAY, Status.OFFLINE];

export function BoardPage() {
  const texts = t().board;
  /** The people whose status is to be set. */
  const setting = useSignal(/** @type {string[] | null} */ (null));
  /** The person whose row has the focus. */
  const focused = useSignal("");
  useEffect(view.keepFresh, []);
  const { count, at } = view.rows.value;
  const onFocus = (/** @type {any} */ event) => {
    focused.value = event.target.closest("[data-id]")?.dataset.id ?? "";
    if (event.target.matches(":focus-visible")) view.hold();
  };
  if (link.value === "denied") return html`<${Empty} isPage title=${t().errors.denied} />`;
  const isLoading = !asOf.value && link.value !== "lost" && count === 0;
  const row = (/** @type {number} */ index) => {
    const person = at(index);
    // There may be fewer people by the time that a row is drawn.
    if (!person) return null;
    return html`<${PersonRow}
      key=${person.id}
      person=${person}
      index=${index}
      top=${index * rowPx.value}
      onSet=${(/** @type {string} */ id) => (setting.value = [id])}
    />`;
  };
  return html`<h1 class="visually-hidden">${texts.title}</h1>
    <${LostBanner} />
    <div class="board ${isStale.value ? "stale" : ""} ${may("status.write") ? "" : "read-only"}">
      <${Tools} />
      <${Selection} onSet=${() => (setting.value = [...view.selected.value])} />
      ${isLoading
        ? html`<${Loading} />`
        : html`<div
            class="rows-frame"
            onFocusIn=${onFocus}
            onFocusOut=${() => (focused.value = "")}
            onKeyDown=${view.hold}
            onPointerMove=${view.hold}
            onPointerLeave=${view.letGo}
          >
            <${VirtualRows}
              count=${count}
              row=${row}
              head=${html`<${Head} />`}
              label=${texts.title}
              kept=${focused.value ? view.indexOf(focused.value) : -1}
              top=${`${team.value} ${view.search.value} ${[...view.statuses.value]} ${Object.values(view.sort.value)}`}
              onRange=${view.inView}
            />
          </div>`}
      ${!isLoading && count === 0 && html`<${Nobody} />`}
    </div>
    ${setting.value && html`<${SetStatusDialog} ids=${setting.value} onClose=${() => (setting.value = null)} />`}`;
}

function Tools() {
  const texts = t().board;
  void version.value;
  const counts = people.countsOf(team.value);
  const wanted = view.statuses.value;
  return html`<div class="tools">
    <div class="search">
      <${Icon} name="search" />
      <input
        type="search"
        aria-label=${texts.search}
        placeholder=${texts.search}
        value=${view.search.value}
        onInput=${(/** @type {any} */ event) => (view.search.value = event.currentTarget.value)}
      />
    </div>
    <${TeamChoice} all=${texts.allTeams} />
    <div class="chips" role="group" aria-label=${texts.filter}>
      <button
        type="button"
        class="chip"
        aria-pressed=${wanted.size === 0 ? "true" : "false"}
        onClick=${() => (view.statuses.value = new Set())}
      >
        <span>${texts.all}</span> <${Count} n=${team.value ? sumOf(counts) : people.all.size} />
      </button>
      ${STATUSES.map(
        (status) =>
          html`<button
            type="button"
            key=${status}
            class="chip"
            aria-pressed=${wanted.has(status) ? "true" : "false"}
            onClick=${() => view.toggleStatus(status)}
          >
            <${StatusShape} status=${status} /><span>${statusWord(status)}</span>
            <${Count} n=${counts[/** @type {1 | 2 | 3} */ (status)]} />
          </button>`,
      )}
    </div>
    ${view.isHeld.value && html`<p class="hint end">${texts.held}</p>`}
  </div>`;
}

/** How many there are, unless that is not known yet. @param {{n: number}} props */
function Count({ n }) {
  return html`<span class="count">${asOf.value || n ? number(n) : "–"}</span>`;
}

/** @param {{onSet: () => void}} props */
function Selection({ onSet }) {
  const texts = t().board;
  const n = view.selected.value.size;
  if (n === 0 || !may("status.write")) return null;
  return html`<div class="selection" role="status">
    <span>${texts.selected(n)}</span>
    <button type="button" class="primary" onClick=${onSet}>${texts.setSelected}</button>
    <button type="button" class="quiet" onClick=${() => (view.selected.value = new Set())}>${texts.clear}</button>
  </div>`;
}

function Head() {
  const texts = t().board;
  void view.rows.value;
  return html`<div class="rows-head" role="rowgroup">
    <div class="row" role="row" aria-rowindex="1">
      <div class="cell check" role="columnheader">
        ${may("status.write")
          ? html`<input type="checkbox" aria-label=${texts.selectAll} checked=${view.areAllSelected()} onChange=${view.toggleAll} />`
          : html`<span class="visually-hidden">${texts.selectAll}</span>`}
      </div>
      <${Sortable} by="person" name=${texts.person} />
      <${Sortable} by="status" name=${texts.status} />
      <div class="cell why" role="columnheader">${texts.cause}</div>
      <${Sortable} by="since" name=${texts.since} />
      <div class="cell next" role="columnheader">${texts.next}</div>
      <div class="cell act" role="columnheader"><span class="visually-hidden">${texts.setSelected}</span></div>
    </div>
  </div>`;
}

/** @param {{by: SortBy, name: string}} props */
function Sortable({ by, name }) {
  const { by: now, down } = view.sort.value;
  const isSorted = now === by;
  return html`<div class="cell ${by}" role="columnheader" aria-sort=${isSorted ? (down ? "descending" : "ascending") : "none"}>
    <button type="button" class="sorter" onClick=${() => view.sortBy(by)}>
      ${name}${isSorted && html`<${Icon} name=${down ? "down" : "up"} />`}
    </button>
  </div>`;
}

function Nobody() {
  const texts = t().board;
  if (people.all.size === 0) {
    return link.value === "live" ? html`<${Empty} title=${texts.empty} hint=${texts.emptyHint} />` : null;
  }
  const showAll = () => {
    view.search.value = "";
    view.statuses.value = new Set();
    if (team.value) chooseTeam("");
  };
  return html`<${Empty} title=${texts.noMatch}><button type="button" onClick=${showAll}>${texts.showAll}</button><//>`;
}

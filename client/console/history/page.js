/** History: status changes, by person, period and cause. */

import { Cause, html, useEffect, useSignal } from "../lib.js";
import { causeInWords } from "../cause.js";
import { inWords, isCancelled } from "../problems.js";
import { href } from "../router.js";
import { account, endedBy } from "../session.js";
import { t } from "../texts/index.js";
import { HOUR, ZONE } from "../time.js";
import { Empty, Loading, Name, Notice, Time } from "../ui/parts.js";
import { StatusLabel } from "../ui/status.js";
import { VirtualRows } from "../ui/virtual.js";
import { readChanges } from "./read.js";

/** @import { Change } from "./read.js" */

const ROW_PX = 48;
const NARROW_ROW_PX = 76;
const NARROW = matchMedia("(max-width: 760px)");
const RANGES = /** @type {const} */ ([1, 24, 168, 720]);
const CAUSES = /** @type {const} */ ([
  ["MANUAL", Cause.MANUAL],
  ["INACTIVITY", Cause.INACTIVITY],
  ["ACTIVITY", Cause.ACTIVITY],
]);
const TYPING_MS = 400;

export function HistoryPage() {
  const texts = t().history;
  const person = useSignal("");
  const hours = useSignal(24);
  const cause = useSignal(0);
  const again = useSignal(0);
  const found = useSignal(/** @type {{changes: Change[], isCapped: boolean} | null} */ (null));
  const read = useSignal(0);
  const problem = useSignal("");

  useEffect(() => {
    const reading = new AbortController();
    const timer = setTimeout(
      async () => {
        found.value = null;
        problem.value = "";
        read.value = 0;
        try {
          found.value = await readChanges({
            accountId: account.peek(),
            userId: person.value.trim(),
            start: Date.now() - hours.value * HOUR,
            signal: reading.signal,
            onRead: (n) => (read.value = n),
          });
        } catch (error) {
          if (!isCancelled(error) && !endedBy(error)) problem.value = inWords(error);
        }
      },
      person.value ? TYPING_MS : 0,
    );
    return () => {
      clearTimeout(timer);
      reading.abort();
    };
  }, [person.value, hours.value, again.value]);

  const changes = found.value?.changes.filter((each) => !cause.value || each.cause === cause.value) ?? [];
  return html`<h1>${texts.title}</h1>
    <div class="tools">
      <label class="labelled"
        >${texts.person}
        <input
          type="search"
          placeholder=${texts.anybody}
          value=${person.value}
          onInput=${(/** @type {any} */ event) => (person.value = event.currentTarget.value)}
      /></label>
      <label class="labelled"
        >${texts.range}
        <select onChange=${(/** @type {any} */ event) => (hours.value = Number(event.currentTarget.value))}>
          ${RANGES.map((each) => html`<option value=${each} selected=${each === hours.value}>${texts.ranges[each]}</option>`)}
        </select></label
      >
      <label class="labelled"
        >${texts.cause}
        <select onChange=${(/** @type {any} */ event) => (cause.value = Number(event.currentTarget.value))}>
          <option value="0">${texts.anyCause}</option>
          ${CAUSES.map(([name, value]) => html`<option value=${value}>${t().cause.names[name]}</option>`)}
        </select></label
      >
      <button type="button" onClick=${() => again.value++}>${texts.refresh}</button>
      <p class="hint end" role="status">
        ${found.value ? texts.shown(changes.length) : read.value ? texts.reading(read.value) : ""} · ${t().common.zone(ZONE)}
      </p>
    </div>
    ${found.value?.isCapped && html`<${Notice} kind="warn">${texts.capped(found.value.changes.length)}<//>`}
    ${problem.value
      ? html`<${Notice}
          kind="error"
          actions=${html`<button type="button" onClick=${() => again.value++}>${t().common.retry}</button>`}
          >${problem.value}<//
        >`
      : found.value === null
        ? html`<${Loading} />`
        : changes.length === 0
          ? html`<${Empty} title=${found.value.changes.length ? texts.noMatch : texts.empty} />`
          : html`<${ChangeRows} changes=${changes} />`}`;
}

/** @param {{changes: Change[]}} props */
function ChangeRows({ changes }) {
  const texts = t().history;
  const rowHeight = NARROW.matches ? NARROW_ROW_PX : ROW_PX;
  const head = html`<div class="rows-head" role="rowgroup">
    <div class="row change" role="row" aria-rowindex="1">
      <div class="cell time" role="columnheader">${texts.time}</div>
      <div class="cell person" role="columnheader">${texts.person}</div>
      <div class="cell what" role="columnheader">${texts.change}</div>
      <div class="cell why" role="columnheader">${texts.why}</div>
    </div>
  </div>`;
  const row = (/** @type {number} */ index) => {
    const change = changes[index];
    return html`<div
      class="row change"
      role="row"
      key=${String(change.revision)}
      aria-rowindex=${index + 2}
      style=${{ transform: `translateY(${index * rowHeight}px)` }}
    >
      <div class="cell time" role="gridcell"><${Time} ms=${change.at} /></div>
      <div class="cell person" role="rowheader"><a tabindex="-1" href=${href("person", change.id)}><${Name}>${change.id}<//></a></div>
      <div class="cell what" role="gridcell"><${FromTo} change=${change} /></div>
      <div class="cell why" role="gridcell" title=${causeInWords(change)}>${causeInWords(change)}</div>
    </div>`;
  };
  return html`<${VirtualRows}
    count=${changes.length}
    rowHeight=${rowHeight}
    row=${row}
    head=${head}
    label=${texts.title}
  />`;
}

/** @param {{change: Change}} props */
export function FromTo({ change }) {
  const texts = t().history;
  return html`<span class="from-to">
    <span class="visually-hidden">${texts.from}</span><${StatusLabel} status=${change.from} />
    <span aria-hidden="true" class="arrow">→</span><span class="visually-hidden">${texts.to}</span>
    <${StatusLabel} status=${change.to} />
  </span>`;
}

/** History: status changes, newest first, by person, period and cause. */

import { Cause, html, useEffect, useSignal } from "../lib.js";
import { forgetting, people } from "../board/live.js";
import { keyOf } from "../board/people.js";
import { TeamChoice } from "../board/teams.js";
import { Who } from "../board/who.js";
import { causeInWords } from "../cause.js";
import { inWords, isCancelled } from "../problems.js";
import { href, team } from "../router.js";
import { account, endedBy } from "../session.js";
import { t } from "../texts/index.js";
import { ZONE, clock } from "../time.js";
import { tame } from "../ui/foreign.js";
import { Empty, Loading, Notice, Time } from "../ui/parts.js";
import { StatusLabel } from "../ui/status.js";
import { VirtualRows, rowPx } from "../ui/virtual.js";
import { csvOf, download } from "./csv.js";
import { NewestFirst } from "./newest.js";
import { CHOICES, dayText, rangeOf } from "./range.js";

/** @import { Change } from "./read.js" */
/** @import { Choice } from "./range.js" */

const CAUSES = /** @type {const} */ ([
  ["MANUAL", Cause.MANUAL],
  ["INACTIVITY", Cause.INACTIVITY],
  ["ACTIVITY", Cause.ACTIVITY],
  ["EXPIRY", Cause.EXPIRY],
  ["DISCONNECT", Cause.DISCONNECT],
]);
const TYPING_MS = 400;
/** How many changes are read at a time, of those that are shown. */
const SHOWN = 500;
const OFFERED = 20;

export function HistoryPage() {
  const texts = t().history;
  const person = useSignal("");
  const range = useSignal(/** @type {Choice} */ ("today"));
  const first = useSignal(dayText(Date.now()));
  const last = useSignal(first.value);
  const cause = useSignal(0);
  /** Counts up to read anew. */
  const again = useSignal(0);
  /** Counts up when somebody has been erased. */
  const forgotten = useSignal(0);
  const reader = useSignal(/** @type {NewestFirst | null} */ (null));
  const readAt = useSignal(0);
  const problem = useSignal("");
  const reading = useSignal(/** @type {AbortController | null} */ (null));
  const isShown = (/** @type {Change} */ change) => !cause.value || change.cause === cause.value;

  /** Read on, until some more are shown. @param {NewestFirst} from @param {AbortController} stop */
  const more = async (from, stop) => {
    const enough = from.changes.filter(isShown).length + SHOWN;
    reading.value = stop;
    problem.value = "";
    try {
      await from.more(stop.signal, (changes) => changes.filter(isShown).length >= enough);
      reader.value = from;
    } catch (error) {
      if (isCancelled(error) || endedBy(error)) return;
      problem.value = inWords(error);
    }
    if (reading.value === stop) reading.value = null;
  };
  const days = rangeOf(range.value, first.value, last.value, Date.now());
  useEffect(() => {
    const stop = new AbortController();
    const timer = setTimeout(
      () => {
        const now = Date.now();
        const wanted = rangeOf(range.value, first.value, last.value, now);
        reader.value = null;
        readAt.value = now;
        const whom = { accountId: account.peek(), userId: idOf(person.value), teamId: team.value };
        if (wanted) more(new NewestFirst({ ...whom, ...wanted }, now), stop);
      },
      person.value ? TYPING_MS : 0,
    );
    return () => {
      clearTimeout(timer);
      stop.abort();
      reading.value?.abort();
    };
  }, [person.value, team.value, range.value, first.value, last.value, cause.value, again.value]);

  useEffect(() => {
    const forget = (/** @type {string} */ id) => {
      reader.peek()?.forget(id);
      forgotten.value++;
    };
    forgetting.add(forget);
    return () => void forgetting.delete(forget);
  }, []);

  void forgotten.value;
  const found = reader.value;
  const changes = found?.changes.filter(isShown) ?? [];
  const typed = keyOf(person.value.trim());
  const offered = typed ? [...people.all.values()].filter((each) => each.key.includes(typed)).slice(0, OFFERED) : [];
  const isShared = !people.all.has(person.value.trim()) && idsNamed(person.value).length > 1;
  const hint = isShared ? texts.sharedName : person.value ? texts.wholeName : texts.kept;
  return html`<h1>${texts.title}</h1>
    <div class="tools">
      <${TeamChoice} all=${t().board.allTeams} isKept />
      <label class="labelled"
        >${texts.person}
        <input
          type="search"
          list="people"
          maxlength="128"
          placeholder=${texts.anybody}
          value=${person.value}
          onInput=${(/** @type {any} */ event) => (person.value = event.currentTarget.value)}
        />
        <datalist id="people">
          ${offered.map(({ id, name }) => html`<option key=${id} value=${id} label=${name ? `${tame(name)} (${tame(id)})` : null}></option>`)}
        </datalist>
      </label>
      <label class="labelled"
        >${texts.range}
        <select onChange=${(/** @type {any} */ event) => (range.value = event.currentTarget.value)}>
          ${CHOICES.map((each) => html`<option value=${each} selected=${each === range.value}>${texts.ranges[each]}</option>`)}
        </select></label
      >
      ${range.value === "days" &&
      /** @type {const} */ ([
        [texts.firstDay, first],
        [texts.lastDay, last],
      ]).map(
        ([label, day]) =>
          html`<label class="labelled" key=${label}
            >${label}
            <input type="date" value=${day.value} onChange=${(/** @type {any} */ event) => (day.value = event.currentTarget.value)}
          /></label>`,
      )}
      <label class="labelled"
        >${texts.cause}
        <select onChange=${(/** @type {any} */ event) => (cause.value = Number(event.currentTarget.value))}>
          <option value="0">${texts.anyCause}</option>
          ${CAUSES.map(([name, value]) => html`<option value=${value}>${t().cause.names[name]}</option>`)}
        </select></label
      >
      <button type="button" onClick=${() => again.value++}>${texts.refresh}</button>
      ${changes.length > 0 &&
      html`<button type="button" onClick=${() => download(`${account.value}.csv`, csvOf(changes))}>${texts.download}</button>`}
      <p class="hint end" role="status">
        ${found ? `${texts.shown(changes.length)} · ${texts.readAt(clock(readAt.value))}` : t().common.loading}
        ${" "}· ${t().common.zone(ZONE)}
      </p>
    </div>
    ${!days && html`<${Notice} kind="warn">${texts.noDays}<//>`}
    ${problem.value &&
    html`<${Notice}
      kind="error"
      actions=${html`<button type="button" onClick=${() => again.value++}>${t().common.retry}</button>`}
      >${problem.value}<//
    >`}
    ${found?.isCut && html`<${Notice} kind="warn">${texts.cut}<//>`}
    ${found && changes.length > 0 && html`<${ChangeRows} changes=${changes} top=${readAt.value} />`}
    ${found && changes.length === 0 && html`<${Empty} title=${texts.empty} hint=${hint} />`}
    ${!found && days && !problem.value && html`<${Loading} />`}
    ${found &&
    !found.isComplete &&
    html`<p class="older">
      <button type="button" disabled=${reading.value !== null} onClick=${() => more(found, new AbortController())}>
        ${reading.value ? t().common.loading : texts.older}
      </button>
      <span class="hint">${texts.readFrom(clock(found.from))}</span>
    </p>`}`;
}

/** Return the ids of those who have a name. @param {string} typed */
function idsNamed(typed) {
  const wanted = keyOf(typed.trim());
  return wanted ? [...people.all.values()].filter(({ name }) => name && keyOf(name) === wanted).map(({ id }) => id) : [];
}

/** Return the id that is meant by what was typed: an id, or the name of one person. @param {string} typed */
function idOf(typed) {
  const given = typed.trim();
  const named = people.all.has(given) ? [] : idsNamed(given);
  return named.length === 1 ? named[0] : given;
}

/** @param {{changes: Change[], top: unknown}} props */
function ChangeRows({ changes, top }) {
  const texts = t().history;
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
      style=${{ transform: `translateY(${index * rowPx.value}px)` }}
    >
      <div class="cell time" role="gridcell"><${Time} ms=${change.at} /></div>
      <div class="cell person" role="rowheader">
        ${change.id
          ? html`<a tabindex="-1" href=${href("person", change.id)}><${Who} id=${change.id} name=${change.name} /></a>`
          : html`<${Who} id="" />`}
      </div>
      <div class="cell what" role="gridcell"><${FromTo} change=${change} /></div>
      <div class="cell why" role="gridcell" title=${causeInWords(change)}>${causeInWords(change)}</div>
    </div>`;
  };
  return html`<${VirtualRows}
    count=${changes.length}
    row=${row}
    head=${head}
    label=${texts.title}
    top=${top}
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

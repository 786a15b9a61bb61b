/** Reports: a day of a team, time in status, and how many there were. Each as a picture and as a table, and as a file. */

import { html, useEffect, useMemo, useSignal } from "../lib.js";
import { TeamChoice } from "../board/teams.js";
import { download } from "../history/csv.js";
import { lazy } from "../lazy.js";
import { inWords, isCancelled } from "../problems.js";
import { href, route, team } from "../router.js";
import { account, endedBy } from "../session.js";
import { t } from "../texts/index.js";
import { loadReportTexts, r } from "../texts/reports.js";
import { Empty, Loading, Notice } from "../ui/parts.js";
import { CHOICES, DAYS_MAX, DAY_CHOICES, dayAfter, dayOf, isKnown, rangeOf } from "./calendar.js";
import { readZone } from "./read.js";
import { TimelineView } from "./timeline.js";

/** @import { Signal } from "@preact/signals" */
/** @import { Choice } from "./calendar.js" */
/** @import { Wanted } from "./read.js" */

/** @typedef {"timeline" | "time" | "coverage"} View */
/**
 * @typedef {object} ViewProps
 * @property {Omit<Wanted, "signal">} wanted
 * @property {boolean} isTable
 * @property {number} again counts up to read anew
 * @property {(status: string[], file: false | (() => string)) => any} frame draws the tools: with what was read, and what makes the file
 */

const VIEWS = /** @type {View[]} */ (["timeline", "time", "coverage"]);
const UTC = "UTC";

const TimesView = lazy(async () => (await import("./times.js")).TimesView);
const CoverageView = lazy(async () => (await import("./coverage.js")).CoverageView);

export const ReportsPage = lazy(async () => {
  await loadReportTexts();
  return Reports;
});

function Reports() {
  const zone = useSignal("");
  const problem = useSignal("");
  const again = useSignal(0);
  useEffect(() => {
    const stop = new AbortController();
    problem.value = "";
    readZone(account.peek(), stop.signal).then(
      (found) => (zone.value = found || UTC),
      (error) => {
        if (!isCancelled(error) && !endedBy(error)) problem.value = inWords(error);
      },
    );
    return () => stop.abort();
  }, [again.value]);
  const view = /** @type {View} */ (route.value.rest[0] ?? VIEWS[0]);
  if (!VIEWS.includes(view)) return html`<${Empty} isPage title=${t().errors.noPage} />`;
  const retry = html`<button type="button" onClick=${() => again.value++}>${t().common.retry}</button>`;
  return html`<div class="reports-head">
      <h1>${r().title}</h1>
      <nav class="chips" aria-label=${r().view}>
        ${VIEWS.map((each) => html`<a key=${each} class="chip" href=${href("reports", each)} aria-current=${each === view ? "page" : null}>${r().views[each]}</a>`)}
      </nav>
    </div>
    ${problem.value && html`<${Notice} kind="error" actions=${retry}>${problem.value}<//>`}
    ${zone.value ? html`<${Ranged} view=${view} zone=${zone.value} />` : !problem.value && html`<${Loading} />`}`;
}

/** @param {{view: View, zone: string}} props `zone`: the account's */
function Ranged({ view, zone: told }) {
  const zone = isKnown(told) ? told : UTC;
  const isDay = view === "timeline";
  const day = useSignal(/** @type {Choice} */ ("today"));
  const range = useSignal(/** @type {Choice} */ ("week"));
  const yesterday = dayAfter(dayOf(Date.now(), zone), -1);
  const [date, first, last] = [useSignal(yesterday), useSignal(yesterday), useSignal(yesterday)];
  const by = useSignal(/** @type {"person" | "day"} */ ("person"));
  const isTable = useSignal(false);
  const again = useSignal(0);
  const choice = isDay ? day : range;
  const [from, to] = isDay ? [date.value, date.value] : [first.value, last.value];
  const days = useMemo(() => rangeOf(choice.value, from, to, Date.now(), zone), [choice.value, from, to, zone, again.value]);
  const fileName = () => [account.value, view, days?.first, days?.last !== days?.first && days?.last].filter(Boolean).join("-") + ".csv";

  const frame = (/** @type {string[]} */ status, /** @type {false | (() => string)} */ file) => html`<div class="tools">
      <${TeamChoice} all=${t().board.allTeams} isKept />
      <${Select} label=${r().range} of=${choice} choices=${isDay ? DAY_CHOICES : CHOICES} name=${(/** @type {Choice} */ each) => (isDay && each === "days" ? r().day : r().ranges[each])} />
      ${choice.value === "days" &&
      (isDay
        ? html`<${DayField} label=${r().date} day=${date} />`
        : html`<${DayField} label=${t().history.firstDay} day=${first} /><${DayField} label=${t().history.lastDay} day=${last} />`)}
      ${view === "time" && html`<${Select} label=${r().bars} of=${by} choices=${["person", "day"]} name=${(/** @type {"person" | "day"} */ each) => r().by[each]} />`}
      <label class="labelled"
        >${r().look}
        <select onChange=${(/** @type {any} */ event) => (isTable.value = event.currentTarget.value === "table")}>
          ${/** @type {const} */ (["picture", "table"]).map(
            (each) => html`<option value=${each} selected=${(each === "table") === isTable.value}>${r().looks[each]}</option>`,
          )}
        </select></label
      >
      ${file && html`<button type="button" onClick=${() => download(fileName(), file())}>${t().history.download}</button>`}
      <div class="standing end">
        <p class="hint" role="status">${[...status, r().zone(zone)].filter(Boolean).join(" · ")}</p>
        <button type="button" class="quiet" onClick=${() => again.value++}>${t().history.refresh}</button>
      </div>
    </div>
    ${zone !== told && html`<${Notice} kind="warn">${r().zoneUnknown(told)}<//>`}`;
  if (!days) {
    const isNone = !from || !to || to < from;
    return html`${frame([], false)}<${Notice} kind="warn">${isNone ? t().history.noDays : r().tooLong(DAYS_MAX)}<//>`;
  }
  const wanted = { accountId: account.value, teamId: team.value, range: days, zone };
  const props = { wanted, isTable: isTable.value, frame, again: again.value };
  switch (view) {
    case "timeline":
      return html`<${TimelineView} key=${view} ...${props} />`;
    case "time":
      return html`<${TimesView} key=${view} ...${props} by=${by.value} />`;
    default:
      return html`<${CoverageView} key=${view} ...${props} />`;
  }
}

/**
 * @template {string} Value
 * @param {{label: string, of: Signal<Value>, choices: Value[], name: (value: Value) => string}} props
 */
function Select({ label, of, choices, name }) {
  return html`<label class="labelled"
    >${label}
    <select onChange=${(/** @type {any} */ event) => (of.value = event.currentTarget.value)}>
      ${choices.map((each) => html`<option key=${each} value=${each} selected=${each === of.value}>${name(each)}</option>`)}
    </select></label
  >`;
}

/** @param {{label: string, day: Signal<string>}} props */
function DayField({ label, day }) {
  return html`<label class="labelled"
    >${label}
    <input type="date" value=${day.value} onChange=${(/** @type {any} */ event) => (day.value = event.currentTarget.value)}
  /></label>`;
}

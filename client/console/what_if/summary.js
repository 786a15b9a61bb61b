/** What periods would have done, in the figures of `onduty simulate`. */

import { Status, html, millisecondsOf } from "../lib.js";
import { language, number, t } from "../texts/index.js";
import { ZONE, clock, period } from "../time.js";
import { isolated } from "../ui/foreign.js";
import { Notice } from "../ui/parts.js";
import { StatusLabel, statusName, statusWord } from "../ui/status.js";
import { settingInWords } from "../workflows/words.js";

/** @import { SimulationSummary } from "../lib.js" */
/** @import { Settings } from "../workflows/words.js" */

/** The share of switches to Away after which somebody was active soon that is worth a warning. */
const SOON_SHARE = 0.1;
const { ONLINE, AWAY, OFFLINE } = Status;
/** @typedef {readonly (readonly [Status, Status])[]} Pairs statuses before and after */
/** @type {Pairs} */
const DEMOTED = [[ONLINE, AWAY], [ONLINE, OFFLINE], [AWAY, OFFLINE]];
/** @type {Pairs} */
const RESUMED = [[AWAY, ONLINE], [OFFLINE, ONLINE]];

/** What all tried periods have in common: the log. @param {{summary: SimulationSummary, name: string}} props */
export function LogFacts({ summary, name }) {
  const texts = t().whatIf;
  const [first, last] = [millisecondsOf(summary.firstActivityTime), millisecondsOf(summary.lastActivityTime)];
  return html`<p>${isolated(name)}: ${texts.read(Number(summary.users), Number(summary.activities))}</p>
    ${first !== undefined &&
    last !== undefined &&
    html`<p class="hint">${clock(first)} – ${clock(last)} (${period(last - first)}) · ${t().common.zone(ZONE)}</p>`}`;
}

/** Return the largest number of switches of a kind, to which bars are drawn. @param {SimulationSummary | undefined} summary */
export function largestOf(summary) {
  const counts = [DEMOTED, RESUMED].map((pairs) => total(summary, pairs));
  return Math.max(1, ...counts);
}

/** @param {{title: string, settings: Settings, summary: SimulationSummary, largest: number, children?: any}} props */
export function Summary({ title, settings, summary, largest, children }) {
  const texts = t().whatIf;
  const fields = t().workflows.fields;
  const times = summary.timeInStatus.map((each) => ({ status: each.status, ms: millisecondsOf(each.duration) ?? 0 }));
  const all = times.reduce((sum, each) => sum + each.ms, 0);
  const [soon, toAway] = [Number(summary.activeSoonAfterAway), total(summary, [[ONLINE, AWAY]])];
  const [ignored, activities] = [Number(summary.ignoredActivities), Number(summary.activities)];
  const counted = (/** @type {any} */ label, /** @type {Pairs} */ pairs, kind = "") => {
    const n = total(summary, pairs);
    return html`<${Row} label=${label} share=${n / largest} kind=${kind} value=${number(n)} />`;
  };
  const group = (/** @type {string} */ label, /** @type {Pairs} */ pairs) => html`
    ${counted(html`<strong>${label}</strong>`, pairs)}
    ${pairs.map(([from, to]) => counted(`${statusWord(from)} → ${statusWord(to)}`, [[from, to]], statusName(to)))}
  `;
  return html`<section class="card" aria-label=${title}>
    <h2>${title}</h2>
    <p class="hint">
      ${/** @type {const} */ (["awayAfter", "offlineAfter", "resume"])
        .map((field) => `${fields[field]}: ${settingInWords(settings, field)}`)
        .join(" · ")}
    </p>
    <h3>${texts.time}</h3>
    <dl class="bars">
      ${times.map(
        ({ status, ms }) =>
          html`<${Row}
            key=${status}
            label=${html`<${StatusLabel} status=${status} />`}
            share=${all ? ms / all : 0}
            kind=${statusName(status)}
            value=${percent(ms, all)}
          />`,
      )}
    </dl>
    ${children}
    <h3>${texts.switches}</h3>
    <dl class="bars">${group(texts.demoted, DEMOTED)} ${group(texts.resumed, RESUMED)}</dl>
    ${activities > 0 && html`<p>${texts.ignored(ignored, activities, percent(ignored, activities))}</p>`}
    <${Notice} kind=${toAway && soon / toAway > SOON_SHARE ? "warn" : "info"}>
      <p><strong>${texts.soon(soon, toAway, percent(soon, toAway))}</strong></p>
    <//>
  </section>`;
}

/** @param {{label: any, share: number, value: string, kind?: string}} props */
function Row({ label, share, value, kind = "" }) {
  return html`<div class="bar-row">
    <dt>${label}</dt>
    <dd>
      <svg viewBox="0 0 100 16" preserveAspectRatio="none" aria-hidden="true">
        <rect class="part ${kind.toLowerCase()}" width=${100 * share} height="16" />
      </svg>
    </dd>
    <dd class="value">${value}</dd>
  </div>`;
}

/** Count switches. @param {SimulationSummary | undefined} summary @param {Pairs} pairs */
function total(summary, pairs) {
  const counted = summary?.switches.filter((each) => pairs.some(([from, to]) => each.previousStatus === from && each.status === to));
  return counted?.reduce((sum, each) => sum + Number(each.count), 0) ?? 0;
}

/** @param {number} part @param {number} all @param {number} [digits] after the point */
export function percent(part, all, digits = 1) {
  const format = { style: /** @type {const} */ ("percent"), minimumFractionDigits: digits, maximumFractionDigits: digits };
  return (all ? part / all : 0).toLocaleString(language.value, format);
}

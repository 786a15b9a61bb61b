/** When a status that is being set shall end, and what then follows. */

import { Status, Then, durationOf, html, timestampOf } from "../lib.js";
import { thenInWords } from "../cause.js";
import { t } from "../texts/index.js";
import { MINUTE, SECOND, period } from "../time.js";
import { serverNow } from "./live.js";

/**
 * An end as it is chosen: in some minutes, or at a time of day.
 * @typedef {object} Until
 * @property {number} minutes 0 for no end; `AT` for a time of day
 * @property {string} time as `14:30`
 * @property {Then} then
 */

const AT = -1;
const MINUTES = [15, 30, 60, 120, 240];

export const OPEN = /** @type {Until} */ ({ minutes: 0, time: "", then: Then.AUTOMATIC });

/** Return true if a time is yet to be chosen. @param {Until} until */
export function isUnclear({ minutes, time }) {
  return minutes === AT && !time;
}

/** Return the fields of a request for the end that was chosen. @param {Until} until @param {number} [now] ms UTC */
export function endOf({ minutes, time, then }, now = serverNow()) {
  if (minutes > 0) return { ttl: durationOf(minutes * MINUTE), then };
  if (minutes !== AT) return {};
  const [hour, minute] = time.split(":").map(Number);
  // The next time that the reader's clock shows it.
  const date = new Date(now);
  date.setHours(hour, minute, 0, 0);
  if (date.getTime() < now + SECOND) date.setDate(date.getDate() + 1);
  return { expireTime: timestampOf(date.getTime()), then };
}

/** @param {{until: Until, status: Status, onChange: (until: Until) => void, disabled: boolean}} props */
export function UntilField({ until, status, onChange, disabled }) {
  const texts = t().setStatus;
  const options = /** @type {[number, string][]} */ ([
    [0, texts.open],
    ...MINUTES.map((each) => [each, texts.inTime(period(each * MINUTE))]),
    [AT, texts.at],
  ]);
  // An Offline that ends by itself is followed by Away in any case.
  const thens = [Then.AUTOMATIC, Then.ONLINE, Then.AWAY, Then.OFFLINE].filter((each) => each > 1 || status !== Status.OFFLINE);
  return html`<div class="tools" role="group">
    <${Choice}
      label=${texts.until}
      value=${until.minutes}
      options=${options}
      onChange=${(/** @type {number} */ minutes) => onChange({ ...until, minutes })}
      disabled=${disabled}
    />
    ${until.minutes === AT &&
    html`<label class="labelled"
      >${texts.time}
      <input
        type="time"
        value=${until.time}
        disabled=${disabled}
        onInput=${(/** @type {any} */ event) => onChange({ ...until, time: event.currentTarget.value })}
    /></label>`}
    ${until.minutes !== 0 &&
    html`<${Choice}
      label=${texts.then}
      value=${thens.includes(until.then) ? until.then : Then.AWAY}
      options=${thens.map((each) => [each, thenInWords(each)])}
      onChange=${(/** @type {Then} */ then) => onChange({ ...until, then })}
      disabled=${disabled}
    />`}
  </div>`;
}

/**
 * @param {{label: string, value: number, options: [number, string][], onChange: (value: number) => void, disabled: boolean}} props
 */
function Choice({ label, value, options, onChange, disabled }) {
  return html`<label class="labelled"
    >${label}
    <select disabled=${disabled} onChange=${(/** @type {any} */ event) => onChange(Number(event.currentTarget.value))}>
      ${options.map(([each, words]) => html`<option value=${each} selected=${each === value}>${words}</option>`)}
    </select></label
  >`;
}

/** One person: how they stand, and what has been. */

import { OndutyError, Status, html, useEffect, useSignal } from "../lib.js";
import { may } from "../access.js";
import { causeInWords } from "../cause.js";
import { FromTo } from "../history/page.js";
import { readChanges } from "../history/read.js";
import { LostBanner } from "../link_state.js";
import { inWords, isCancelled } from "../problems.js";
import { href } from "../router.js";
import { account, client, endedBy } from "../session.js";
import { t } from "../texts/index.js";
import { HOUR, ZONE, roughly, tick } from "../time.js";
import { Icon } from "../ui/icons.js";
import { Empty, Loading, Name, Notice, Time } from "../ui/parts.js";
import { StatusLabel } from "../ui/status.js";
import { asOf, changed, link, people, serverNow, version } from "./live.js";
import { Next } from "./row.js";
import { SetStatusDialog } from "./set_status.js";
import { Timeline } from "./timeline.js";

/** @import { Change } from "../history/read.js" */
/** @import { Person } from "./people.js" */

const REREAD_MS = 4_000;
const RANGES = /** @type {const} */ ([8, 24, 168]);

/** @param {{id: string}} props */
export function PersonPage({ id }) {
  const texts = t().person;
  const isSetting = useSignal(false);
  void version.value;
  const person = people.all.get(id);
  useEffect(() => {
    // An activity moves the next switch, and no watch tells of it.
    const read = async () => {
      if (document.hidden || link.peek() !== "live") return;
      try {
        const { userStatus } = await client.getStatus({ accountId: account.peek(), userId: id });
        if (userStatus) people.take(userStatus);
        changed();
      } catch (error) {
        if (!(error instanceof OndutyError)) throw error;
        endedBy(error);
      }
    };
    read();
    const timer = setInterval(read, REREAD_MS);
    return () => clearInterval(timer);
  }, [id, person?.revision]);
  const back = html`<p class="crumbs"><a href=${href("board")}><${Icon} name="back" />${texts.back}</a></p>`;
  if (!person) {
    return html`${back}<${LostBanner} />${asOf.value ? html`<${Empty} title=${texts.unknown(id)} />` : html`<${Loading} />`}`;
  }
  return html`${back}<${LostBanner} />
    <div class=${link.value === "lost" ? "stale" : ""}>
      <div class="person-head">
        <h1><${Name}>${id}<//></h1>
        <${StatusLabel} status=${person.status} large />
        ${may("status.write") &&
        html`<button type="button" onClick=${() => (isSetting.value = true)}>${t().board.setSelected}</button>`}
      </div>
      <${Facts} person=${person} />
      <${Past} id=${id} person=${person} />
    </div>
    ${isSetting.value && html`<${SetStatusDialog} ids=${[id]} onClose=${() => (isSetting.value = false)} />`}`;
}

/** @param {{person: Person}} props */
export function Facts({ person }) {
  const texts = t().person;
  const now = tick.value && serverNow();
  const { lastActivity } = person;
  const ago = (/** @type {number} */ ms) => html`<${Time} ms=${ms} now=${now} /> <span class="hint">(${roughly(now - ms)})</span>`;
  const nextIsKnown = person.next !== Status.UNSPECIFIED && person.nextAt !== undefined;
  return html`<dl class="facts card">
    <div><dt>${texts.since}</dt><dd>${ago(person.since)}</dd></div>
    <div>
      <dt>${texts.why}</dt>
      <dd>${causeInWords(person, lastActivity === undefined ? undefined : now - lastActivity)}</dd>
    </div>
    <div><dt>${texts.last}</dt><dd>${lastActivity === undefined ? texts.never : ago(lastActivity)}</dd></div>
    <div><dt>${texts.next}</dt><dd>${nextIsKnown ? html`<${Next} person=${person} />` : texts.none}</dd></div>
  </dl>`;
}

/** @param {{id: string, person: Person}} props */
export function Past({ id, person }) {
  const texts = t().person;
  const hours = useSignal(24);
  const found = useSignal(/** @type {{changes: Change[], isCapped: boolean} | null} */ (null));
  const problem = useSignal("");
  const start = (tick.value && serverNow()) - hours.value * HOUR;
  useEffect(() => {
    const reading = new AbortController();
    const wanted = { accountId: account.peek(), userId: id, start: serverNow() - hours.value * HOUR, signal: reading.signal };
    readChanges(wanted).then(
      (answer) => {
        found.value = answer;
        problem.value = "";
      },
      (error) => {
        if (!isCancelled(error) && !endedBy(error)) problem.value = inWords(error);
      },
    );
    return () => reading.abort();
  }, [id, hours.value, person.revision]);
  return html`<section class="card">
    <div class="section-head">
      <h2>${texts.timeline}</h2>
      <label class="labelled"
        ><span class="visually-hidden">${texts.range}</span>
        <select onChange=${(/** @type {any} */ event) => (hours.value = Number(event.currentTarget.value))}>
          ${RANGES.map((each) => html`<option value=${each} selected=${each === hours.value}>${texts.ranges[each]}</option>`)}
        </select></label
      >
    </div>
    ${problem.value && html`<${Notice} kind="error">${problem.value}<//>`}
    ${found.value === null && !problem.value
      ? html`<${Loading} />`
      : html`<${Timeline} changes=${found.value?.changes ?? []} person=${person} start=${start} end=${serverNow()} />
          <${Changes} changes=${found.value?.changes ?? []} />`}
  </section>`;
}

/** @param {{changes: Change[]}} props */
function Changes({ changes }) {
  const texts = t().person;
  if (changes.length === 0) return html`<p class="hint">${texts.noChanges}</p>`;
  return html`<table class="plain">
      <caption class="visually-hidden">${texts.changes}</caption>
      <thead>
        <tr>
          <th scope="col">${t().history.time}</th>
          <th scope="col">${t().history.change}</th>
          <th scope="col">${t().history.why}</th>
        </tr>
      </thead>
      <tbody>
        ${changes.slice(0, 200).map(
          (change) =>
            html`<tr key=${String(change.revision)}>
              <td><${Time} ms=${change.at} /></td>
              <td><${FromTo} change=${change} /></td>
              <td class="breaks">${causeInWords(change)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
    <p class="hint">${t().common.zone(ZONE)}</p>`;
}

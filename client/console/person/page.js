/** One person: how they stand, and what has been. */

import { OndutyError, html, useEffect, useRef, useSignal } from "../lib.js";
import { may } from "../access.js";
import { causeInWords, causeName, endInWords } from "../cause.js";
import { FromTo } from "../history/page.js";
import { readChanges } from "../history/read.js";
import { LostBanner } from "../link_state.js";
import { inWords, isCancelled } from "../problems.js";
import { href, replace } from "../router.js";
import { account, client, endedBy } from "../session.js";
import { t } from "../texts/index.js";
import { HOUR, ZONE, clock, roughly } from "../time.js";
import { isolated } from "../ui/foreign.js";
import { Icon } from "../ui/icons.js";
import { Empty, Loading, Name, Notice, Time } from "../ui/parts.js";
import { StatusLabel } from "../ui/status.js";
import { asOf, isStale, learn, link, nowShown, people, version } from "../board/live.js";
import { partsOf } from "./parts_of.js";
import { nextOf } from "../board/people.js";
import { Next } from "../board/row.js";
import { SetStatusDialog } from "../board/set_status.js";
import { called } from "../board/who.js";
import { EraseDialog } from "../ui/erase.js";
import { EditDialog } from "./edit.js";
import { Timeline } from "./timeline.js";

/** @import { Change } from "../history/read.js" */
/** @import { Person } from "../board/people.js" */

const REREAD_MS = 4_000;
/** It answers once nothing is left. */
const ERASE_MAX_MS = 60_000;
const RANGES = /** @type {const} */ ([8, 24, 168]);
const ROWS_MORE = 100;

/** @param {{id: string}} props */
export function PersonPage({ id }) {
  const texts = t().person;
  const dialog = useSignal(/** @type {"" | "set" | "edit" | "erase"} */ (""));
  void version.value;
  const person = people.all.get(id);
  const wasThere = useRef(false);
  wasThere.current ||= person !== undefined;
  const isErased = id === "" || (wasThere.current && !person);
  const isLive = link.value === "live";
  useEffect(() => {
    // Not even the address says any more who it was.
    if (isErased && id) replace(href("person", ""));
  }, [isErased]);
  useEffect(() => {
    if (!isLive || isErased) return undefined;
    // An activity moves the next switch, and no watch tells of it.
    const reading = new AbortController();
    const read = async () => {
      if (document.hidden) return;
      try {
        const { userStatus } = await client.getStatus({ accountId: account.peek(), userId: id }, { signal: reading.signal });
        if (userStatus) learn([userStatus]);
      } catch (error) {
        // The watch says whether the server is there; this is asked for again.
        if (!(error instanceof OndutyError)) throw error;
        endedBy(error);
      }
    };
    read();
    const timer = setInterval(read, REREAD_MS);
    document.addEventListener("visibilitychange", read);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", read);
      reading.abort();
    };
  }, [id, person?.revision, isLive, isErased]);
  const close = () => (dialog.value = "");
  const back = html`<p class="crumbs"><a href=${href("board")}><${Icon} name="back" />${texts.back}</a></p>`;
  if (link.value === "denied") return html`${back}<${Empty} isPage title=${t().errors.denied} />`;
  if (isErased) return html`${back}<${Empty} isPage title=${texts.erased} hint=${texts.erasedHint} />`;
  if (!person) {
    return html`${back}<${LostBanner} />
      ${asOf.value ? html`<${Empty} isPage title=${texts.unknown(isolated(id))} />` : html`<${Loading} />`}`;
  }
  return html`${back}<${LostBanner} />
    <div class=${isStale.value ? "stale" : ""}>
      <div class="person-head">
        <${Heading} person=${person} />
        <${StatusLabel} status=${person.status} large />
        <div class="person-acts">
          ${may("status.write", id) && html`<button type="button" onClick=${() => (dialog.value = "set")}>${t().board.setSelected}</button>`}
          ${may("user.write", id) && html`<button type="button" onClick=${() => (dialog.value = "edit")}>${t().edit.open}</button>`}
          ${may("user.delete", id) && html`<button type="button" class="danger quiet" onClick=${() => (dialog.value = "erase")}>${t().erase.open}</button>`}
        </div>
      </div>
      <${Facts} person=${person} />
      <${Past} id=${id} person=${person} />
    </div>
    ${dialog.value === "set" && html`<${SetStatusDialog} ids=${[id]} onClose=${close} />`}
    ${dialog.value === "edit" && html`<${EditDialog} person=${person} onClose=${close} />`}
    ${dialog.value === "erase" && html`<${ErasePerson} id=${id} onClose=${close} />`}`;
}

/** @param {{id: string, onClose: () => void}} props */
function ErasePerson({ id, onClose }) {
  const texts = t().erase;
  return html`<${EraseDialog}
    title=${texts.person(called(id))}
    id=${id}
    parts=${[
      { title: texts.goes, lines: texts.goesOfPerson },
      { title: texts.stays, lines: texts.staysOfPerson },
    ]}
    erase=${() => client.deleteUser({ accountId: account.peek(), userId: id }, { timeoutMs: ERASE_MAX_MS })}
    onClose=${onClose}
  />`;
}

/** By what somebody is known. @param {{person: Person}} props */
export function Heading({ person: { id, name, team } }) {
  return html`<div>
    <h1><${Name}>${name || id}<//></h1>
    ${(name || team) &&
    html`<p class="hint known-as">
      ${name && html`<span>${t().person.id} <${Name}>${id}<//></span>`} ${team && html`<span>${t().common.team} <${Name}>${team}<//></span>`}
    </p>`}
  </div>`;
}

/** @param {{person: Person}} props */
export function Facts({ person }) {
  const texts = t().person;
  const now = nowShown.value;
  const { lastActivity } = person;
  const ago = (/** @type {number} */ ms) => html`<${Time} ms=${ms} now=${now} /> <span class="hint">(${roughly(now - ms)})</span>`;
  const next = nextOf(person);
  return html`<dl class="facts card">
    <div class="whole">
      <dt>${texts.why}</dt>
      <dd>${causeInWords(person, person.checked && lastActivity !== undefined ? now - lastActivity : undefined)}</dd>
    </div>
    <div><dt>${texts.since}</dt><dd>${ago(person.since)}</dd></div>
    <div><dt>${texts.last}</dt><dd>${lastActivity === undefined ? texts.never : ago(lastActivity)}</dd></div>
    <div>
      <dt>${texts.next}</dt>
      <dd>
        ${next ? html`<${Next} person=${person} />` : texts.none}
        <p class="hint">${(next && causeName(next.cause)) || "\u00a0"}</p>
      </dd>
    </div>
    <div><dt>${texts.end}</dt><dd>${endInWords(person) || texts.nothing}</dd></div>
    <div><dt>${texts.connected}</dt><dd>${person.isConnected ? t().workflows.yes : t().workflows.no}</dd></div>
    <div><dt>${texts.engagements}</dt><dd>${person.engagements || texts.nothing}</dd></div>
  </dl>`;
}

/** @param {{id: string, person: Person}} props */
export function Past({ id, person }) {
  const texts = t().person;
  const hours = useSignal(24);
  /** The end of the period shown, ms UTC; 0 for now. */
  const until = useSignal(0);
  const found = useSignal(/** @type {{changes: Change[], isCapped: boolean, start: number} | null} */ (null));
  const problem = useSignal("");
  const now = nowShown.value;
  const end = until.value || now;
  const length = hours.value * HOUR;
  const start = end - length;
  const isLive = link.value === "live";
  useEffect(() => {
    if (!isLive) return undefined;
    const reading = new AbortController();
    // All until now: the first change after the period tells how it ended.
    readChanges({ accountId: account.peek(), userId: id, start, signal: reading.signal }).then(
      (answer) => {
        found.value = { ...answer, start };
        problem.value = "";
      },
      (error) => {
        if (!isCancelled(error) && !endedBy(error)) problem.value = inWords(error);
      },
    );
    return () => reading.abort();
  }, [id, length, until.value, person.revision, isLive]);
  const { changes = [], isCapped = false } = found.value ?? {};
  const isThere = found.value !== null && found.value.start <= start;
  const move = (/** @type {number} */ to) => (until.value = to < nowShown.peek() ? to : 0);
  return html`<section class="card">
    <div class="section-head">
      <h2>${texts.timeline}</h2>
      <div class="steps">
        <button type="button" onClick=${() => move(start)}>${texts.earlier}</button>
        <button type="button" disabled=${!until.value} onClick=${() => move(end + length)}>${texts.later}</button>
        <label
          ><span class="visually-hidden">${texts.range}</span>
          <select onChange=${(/** @type {any} */ event) => (hours.value = Number(event.currentTarget.value))}>
            ${RANGES.map((each) => html`<option value=${each} selected=${each === hours.value}>${texts.ranges[each]}</option>`)}
          </select></label
        >
      </div>
    </div>
    ${until.value > 0 && html`<p role="status">${clock(start, now)} – ${clock(end, now)}</p>`}
    ${problem.value && html`<${Notice} kind="error">${problem.value}<//>`}
    ${isCapped
      ? html`<${Notice} kind="warn">${texts.capped}<//>`
      : isThere
        ? html`<${Timeline} parts=${partsOf(changes, person, start, end)} start=${start} end=${end} />
            <${Changes} changes=${changes.filter(({ at }) => at >= start && at < end)} key=${`${length} ${until.value}`} />`
        : !problem.value && html`<${Loading} />`}
  </section>`;
}

/** @param {{changes: Change[]}} props */
function Changes({ changes }) {
  const texts = t().person;
  const shown = useSignal(ROWS_MORE);
  if (changes.length === 0) return html`<p class="hint">${texts.noChanges}</p>`;
  return html`<table class="plain stacked">
      <caption class="visually-hidden">${texts.changes}</caption>
      <thead>
        <tr>
          <th scope="col">${t().history.time}</th>
          <th scope="col">${t().history.change}</th>
          <th scope="col">${t().history.why}</th>
        </tr>
      </thead>
      <tbody>
        ${changes.slice(0, shown.value).map(
          (change) =>
            html`<tr key=${String(change.revision)}>
              <td><${Time} ms=${change.at} /></td>
              <td><${FromTo} change=${change} /></td>
              <td class="breaks">${causeInWords(change)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
    ${changes.length > shown.value &&
    html`<button type="button" class="quiet" onClick=${() => (shown.value += ROWS_MORE)}>${t().common.more(changes.length - shown.value)}</button>`}
    <p class="hint">${t().common.zone(ZONE)}</p>`;
}

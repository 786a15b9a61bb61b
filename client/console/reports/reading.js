/** What a report has read so far, while it is drawn. */

import { OndutyError, html, useEffect, useSignal } from "../lib.js";
import { forgetting } from "../board/live.js";
import { inWords, isCancelled } from "../problems.js";
import { endedBy } from "../session.js";
import { t } from "../texts/index.js";
import { r } from "../texts/reports.js";
import { Empty, Loading, Notice } from "../ui/parts.js";
import { PEOPLE_MAX } from "./read.js";
import { clockIn, momentIn } from "./words.js";

/** @import { Signal } from "@preact/signals" */
/** @import { Range } from "./calendar.js" */
/** @import { Held } from "./read.js" */

/**
 * Read something whenever it is another thing.
 * @template Found
 * @param {(signal: AbortSignal, tell: (found: Found) => void) => Promise<void>} read
 * @param {unknown[]} of what it depends on
 * @param {(found: Found, id: string) => Found} [forget] returns what was found, without somebody who has been erased since
 */
export function useReading(read, of, forget) {
  const found = useSignal(/** @type {Found | null} */ (null));
  const problem = useSignal("");
  /** Counts up to read anew. */
  const again = useSignal(0);
  useEffect(() => {
    const stop = new AbortController();
    found.value = null;
    problem.value = "";
    const tell = (/** @type {Found} */ value) => {
      if (!stop.signal.aborted) found.value = value;
    };
    inTurn(() => read(stop.signal, tell), stop.signal).catch((error) => {
      if (!isCancelled(error) && !endedBy(error)) problem.value = isTooMuch(error) ? r().tooMuch : inWords(error);
    });
    return () => stop.abort();
  }, [...of, again.value]);
  useEffect(() => {
    const erase = (/** @type {string} */ id) => {
      if (found.value && forget) found.value = forget(found.value, id);
    };
    forgetting.add(erase);
    return () => void forgetting.delete(erase);
  }, []);
  return { found, problem, again };
}

/** How often a turn is asked for. A server makes few reports at a time, and those that nobody waits for any more are among them. */
const TRIES = 5;

/** Make calls again, later, as long as the server asks for that. @param {() => Promise<void>} read @param {AbortSignal} signal */
async function inTurn(read, signal) {
  for (let tries = 1; !signal.aborted; tries++) {
    try {
      return await read();
    } catch (error) {
      const delay = error instanceof OndutyError && error.code === "resource_exhausted" ? error.retryAfterMs : undefined;
      if (delay === undefined || tries === TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, delay));
    }
  }
}

/** True if there is more to add up than a server does at a time, now or later. @param {unknown} error */
function isTooMuch(error) {
  return error instanceof OndutyError && error.code === "resource_exhausted" && error.retryAfterMs === undefined;
}

/**
 * What is said of a reading beside its content: that it is under way, has failed, is of nobody, or not of all.
 * @param {{reading: {found: Signal<any>, problem: Signal<string>, again: Signal<number>}, count: number, range: Range, zone: string, isCut?: boolean}} props
 */
export function Standing({ reading: { found, problem, again }, count, range, zone, isCut = false }) {
  const held = /** @type {(Held & {isWhole?: boolean}) | null} */ (found.value);
  if (problem.value) {
    const retry = html`<button type="button" onClick=${() => again.value++}>${t().common.retry}</button>`;
    return html`<${Notice} kind="error" actions=${retry}>${problem.value}<//>`;
  }
  if (!held) return html`<${Loading} />`;
  return html`${isCut && html`<${Notice} kind="warn">${r().cut(PEOPLE_MAX)}<//>`}
    ${held.knownSince > range.start && count > 0 && html`<${Notice}>${r().keptSince(momentIn(held.knownSince, zone))}<//>`}
    ${held.isWhole !== false && count === 0 && html`<${Empty} title=${r().nobody} hint=${r().nobodyHint} />`}`;
}

/** Return up to when a report goes, if its range does not end before; empty otherwise. @param {Held | null} held @param {Range} range @param {string} zone */
export function soFar(held, range, zone) {
  return held && held.asOf < range.end ? r().soFar(clockIn(held.asOf, zone)) : "";
}

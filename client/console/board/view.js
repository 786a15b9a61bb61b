/** What the board shows: filter, order, selection, and the rows in view, which are read anew from time to time. */

import { OndutyError, computed, effect, signal } from "../lib.js";
import { team } from "../router.js";
import { account, client, endedBy } from "../session.js";
import { learn, link, people, serverNow, changed, teamWorkflows, version, workflow } from "./live.js";
import { Ordered } from "./order.js";
import { keyOf } from "./people.js";

/** @import { SortBy } from "./order.js" */
/** @import { Person } from "./people.js" */

/** An activity moves the next switch, and no watch tells of it. */
const REREAD_MS = 4_000;
/** How often the rows in view are read while a switch is near, or some of them have just changed. */
const REREAD_SOON_MS = 1_000;
const NEAR_MS = 10_000;
const SETTLE_MS = 150;
const IDS_MAX = 200;
/** For how long the order stays as it is after somebody has pointed at the rows. */
const HOLD_MS = 5_000;

export const search = signal("");
export const statuses = signal(/** @type {Set<number>} */ (new Set()));
export const sort = signal(/** @type {{by: SortBy, down: boolean}} */ ({ by: "person", down: false }));
export const selected = signal(/** @type {Set<string>} */ (new Set()));
/** True while rows stay where they are, so that none moves away from under the pointer. */
export const isHeld = signal(false);

const ordered = new Ordered();
/** @type {Person[]} */
let held = [];
let holding = 0;
const order = signal(0);

/** The people to show, in order; drawn anew whenever anything of it has changed. `at` tells who is in a row now, if anybody still is. */
export const rows = computed(() => {
  void [version.value, order.value];
  if (!isHeld.value) return { count: ordered.rows.length, at: (/** @type {number} */ index) => ordered.rows.at(index) };
  const now = held;
  return { count: now.length, at: (/** @type {number} */ index) => people.all.get(now[index]?.id) ?? now.at(index) };
});

people.onChange = (before, after) => {
  ordered.change(before, after);
  if (before && !after) deselect(before.id);
};
people.onReset = () => {
  reset();
  const there = [...selected.peek()].filter((id) => people.all.has(id));
  if (there.length < selected.peek().size) selected.value = new Set(there);
  changed();
};

function reset() {
  const { by, down } = sort.peek();
  ordered.reset(people.all.values(), { by, down, search: keyOf(search.peek().trim()), statuses: statuses.peek(), team: team.peek() });
  letGo();
}

effect(() => {
  void [search.value, statuses.value, sort.value, team.value];
  reset();
  order.value = order.peek() + 1;
});

effect(() => {
  // Whom one has selected in one account is not selected in another.
  void account.value;
  selected.value = new Set();
});

/** Keep the rows where they are for some seconds, in an order that would change as people do. */
export function hold() {
  if (sort.peek().by === "person" && statuses.peek().size === 0) return;
  if (!isHeld.peek()) held = [...ordered.rows];
  isHeld.value = true;
  clearTimeout(holding);
  holding = setTimeout(letGo, HOLD_MS);
}

/** Let everybody go to their place. */
export function letGo() {
  clearTimeout(holding);
  isHeld.value = false;
  held = [];
}

/** Return in which row somebody is; -1 if in none. @param {string} id */
export function indexOf(id) {
  if (isHeld.peek()) return held.findIndex((each) => each.id === id);
  const person = people.all.get(id);
  return person ? ordered.indexOf(person) : -1;
}

// --- the rows in view ----------------------------------------------------------------------------------------------------

let range = [0, 40];
let timer = 0;
/** When the timer fires, and when was last asked; local ms. */
let due = 0;
let asked = 0;
/** @type {AbortController | null} */
let asking = null;
let isWatched = false;

/** Tell which rows are in view. @param {number} first @param {number} last */
export function inView(first, last) {
  if (first === range[0] && last === range[1]) return;
  range = [first, last];
  asking?.abort();
  due = Infinity;
  schedule(SETTLE_MS);
}

/** Ask after so many ms, or earlier if that is planned already. @param {number} ms */
function schedule(ms) {
  const then = performance.now() + ms;
  if (!isWatched || then >= due) return;
  clearTimeout(timer);
  due = then;
  timer = setTimeout(reread, ms);
}

function peopleInView() {
  const { at } = rows.peek();
  const found = [];
  for (let index = range[0]; index < Math.min(range[1], range[0] + IDS_MAX); index++) {
    const person = at(index);
    if (person) found.push(person);
  }
  return found;
}

/** Ask for the people in view, as they are now. */
async function reread() {
  due = Infinity;
  const userIds = peopleInView().map((each) => each.id);
  if (userIds.length && link.peek() === "live" && !document.hidden) {
    asking?.abort();
    const mine = (asking = new AbortController());
    asked = performance.now();
    try {
      const answer = await client.batchGetStatuses({ accountId: account.peek(), userIds }, { signal: mine.signal });
      learn(answer.userStatuses);
    } catch (error) {
      // The watch says whether the server is there; this is asked for again.
      if (!(error instanceof OndutyError)) throw error;
      if (endedBy(error)) return;
    }
    if (asking !== mine) return;
    asking = null;
  }
  const now = serverNow();
  const isNear = peopleInView().some(({ nextAt }) => nextAt !== undefined && nextAt - now < NEAR_MS);
  schedule(isNear ? REREAD_SOON_MS : REREAD_MS);
}

/** Begin to keep the rows in view up to date. Returns what ends it. */
export function keepFresh() {
  isWatched = true;
  due = Infinity;
  schedule(SETTLE_MS);
  const end = effect(() => {
    // Somebody in view has changed or has come into view: a change does not tell what comes next.
    void rows.value;
    if (link.value !== "live" || asking || !peopleInView().some(({ checked }) => checked === 0)) return;
    schedule(Math.max(SETTLE_MS, asked + REREAD_SOON_MS - performance.now()));
  });
  const endOfOld = effect(() => {
    // A change of the workflow moves the next switch of everybody.
    void [workflow.value, teamWorkflows.value];
    schedule(SETTLE_MS);
  });
  const seen = () => schedule(0);
  document.addEventListener("visibilitychange", seen);
  return () => {
    isWatched = false;
    clearTimeout(timer);
    asking?.abort();
    document.removeEventListener("visibilitychange", seen);
    end();
    endOfOld();
  };
}

// --- what one chooses ----------------------------------------------------------------------------------------------------

/** @param {SortBy} by */
export function sortBy(by) {
  const { by: now, down } = sort.value;
  sort.value = { by, down: now === by ? !down : by === "since" };
}

/** @param {number} status */
export function toggleStatus(status) {
  const next = new Set(statuses.value);
  if (!next.delete(status)) next.add(status);
  statuses.value = next.size === 3 ? new Set() : next;
}

/** @param {string} id */
export function toggleSelected(id) {
  const next = new Set(selected.value);
  if (!next.delete(id)) next.add(id);
  selected.value = next;
}

/** @param {string} id */
function deselect(id) {
  held = held.filter((each) => each.id !== id);
  if (selected.peek().has(id)) toggleSelected(id);
}

export function areAllSelected() {
  return ordered.rows.length > 0 && selected.value.size > 0 && ordered.rows.every(({ id }) => selected.value.has(id));
}

/** Select everybody who is shown, or nobody of them. */
export function toggleAll() {
  const next = new Set(selected.value);
  if (areAllSelected()) for (const { id } of ordered.rows) next.delete(id);
  else for (const { id } of ordered.rows) next.add(id);
  selected.value = next;
}

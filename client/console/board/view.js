/** What the board shows: filter, order, selection, and the rows in view, which are read anew from time to time. */

import { OndutyError, computed, effect, signal } from "../lib.js";
import { account, client, endedBy } from "../session.js";
import { changed, link, people, version } from "./live.js";
import { Ordered } from "./order.js";

/** @import { SortBy } from "./order.js" */

/** An activity moves the next switch, and no watch tells of it. */
const REREAD_MS = 4_000;
const SETTLE_MS = 150;
const IDS_MAX = 200;

export const search = signal("");
export const statuses = signal(/** @type {Set<number>} */ (new Set()));
export const sort = signal(/** @type {{by: SortBy, down: boolean}} */ ({ by: "person", down: false }));
export const selected = signal(/** @type {Set<string>} */ (new Set()));

const ordered = new Ordered();

function reset() {
  const { by, down } = sort.peek();
  ordered.reset(people.all.values(), { by, down, search: search.peek().trim().toLowerCase(), statuses: statuses.peek() });
}

people.onChange = (before, after) => {
  ordered.change(before, after);
  if (shown.has(after.id) && after.nextAt === undefined) soon();
};
people.onReset = () => {
  reset();
  changed();
};

/** The people to show, in order. Drawn anew whenever anything of it has changed. */
export const rows = computed(() => {
  void [version.value, order.value];
  return { list: ordered.rows };
});
const order = signal(0);
effect(() => {
  void [search.value, statuses.value, sort.value];
  reset();
  order.value = order.peek() + 1;
});

effect(() => {
  // Whom one has selected in one account is not selected in another.
  void account.value;
  selected.value = new Set();
});

/** @type {Set<string>} */
let shown = new Set();
let timer = 0;

/** Tell which rows are in view. @param {number} first @param {number} last */
export function inView(first, last) {
  range = [first, last];
  soon();
}
let range = [0, 40];

function soon() {
  clearTimeout(timer);
  timer = setTimeout(reread, SETTLE_MS);
}

/** Ask for the people in view, as they are now. */
async function reread() {
  const userIds = ordered.rows.slice(range[0], Math.min(range[1], range[0] + IDS_MAX)).map((each) => each.id);
  shown = new Set(userIds);
  const accountId = account.peek();
  if (userIds.length && link.peek() === "live" && !document.hidden) {
    try {
      const answer = await client.batchGetStatuses({ accountId, userIds });
      if (accountId !== account.peek()) return;
      for (const user of answer.userStatuses) people.take(user);
      changed();
    } catch (error) {
      // The watch says whether the server is there; this is asked for again.
      if (!(error instanceof OndutyError)) throw error;
      endedBy(error);
    }
  }
  clearTimeout(timer);
  if (watching) timer = setTimeout(reread, REREAD_MS);
}

let watching = false;

/** Begin to keep the rows in view up to date. Returns what ends it. */
export function keepFresh() {
  watching = true;
  soon();
  const end = effect(() => {
    if (link.value === "live") soon();
  });
  return () => {
    watching = false;
    clearTimeout(timer);
    end();
  };
}

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

/** Select everybody who is shown, or nobody. */
export function toggleAll() {
  const everybody = ordered.rows.map((each) => each.id);
  selected.value = everybody.every((id) => selected.value.has(id)) ? new Set() : new Set(everybody);
}

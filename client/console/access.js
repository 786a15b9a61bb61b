/** What the caller may do. Only what is allowed is offered; the server refuses the rest anyway. */

import { OndutyError, computed, signal } from "./lib.js";
import { account, client, endedBy, state } from "./session.js";

/** @import { Caller, CallerGrant } from "./lib.js" */
/** @typedef {"activity.write" | "status.read" | "status.write" | "workflow.read" | "workflow.write"
 *   | "user.write" | "user.delete" | "account.write" | "account.delete"} Permission */

/** The caller as the server sees it; null until it is known. */
export const caller = signal(/** @type {Caller | null} */ (null));
/** The accounts that may be chosen, as far as they were read, sorted. */
export const accounts = signal(/** @type {string[]} */ ([]));
/** True if there are more accounts than were read so far. */
export const hasMoreAccounts = signal(false);
/** True if there are more accounts than are ever read. */
export const areTooMany = computed(() => hasMoreAccounts.value && accounts.value.length >= ACCOUNTS_MAX);

const CHECKED_EVERY_MS = 15_000;
const PAGE_SIZE = 1_000;
const ACCOUNTS_MAX = 20_000;

let nextPage = "";
/** The name of the last caller, of whom something may still be in memory. */
let lastName = /** @type {string | null} */ (null);

/** Ask the server who is calling. Fails as any call does. */
export async function askWhoIsCalling() {
  caller.value = null;
  accounts.value = [];
  nextPage = "";
  const found = (await client.getCaller({})).caller ?? null;
  const name = found?.name ?? "";
  // What was searched, chosen and read stays with whoever did.
  if (lastName !== null && name !== lastName) location.reload();
  lastName = name;
  caller.value = found;
  await readAccounts();
}

/**
 * Find out what has become of the credential: calls are made by those pages only that have something to ask, and tabs share a
 * watch.
 */
async function checkCaller() {
  if (state.value !== "ready" || document.hidden || !caller.value?.authenticated) return;
  try {
    const found = (await client.getCaller({})).caller;
    if (state.value === "ready" && JSON.stringify(found) !== JSON.stringify(caller.value)) caller.value = found ?? null;
  } catch (error) {
    // Whether the server can be reached is for others to say.
    if (!(error instanceof OndutyError)) throw error;
    endedBy(error);
  }
}
setInterval(checkCaller, CHECKED_EVERY_MS);
document.addEventListener("visibilitychange", checkCaller);

/** Read the next page of accounts. */
async function readAccounts() {
  try {
    const answer = await client.listAccounts({ pageSize: PAGE_SIZE, pageToken: nextPage });
    keepAccounts([...accounts.value, ...answer.accounts.map((each) => each.accountId)]);
    nextPage = answer.nextPageToken;
  } catch (error) {
    // The choice is a convenience: an account can be typed in.
    if (!(error instanceof OndutyError)) throw error;
    nextPage = "";
  }
  hasMoreAccounts.value = nextPage !== "";
}

/** Sort an account in that has been created. @param {string} id */
export function addAccount(id) {
  keepAccounts([...accounts.value, id]);
}

/** Leave an account out that has been erased. @param {string} id */
export function forgetAccount(id) {
  keepAccounts(accounts.value.filter((each) => each !== id));
}

/** @param {string[]} found */
function keepAccounts(found) {
  accounts.value = [...new Set(found)].sort(new Intl.Collator(undefined, { numeric: true }).compare);
}

/** Read the accounts that have not been read yet. */
export async function readAllAccounts() {
  while (nextPage && accounts.value.length < ACCOUNTS_MAX) await readAccounts();
}

/** True if the caller may do something in every account, and so in those that nothing was recorded in. */
export const isEverywhere = computed(
  () => caller.value !== null && (!caller.value.authenticated || caller.value.grants.some((each) => each.everywhere)),
);

/** True if there is another account to choose, or to type in. */
export const hasChoice = computed(() => isEverywhere.value || accounts.value.length > 1);

/** What the caller may do in the account that is shown, for everybody and for its own user. */
const allowed = computed(() => {
  const everybody = new Set(/** @type {string[]} */ ([]));
  const own = new Set(/** @type {string[]} */ ([]));
  for (const grant of caller.value?.grants ?? []) {
    if (!grant.everywhere && grant.accountId !== account.value) continue;
    for (const permission of grant.permissions) (grant.ownUserOnly ? own : everybody).add(permission);
  }
  return { everybody, own };
});

/**
 * Return true if the caller may do something to an account, whichever is shown; in every account, if none is named.
 * @param {Permission} permission
 * @param {string} [accountId]
 */
export function mayIn(permission, accountId) {
  const { authenticated = true, grants = [] } = caller.value ?? {};
  const holds = (/** @type {CallerGrant} */ each) => (each.everywhere || each.accountId === accountId) && !each.ownUserOnly;
  return !authenticated || grants.some((each) => holds(each) && each.permissions.includes(permission));
}

/**
 * Return true if the caller may do something in the account that is shown: for a user, or for everybody if none is named.
 * @param {Permission} permission
 * @param {string} [userId]
 */
export function may(permission, userId) {
  if (caller.value === null) return false;
  const { everybody, own } = allowed.value;
  if (!caller.value.authenticated || everybody.has(permission)) return true;
  return userId !== undefined && userId === caller.value.userId && own.has(permission);
}

/** The only user whose status the caller may read in the account that is shown; empty if it may read all, or none. */
export const onlyUser = computed(() => {
  const userId = caller.value?.userId ?? "";
  return !may("status.read") && may("status.read", userId) ? userId : "";
});

/** True if the caller may watch the account that is shown. A watch also tells of the workflow. */
export const mayWatch = computed(() => may("status.read") && may("workflow.read"));

/** True if the account that is shown has a page for the caller. */
export const hasPages = computed(() => onlyUser.value !== "" || may("status.read") || may("workflow.read"));

/** What the caller may do. Only what is allowed is offered; the server refuses the rest anyway. */

import { OndutyError, computed, signal } from "./lib.js";
import { account, client } from "./session.js";

/** @import { Caller } from "./lib.js" */

/** The caller as the server sees it; null until it is known. */
export const caller = signal(/** @type {Caller | null} */ (null));
/** The accounts that may be chosen. */
export const accounts = signal(/** @type {string[]} */ ([]));

const ACCOUNTS_SHOWN = 1_000;

/** Ask the server who is calling. Fails as any call does. */
export async function askWhoIsCalling() {
  caller.value = null;
  accounts.value = [];
  caller.value = (await client.getCaller({})).caller ?? null;
  try {
    const answer = await client.listAccounts({ pageSize: ACCOUNTS_SHOWN });
    accounts.value = answer.accounts.map((each) => each.accountId);
  } catch (error) {
    // The choice is a convenience: an account can be typed in.
    if (!(error instanceof OndutyError)) throw error;
  }
}

/** What the caller may do in the account that is shown. */
const allowed = computed(() => {
  const permissions = new Set(/** @type {string[]} */ ([]));
  for (const grant of caller.value?.grants ?? []) {
    if (grant.ownUserOnly || !(grant.everywhere || grant.accountId === account.value)) continue;
    for (const permission of grant.permissions) permissions.add(permission);
  }
  return permissions;
});

/**
 * Return true if the caller may do something for everybody in the account that is shown.
 * @param {"status.read" | "status.write" | "workflow.read" | "workflow.write"} permission
 */
export function may(permission) {
  return caller.value !== null && (!caller.value.authenticated || allowed.value.has(permission));
}

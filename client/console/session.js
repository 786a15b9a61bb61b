/**
 * Who is signed in, and the client that calls for them.
 *
 * Invariant: a token is kept in this tab's session storage and nowhere else, and goes to the page's own server only.
 */

import { OndutyError, computed, createClient, signal } from "./lib.js";
import { route } from "./router.js";

const TOKEN_KEY = "onduty.token";
const NAME_KEY = "onduty.name";

export const state = signal(/** @type {"loading" | "signed-out" | "ready" | "unreachable"} */ ("loading"));
/** Why one has to sign in: `expired` if one was signed in before, `refused` if the token just given is not valid. */
export const why = signal(/** @type {"" | "expired" | "refused"} */ (""));
/** True if calls carry a token. */
export const hasToken = signal(sessionStorage.getItem(TOKEN_KEY) !== null);
/** What to record as the name of who acts, on a server that asks for no credential. */
export const ownName = signal(localStorage.getItem(NAME_KEY) ?? "");

let token = sessionStorage.getItem(TOKEN_KEY);

export const client = createClient({
  baseUrl: "",
  token: () => token ?? undefined,
  actor: () => (token === null && ownName.value) || undefined,
});

/** The account whose pages are shown; empty if none is chosen. */
export const account = computed(() => route.value.account);

/** Called when calls may have another caller than before; fails if they have none. */
export const onBegin = { ask: async () => {} };

/** Find out whether the server takes calls as things are. */
export async function begin() {
  state.value = "loading";
  try {
    await onBegin.ask();
    state.value = "ready";
  } catch (error) {
    if (!(error instanceof OndutyError)) throw error;
    if (error.code === "unauthenticated") signedOut(hasToken.value ? "expired" : "");
    else state.value = "unreachable";
  }
}

/**
 * Use a token from now on.
 * @param {string} given
 */
export async function signIn(given) {
  token = given;
  sessionStorage.setItem(TOKEN_KEY, given);
  hasToken.value = true;
  await begin();
  if (state.value === "signed-out") why.value = "refused";
}

/**
 * Forget the token.
 * @param {"" | "expired"} [because]
 */
export function signedOut(because = "") {
  token = null;
  sessionStorage.removeItem(TOKEN_KEY);
  hasToken.value = false;
  why.value = because;
  state.value = "signed-out";
}

/**
 * Show the sign-in page if an error says that the credential has ceased to be valid. Returns true if so.
 * @param {unknown} error
 */
export function endedBy(error) {
  if (!(error instanceof OndutyError) || error.code !== "unauthenticated") return false;
  signedOut("expired");
  return true;
}

/** @param {string} name */
export function setOwnName(name) {
  ownName.value = name.trim();
  localStorage.setItem(NAME_KEY, ownName.value);
}

/**
 * Who is signed in, and the client that calls for them.
 *
 * Invariants: a token is kept in this tab's session storage and nowhere else, and goes to the page's own server only; a refresh
 * token is kept in memory only, since a tab that is duplicated would use it twice.
 */

import { OndutyError, computed, createClient, signal } from "./lib.js";
import { route } from "./router.js";
import { answer, depart } from "./sign_in/answer.js";
import { findProvider, protocol, provider } from "./sign_in/provider.js";
import { browserStorage, openChannel, tabStorage } from "./storage.js";

/** @import { Reason, Tokens } from "./sign_in/oidc.js" */

const TOKEN_KEY = "onduty.token";
const BY_PROVIDER_KEY = "onduty.by-provider";
const LEFT_AT_KEY = "onduty.left-at";
const NAME_KEY = "onduty.name";
const RENEWED_BEFORE_END_MS = 60_000;
const RENEWED_AGAIN_AFTER_MS = 5_000;
/** The shortest time between two attempts to be signed in again without a person, so that there is no loop of them. */
const AGAIN_AFTER_MS = 4_000;

/** `leaving`: for the provider, to be signed in again. */
export const state = signal(/** @type {"loading" | "signed-out" | "ready" | "unreachable" | "leaving"} */ ("loading"));
/** Why one has to sign in, or could not. */
export const why = signal(/** @type {"" | "refused" | "unaccepted" | Reason} */ (""));
/** What the provider said about it. */
export const detail = signal("");
/** True if calls carry a token. */
export const hasToken = signal(tabStorage.get(TOKEN_KEY) !== null);
/** What to record as the name of who acts, on a server that asks for no credential. */
export const ownName = signal(browserStorage.get(NAME_KEY) ?? "");

let token = tabStorage.get(TOKEN_KEY);
let refreshToken = /** @type {string | undefined} */ (undefined);
let renewal = 0;
let hasAnswer = answer !== null;

/** Told when somebody signs out at the provider. */
const tabs = openChannel("onduty.sign-out");

export const client = createClient({
  baseUrl: "",
  token: () => token ?? undefined,
  actor: () => (token === null && ownName.value) || undefined,
});

/** The account whose pages are shown; empty if none is chosen. */
export const account = computed(() => route.value.account);

/** Called when calls may have another caller than before; fails if they have none. */
export const onBegin = { ask: async () => {} };

/** The credential of calls that are made from now on, to be compared only. */
export function credential() {
  return token;
}

/** Find out whether the server takes calls as things are. */
export async function begin() {
  // What says that the server is away stays until it is not.
  if (state.value !== "unreachable") state.value = "loading";
  const isBack = hasAnswer;
  hasAnswer = false;
  if (isBack && !(await take(redeemed))) return;
  try {
    await onBegin.ask();
    state.value = "ready";
    why.value = "";
  } catch (error) {
    if (!(error instanceof OndutyError)) throw error;
    if (error.code !== "unauthenticated") state.value = "unreachable";
    else if (isBack) await signedOut("unaccepted", error.message);
    else await ended();
  }
}

/**
 * Use a token from now on.
 * @param {string} given
 */
export async function signIn(given) {
  forget();
  use(given);
  await begin();
  if (state.value === "signed-out") why.value = "refused";
}

/** Leave for the provider, and come back to this page. */
export async function signInAtProvider() {
  await leave(false);
}

/** Forget who was signed in, here and at the provider, and all that was shown. */
export async function signOut() {
  const isByProvider = tabStorage.get(BY_PROVIDER_KEY) !== null;
  state.value = "loading";
  forget();
  if (isByProvider) tabs?.postMessage("");
  /** @type {URL | string} */
  let next = location.pathname;
  if (isByProvider) {
    const known = await findProvider().catch(() => null);
    next = (known && (await protocol().then((it) => it.farewellAddress(known)).catch(() => null))) || next;
  }
  location.replace(next);
}

/**
 * Sign in again if an error says that the credential has ceased to be valid. Returns true if so.
 * @param {unknown} error
 * @param {string | null} [used] what `credential` returned before the call, if it may have been renewed since
 */
export function endedBy(error, used = token) {
  if (!(error instanceof OndutyError) || error.code !== "unauthenticated" || used !== token) return false;
  if (state.value === "ready") recover();
  return true;
}

/** @param {string} name */
export function setOwnName(name) {
  ownName.value = name.trim();
  browserStorage.set(NAME_KEY, ownName.value);
}

/** Nothing is shown until it is known who calls. What a credential allows may have changed, while it is valid. */
async function recover() {
  state.value = "loading";
  if (refreshToken) await renew();
  await begin();
}

/** The credential is not valid, or none is given. */
async function ended() {
  const wasSignedIn = hasToken.value;
  const isByProvider = tabStorage.get(BY_PROVIDER_KEY) !== null;
  forget();
  const lately = Date.now() - Number(tabStorage.get(LEFT_AT_KEY));
  // The provider may know the person still.
  if (wasSignedIn && isByProvider && (lately < 0 || lately > AGAIN_AFTER_MS)) await leave(true);
  else await signedOut(wasSignedIn ? "expired" : "");
}

/** @param {boolean} isSilent */
async function leave(isSilent) {
  state.value = isSilent ? "leaving" : state.value;
  tabStorage.set(LEFT_AT_KEY, String(Date.now()));
  await attempt(async () => {
    const known = await findProvider();
    if (!known) return;
    // There is no cryptography for pages that came unencrypted.
    if (!isSecureContext) throw { reason: "insecure" };
    const { address, departure } = await (await protocol()).begun(known, { page: location.hash, isSilent });
    if (!depart(departure)) throw { reason: "blocked" };
    location[isSilent ? "replace" : "assign"](address);
  });
}

async function redeemed() {
  const known = await findProvider();
  return known && answer && (await protocol()).redeem(known, answer);
}

async function renew() {
  clearTimeout(renewal);
  const known = provider.value;
  try {
    if (known && refreshToken) keep(await (await protocol()).renew(known, refreshToken));
  } catch (error) {
    // Until it can be reached, the token may still be valid.
    if (reasonOf(error).reason === "unreachable") renewal = setTimeout(renew, RENEWED_AGAIN_AFTER_MS);
    else refreshToken = undefined;
  }
}

/** Use the tokens that are returned. Returns false, and shows why, if there are none. @param {() => Promise<Tokens | null>} get */
async function take(get) {
  return attempt(async () => {
    const tokens = await get();
    if (tokens) keep(tokens);
  });
}

/** @param {() => Promise<void>} act */
async function attempt(act) {
  try {
    await act();
    return true;
  } catch (error) {
    const { reason, detail } = reasonOf(error);
    await signedOut(reason, detail);
    return false;
  }
}

/**
 * Return why signing in failed. What is no SignInError is a failure to load from the page's own server.
 * @param {any} error
 * @returns {{reason: Reason | "offline", detail: string}}
 */
function reasonOf(error) {
  return { reason: error?.reason ?? "offline", detail: error?.detail ?? "" };
}

/** @param {Tokens} tokens */
function keep(tokens) {
  use(tokens.token);
  tabStorage.set(BY_PROVIDER_KEY, "1");
  refreshToken = tokens.refreshToken ?? refreshToken;
  clearTimeout(renewal);
  if (refreshToken === undefined || tokens.lifetimeMs === undefined) return;
  renewal = setTimeout(renew, Math.max(tokens.lifetimeMs - RENEWED_BEFORE_END_MS, tokens.lifetimeMs / 2));
}

/** @param {string} given */
function use(given) {
  token = given;
  tabStorage.set(TOKEN_KEY, given);
  hasToken.value = true;
}

function forget() {
  token = null;
  refreshToken = undefined;
  clearTimeout(renewal);
  tabStorage.set(TOKEN_KEY, null);
  tabStorage.set(BY_PROVIDER_KEY, null);
  hasToken.value = false;
}

/**
 * Show the page for signing in.
 * @param {typeof why.value | "offline"} because
 * @param {string} [said]
 */
async function signedOut(because, said = "") {
  forget();
  await findProvider().catch(() => null);
  if (because === "offline") {
    state.value = "unreachable";
    return;
  }
  why.value = because;
  detail.value = said;
  state.value = "signed-out";
}

// The session with the provider is that of all tabs.
tabs?.addEventListener("message", () => {
  if (tabStorage.get(BY_PROVIDER_KEY) !== null) signedOut("");
});

addEventListener("pageshow", (event) => {
  // Somebody came back from the provider by the browser's own button.
  if (event.persisted && state.value !== "ready") begin();
});

/** Which page is shown. The address holds the account, the page, what it is about and the team: `#/acme/person/ann?team=night`. */

import "./sign_in/answer.js";
import { computed, signal } from "./lib.js";

const hash = signal(location.hash);
/** True while the page holds something that is lost when it is left. */
export const guard = signal(false);
/** The address that was asked for while `guard` was set; empty if none. */
export const pending = signal("");

addEventListener("hashchange", () => {
  if (guard.peek()) {
    pending.value = location.hash;
    history.replaceState(null, "", hash.peek());
  } else hash.value = location.hash;
});
addEventListener("beforeunload", (event) => {
  if (guard.peek()) event.preventDefault();
});

/** Leave the page for the address that was asked for, or stay. @param {boolean} isYes */
export function leave(isYes) {
  const address = pending.peek();
  pending.value = "";
  if (!isYes) return;
  guard.value = false;
  go(address);
}

/** @typedef {{account: string, page: string, rest: string[]}} Route */

export const route = computed(() => {
  const [path] = hash.value.replace(/^#\/?/, "").split("?");
  const [account = "", page = "", ...rest] = path.split("/").map(decoded);
  return /** @type {Route} */ ({ account, page: page || "board", rest });
});

/** The team to which the pages are narrowed; empty for everybody. */
export const team = computed(() => new URLSearchParams(hash.value.split("?")[1]).get("team") ?? "");

/** Return a part of an address that narrows it to a team. @param {string} id */
const narrowed = (id) => (id ? `?${new URLSearchParams({ team: id })}` : "");

/** Narrow the page that is shown to a team, or show everybody again. @param {string} id */
export function chooseTeam(id) {
  go(hash.peek().split("?")[0] + narrowed(id));
}

/** True while the address says nothing, as when the console is opened: `#/` asks for the choice of an account. */
export const isFirst = computed(() => hash.value === "");

/**
 * Return the address of a page of the current account and team.
 * @param {string} page
 * @param {...string} rest
 */
export function href(page, ...rest) {
  return hrefIn(route.value.account, page, ...rest) + narrowed(team.value);
}

/**
 * Return the address of a page.
 * @param {string} account
 * @param {...string} rest
 */
export function hrefIn(account, ...rest) {
  return `#/${[account, ...rest].map(encodeURIComponent).join("/")}`;
}

/** @param {string} address */
export function go(address) {
  location.hash = address;
}

/** Go to an address that takes the place of the current one in the history. @param {string} address */
export function replace(address) {
  history.replaceState(null, "", address);
  hash.value = address;
}

/** @param {string} part */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

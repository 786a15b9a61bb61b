/** Which page is shown. The address holds the account, the page and what it is about: `#/acme/board/person/ann`. */

import "./sign_in/answer.js";
import { computed, signal } from "./lib.js";

const hash = signal(location.hash);
addEventListener("hashchange", () => {
  hash.value = location.hash;
});

/** @typedef {{account: string, page: string, rest: string[]}} Route */

export const route = computed(() => {
  const [account = "", page = "", ...rest] = hash.value.replace(/^#\/?/, "").split("/").map(decoded);
  return /** @type {Route} */ ({ account, page: page || "board", rest });
});

/** True while the address says nothing, as when the console is opened: `#/` asks for the choice of an account. */
export const isFirst = computed(() => hash.value === "");

/**
 * Return the address of a page of the current account.
 * @param {string} page
 * @param {...string} rest
 */
export function href(page, ...rest) {
  return hrefIn(route.value.account, page, ...rest);
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

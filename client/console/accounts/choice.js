/** The account of the pages, and the way to another one. */

import { html } from "../lib.js";
import { accounts, hasChoice, hasMoreAccounts, isEverywhere } from "../access.js";
import { go, hrefIn, route } from "../router.js";
import { account } from "../session.js";
import { t } from "../texts/index.js";
import { Name } from "../ui/parts.js";

/** How many are offered. */
const OFFERED_MAX = 20;

export function AccountChoice() {
  const { nav } = t();
  const others = accounts.value;
  if (others.length < 2 || others.length > OFFERED_MAX || hasMoreAccounts.value) {
    return html`<p class="account">
      <span class="hint">${nav.account}</span> <${Name}>${account.value}<//>
      ${hasChoice.value && html`<a class="quiet-link" href="#/">${nav.changeAccount}</a>`}
    </p>`;
  }
  const known = others.includes(account.value) ? others : [account.value, ...others];
  return html`<p class="account">
    <label class="hint" for="account">${nav.account}</label>
    <select
      id="account"
      value=${account.value}
      onChange=${(/** @type {any} */ event) => {
        go(hrefIn(event.currentTarget.value, route.value.page));
        // The page may stay where it is.
        event.currentTarget.value = account.value;
      }}
    >
      ${known.map((each) => html`<option key=${each} value=${each} selected=${each === account.value}>${each}</option>`)}
    </select>
    ${isEverywhere.value && html`<a class="quiet-link" href="#/">${nav.changeAccount}</a>`}
  </p>`;
}

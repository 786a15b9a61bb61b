/** The choice of an account, before there is a page. */

import { html, useEffect, useSignal, useState } from "../lib.js";
import { accounts, addAccount, areTooMany, caller, forgetAccount, hasMoreAccounts, isEverywhere, mayIn, readAllAccounts } from "../access.js";
import { go, hrefIn, isFirst, replace } from "../router.js";
import { account, client, endedBy, hasToken, ownName, setOwnName, signOut } from "../session.js";
import { inWords } from "../problems.js";
import { t } from "../texts/index.js";
import { EraseDialog } from "../ui/erase.js";
import { isolated, tame } from "../ui/foreign.js";
import { Icon } from "../ui/icons.js";
import { Language } from "../ui/language.js";
import { Brand, Name, Notice } from "../ui/parts.js";

const ID_MAX_BYTES = 128;
/** It answers once nothing is left, of however many people. */
const ERASE_MAX_MS = 300_000;
/** How many are shown at a time, and from how many on they can be searched. */
const SHOWN_MAX = 100;
const SEARCHABLE_FROM = 8;

/** The page on which an account is chosen: none is in the address, or one that the caller may not see. */
export function Start() {
  const texts = t().start;
  const refused = account.value;
  const only = accounts.value.length === 1 && !hasMoreAccounts.value ? accounts.value[0] : undefined;
  // Decided once: whoever creates their first account stays here.
  const [isStraight] = useState(only !== undefined && !refused && (isFirst.value || !isEverywhere.value));
  useEffect(() => {
    document.title = `${texts.title} · onduty`;
    readAllAccounts();
  }, []);
  useEffect(() => {
    if (isStraight) replace(hrefIn(/** @type {string} */ (only), "board"));
  }, [isStraight]);
  if (isStraight) return null;
  const isNothing = accounts.value.length === 0 && !isEverywhere.value;
  return html`<main class="alone">
    <div class="card narrow">
      <${Brand} />
      <h1>${isNothing ? texts.nothing : texts.title}</h1>
      ${refused && html`<${Notice} kind="warn">${texts.refused(`\u2068${refused}\u2069`)}<//>`}
      <p class="hint">${isNothing ? texts.nothingHint(`\u2068${caller.value?.name}\u2069`) : texts.hint}</p>
      ${accounts.value.length > 0 && html`<${Choice} />`} ${isEverywhere.value && html`<${Entry} />`}
      ${mayIn("account.write") && html`<${Creation} />`}
      ${hasToken.value &&
      html`<p class="who"><${Name}>${caller.value?.name ?? ""}<//>
        <button type="button" class="quiet" onClick=${signOut}>${t().nav.signOut}</button></p>`}
      <${Language} />
    </div>
  </main>`;
}

/** The accounts to choose from. */
function Choice() {
  const texts = t().start;
  const search = useSignal("");
  /** The account that is about to be erased. */
  const erasing = useSignal("");
  const wanted = search.value.trim().toLowerCase();
  const found = accounts.value.filter((each) => each.toLowerCase().includes(wanted));
  const shown = found.slice(0, SHOWN_MAX);
  return html`${accounts.value.length > SEARCHABLE_FROM &&
    html`<div class="field">
      <input
        type="search"
        aria-label=${texts.search}
        placeholder=${texts.search}
        onInput=${(/** @type {any} */ event) => (search.value = event.currentTarget.value)}
      />
      <p class="hint" role="status">
        ${texts.shown(shown.length, accounts.value.length)}${areTooMany.value && ` ${texts.notAll}`}
      </p>
    </div>`}
    ${shown.length > 0 &&
    html`<ul class="account-list">
      ${shown.map(
        (each) =>
          html`<li key=${each}>
            <a href=${hrefIn(each, "board")}><${Name}>${each}<//></a>
            ${mayIn("account.delete", each) &&
            html`<button
              type="button"
              class="icon-button"
              aria-label=${texts.erase(tame(each))}
              title=${texts.erase(tame(each))}
              onClick=${() => (erasing.value = each)}
            >
              <${Icon} name="cross" />
            </button>`}
          </li>`,
      )}
    </ul>`}
    ${erasing.value && html`<${EraseAccount} id=${erasing.value} onClose=${() => (erasing.value = "")} />`}`;
}

/** @param {{id: string, onClose: () => void}} props */
function EraseAccount({ id, onClose }) {
  const texts = t().erase;
  return html`<${EraseDialog}
    title=${texts.account(isolated(id))}
    id=${id}
    parts=${[
      { title: texts.goes, lines: texts.goesOfAccount },
      { title: texts.stays, lines: texts.staysOfAccount },
    ]}
    erase=${() => client.deleteAccount({ accountId: id }, { timeoutMs: ERASE_MAX_MS })}
    onClose=${(/** @type {boolean} */ isErased) => {
      if (isErased) forgetAccount(id);
      onClose();
    }}
  />`;
}

/** Creates an account, as is needed where the server keeps only those that were. */
function Creation() {
  const texts = t().start;
  const problem = useSignal("");
  const created = useSignal("");
  const submit = async (/** @type {any} */ event) => {
    event.preventDefault();
    const form = event.currentTarget;
    const wanted = new FormData(form).get("new-account")?.toString().trim() ?? "";
    const bytes = new TextEncoder().encode(wanted).length;
    created.value = "";
    problem.value = bytes === 0 || bytes > ID_MAX_BYTES ? texts.tooLong : "";
    if (problem.value) return;
    try {
      await client.createAccount({ accountId: wanted });
      addAccount(wanted);
      created.value = wanted;
      form.reset();
    } catch (error) {
      if (!endedBy(error)) problem.value = inWords(error);
    }
  };
  return html`<details class="creation">
    <summary>${texts.create}</summary>
    <form onSubmit=${submit} novalidate>
      <div class="field ${problem.value ? "wrong" : ""}">
        <label for="new-account">${texts.newAccount}</label>
        <div class="field-row">
          <input id="new-account" name="new-account" autocomplete="off" maxlength="128" aria-invalid=${problem.value ? "true" : null} />
          <button type="submit">${texts.createIt}</button>
        </div>
        ${problem.value && html`<p class="problem" role="alert">${problem.value}</p>`}
        <p class="hint" role="status">
          ${accounts.value.includes(created.value) && html`${texts.created} <a href=${hrefIn(created.value, "board")}><${Name}>${created.value}<//></a>`}
        </p>
      </div>
    </form>
  </details>`;
}

/** An account that is typed in, and one's own name on a server that asks for no credential. */
function Entry() {
  const texts = t().start;
  const problem = useSignal("");
  const isOpen = caller.value !== null && !caller.value.authenticated;
  const submit = (/** @type {any} */ event) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const wanted = given.get("account")?.toString().trim() ?? "";
    if (isOpen) setOwnName(given.get("name")?.toString() ?? "");
    const bytes = new TextEncoder().encode(wanted).length;
    if (bytes === 0 || bytes > ID_MAX_BYTES) problem.value = texts.tooLong;
    else go(hrefIn(wanted, "board"));
  };
  return html`<form class="token-form" onSubmit=${submit} novalidate>
    <div class="field ${problem.value ? "wrong" : ""}">
      <label for="account">${texts.account}</label>
      <input id="account" name="account" autocomplete="off" maxlength="128" aria-invalid=${problem.value ? "true" : null} />
      ${problem.value && html`<p class="problem" role="alert">${problem.value}</p>`}
    </div>
    ${isOpen &&
    html`<div class="field">
      <label for="own-name">${texts.name}</label>
      <input id="own-name" name="name" autocomplete="name" maxlength="128" value=${ownName.value} aria-describedby="name-hint" />
      <p class="hint" id="name-hint">${texts.nameHint}</p>
    </div>`}
    <button type="submit" class="primary wide">${texts.open}</button>
  </form>`;
}

/** What comes before the pages: signing in, and the choice of an account. */

import { html, useSignal } from "./lib.js";
import { accounts, caller } from "./access.js";
import { go, hrefIn } from "./router.js";
import { ownName, setOwnName, signIn, why } from "./session.js";
import { t } from "./texts/index.js";
import { Name, Notice } from "./ui/parts.js";

const ID_MAX_BYTES = 128;

export function SignIn() {
  const texts = t().signIn;
  const problem = useSignal("");
  const isBusy = useSignal(false);
  const submit = async (/** @type {any} */ event) => {
    event.preventDefault();
    const token = new FormData(event.currentTarget).get("token")?.toString().trim() ?? "";
    if (!token) {
      problem.value = texts.empty;
      return;
    }
    isBusy.value = true;
    await signIn(token);
    isBusy.value = false;
  };
  return html`<main class="alone">
    <form class="card narrow" onSubmit=${submit} novalidate>
      <p class="brand"><img src="icon.svg" alt="" width="28" height="28" /> onduty</p>
      <h1>${texts.title}</h1>
      ${why.value && html`<${Notice} kind="warn">${texts[why.value]}<//>`}
      <div class="field ${problem.value ? "wrong" : ""}">
        <label for="token">${texts.token}</label>
        <input
          id="token"
          name="token"
          type="password"
          autocomplete="off"
          spellcheck=${false}
          aria-describedby="token-hint"
          aria-invalid=${problem.value ? "true" : null}
        />
        <p class=${problem.value ? "problem" : "hint"} id="token-hint">${problem.value || texts.hint}</p>
      </div>
      <button type="submit" class="primary wide" disabled=${isBusy.value}>${texts.submit}</button>
    </form>
  </main>`;
}

export function Start() {
  const texts = t().start;
  const problem = useSignal("");
  const submit = (/** @type {any} */ event) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const account = given.get("account")?.toString().trim() ?? "";
    if (caller.value && !caller.value.authenticated) setOwnName(given.get("name")?.toString() ?? "");
    const bytes = new TextEncoder().encode(account).length;
    if (bytes === 0 || bytes > ID_MAX_BYTES) problem.value = texts.tooLong;
    else go(hrefIn(account, "board"));
  };
  return html`<main class="alone">
    <form class="card narrow" onSubmit=${submit} novalidate>
      <p class="brand"><img src="icon.svg" alt="" width="28" height="28" /> onduty</p>
      <h1>${texts.title}</h1>
      <p class="hint">${texts.hint}</p>
      ${accounts.value.length > 0 &&
      html`<ul class="account-list">
        ${accounts.value.map(
          (each) => html`<li key=${each}><a href=${hrefIn(each, "board")}><${Name}>${each}<//></a></li>`,
        )}
      </ul>`}
      <div class="field ${problem.value ? "wrong" : ""}">
        <label for="account">${texts.account}</label>
        <input id="account" name="account" autocomplete="off" maxlength="128" aria-invalid=${problem.value ? "true" : null} />
        ${problem.value && html`<p class="problem" role="alert">${problem.value}</p>`}
      </div>
      ${caller.value &&
      !caller.value.authenticated &&
      html`<div class="field">
        <label for="own-name">${texts.name}</label>
        <input id="own-name" name="name" autocomplete="name" maxlength="128" value=${ownName.value} aria-describedby="name-hint" />
        <p class="hint" id="name-hint">${texts.nameHint}</p>
      </div>`}
      <button type="submit" class="primary wide">${texts.open}</button>
    </form>
  </main>`;
}

/** The page for signing in: at an OpenID Connect provider if there is one, or by a token. */

import { html, useEffect, useRef, useSignal } from "../lib.js";
import { detail, signIn, signInAtProvider, why } from "../session.js";
import { t } from "../texts/index.js";
import { Language } from "../ui/language.js";
import { Brand, Name, Notice } from "../ui/parts.js";
import { provider } from "./provider.js";

export function SignIn() {
  const texts = t().signIn;
  const isBusy = useSignal(false);
  const heading = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    document.title = `${texts.title} · onduty`;
    heading.current?.focus();
  }, []);
  const busily = async (/** @type {() => Promise<void>} */ act) => {
    isBusy.value = true;
    await act();
    isBusy.value = false;
  };
  const issuer = provider.value?.issuer;
  return html`<main class="alone">
    <div class="card narrow">
      <${Brand} />
      <h1 ref=${heading} tabindex="-1">${texts.title}</h1>
      ${why.value &&
      html`<${Notice} kind="warn">
        <p>${texts.why[why.value]}</p>
        ${detail.value && html`<p class="hint"><${Name}>${detail.value}<//></p>`}
      <//>`}
      ${issuer &&
      html`<button type="button" class="primary wide" disabled=${isBusy.value} onClick=${() => busily(signInAtProvider)}>
          ${texts.at(new URL(issuer).host)}
        </button>
        <p class="hint">${texts.atHint}</p>`}
      ${issuer
        ? html`<details open=${why.value === "refused"}>
            <summary>${texts.byToken}</summary>
            <${TokenForm} isBusy=${isBusy.value} busily=${busily} kind="" />
          </details>`
        : html`<${TokenForm} isBusy=${isBusy.value} busily=${busily} kind="primary" />`}
      <${Language} />
    </div>
  </main>`;
}

/** @param {{isBusy: boolean, busily: (act: () => Promise<void>) => Promise<void>, kind: string}} props */
function TokenForm({ isBusy, busily, kind }) {
  const texts = t().signIn;
  const problem = useSignal("");
  const submit = async (/** @type {any} */ event) => {
    event.preventDefault();
    const token = new FormData(event.currentTarget).get("token")?.toString().trim() ?? "";
    problem.value = token ? "" : texts.empty;
    if (token) await busily(() => signIn(token));
  };
  return html`<form class="token-form" onSubmit=${submit} novalidate>
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
      <p class=${problem.value ? "problem" : "hint"} id="token-hint" role=${problem.value ? "alert" : null}>
        ${problem.value || texts.hint}
      </p>
    </div>
    <button type="submit" class="${kind} wide" disabled=${isBusy}>${texts.submit}</button>
  </form>`;
}

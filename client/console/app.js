/** The frame of all pages: navigation, account, freshness; and what is shown before there is a page. */

import { html, useEffect } from "./lib.js";
import { accounts, caller, may } from "./access.js";
import { BoardPage } from "./board/page.js";
import { PersonPage } from "./board/person.js";
import { HistoryPage } from "./history/page.js";
import { LinkState } from "./link_state.js";
import { go, href, hrefIn, route } from "./router.js";
import { account, begin, hasToken, ownName, setOwnName, signedOut, state } from "./session.js";
import { SignIn, Start } from "./start.js";
import { LANGUAGES, choose, language, t } from "./texts/index.js";
import { Icon } from "./ui/icons.js";
import { Empty, Loading, Name, Notice } from "./ui/parts.js";
import { WhatIfPage } from "./what_if/page.js";
import { WorkflowsPage } from "./workflows/page.js";

/** @typedef {"status.read" | "workflow.read"} Needed */

const PAGES = /** @type {const} */ ([
  { page: "board", icon: "board", needs: "status.read" },
  { page: "history", icon: "history", needs: "status.read" },
  { page: "what-if", icon: "whatIf", needs: "workflow.read" },
  { page: "workflows", icon: "settings", needs: "workflow.read" },
]);

export function App() {
  useEffect(() => {
    document.documentElement.lang = language.value;
  }, [language.value]);
  switch (state.value) {
    case "loading":
      return html`<main class="alone"><${Loading} /></main>`;
    case "unreachable":
      return html`<${Unreachable} />`;
    case "signed-out":
      return html`<${SignIn} />`;
    default:
      return account.value ? html`<${Frame} />` : html`<${Start} />`;
  }
}

function Unreachable() {
  useEffect(() => {
    const timer = setInterval(begin, 3_000);
    return () => clearInterval(timer);
  }, []);
  const { errors, common } = t();
  return html`<main class="alone">
    <${Notice} kind="error" actions=${html`<button type="button" onClick=${begin}>${common.retry}</button>`}>
      <p>${errors.unreachable}</p>
      <p class="hint">${errors.unreachableHint}</p>
    <//>
  </main>`;
}

function Frame() {
  const texts = t();
  const { page } = route.value;
  const names = { board: texts.nav.board, history: texts.nav.history, "what-if": texts.nav.whatIf, workflows: texts.nav.settings };
  useEffect(() => {
    document.title = `${names[/** @type {keyof typeof names} */ (page)] ?? ""} · ${account.value} · onduty`;
  });
  return html`<div class="frame">
    <a class="skip" href="#main" onClick=${toMain}>${texts.nav.skip}</a>
    <header class="side">
      <p class="brand"><img src="icon.svg" alt="" width="24" height="24" /> onduty</p>
      <nav aria-label=${texts.nav.label}>
        ${PAGES.filter(({ needs }) => may(needs)).map(
          (each) =>
            html`<a
              key=${each.page}
              href=${href(each.page)}
              aria-current=${page === each.page || (page === "person" && each.page === "board") ? "page" : null}
            >
              <${Icon} name=${each.icon} /><span>${names[each.page]}</span>
            </a>`,
        )}
      </nav>
      <${Corner} />
    </header>
    <div class="content">
      <section class="bar" aria-label=${texts.nav.account}><${AccountChoice} /><${LinkState} /></section>
      <main id="main" tabindex="-1" class=${`page-${page}`} key=${`${account.value}/${page}`}><${Page} /></main>
    </div>
  </div>`;
}

/** Go to the content without leaving the page. @param {Event} event */
function toMain(event) {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

function Page() {
  const { page, rest } = route.value;
  const entry = PAGES.find((each) => each.page === (page === "person" ? "board" : page));
  if (!entry) return html`<${Empty} title=${t().errors.noPage} />`;
  if (!may(entry.needs)) return html`<${Empty} title=${t().errors.denied} />`;
  switch (page) {
    case "history":
      return html`<${HistoryPage} />`;
    case "what-if":
      return html`<${WhatIfPage} />`;
    case "workflows":
      return html`<${WorkflowsPage} />`;
    case "person":
      return html`<${PersonPage} id=${rest[0] ?? ""} key=${rest[0]} />`;
    default:
      return html`<${BoardPage} />`;
  }
}

function AccountChoice() {
  const { nav } = t();
  const others = accounts.value;
  if (others.length < 2) {
    return html`<p class="account">
      <span class="hint">${nav.account}</span> <${Name}>${account.value}<//>
      <a class="quiet-link" href="#/">${nav.changeAccount}</a>
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
  </p>`;
}

function Corner() {
  const { nav } = t();
  return html`<div class="corner">
    ${hasToken.value
      ? html`<p class="who"><${Icon} name="person" /><${Name}>${caller.value?.name ?? ""}<//></p>
          <button type="button" class="quiet" onClick=${() => signedOut()}>${nav.signOut}</button>`
      : caller.value && !caller.value.authenticated
        ? html`<label class="own-name">
            <span class="hint">${nav.you}</span>
            <input
              value=${ownName.value}
              placeholder=${nav.noName}
              maxlength="128"
              autocomplete="name"
              onChange=${(/** @type {any} */ event) => setOwnName(event.currentTarget.value)}
            />
          </label>`
        : null}
    <label class="language">
      <span class="visually-hidden">${nav.language}</span>
      <select value=${language.value} onChange=${(/** @type {any} */ event) => choose(event.currentTarget.value)}>
        ${Object.entries(LANGUAGES).map(
          ([code, name]) => html`<option key=${code} value=${code} selected=${code === language.value} lang=${code}>${name}</option>`,
        )}
      </select>
    </label>
  </div>`;
}

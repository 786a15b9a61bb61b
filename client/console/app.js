/** The frame of all pages: navigation, account, freshness; and what is shown before there is a page. */

import { html, useEffect, useRef, useSignal } from "./lib.js";
import { caller, hasPages, may, onlyUser } from "./access.js";
import { AccountChoice, Start } from "./accounts.js";
import { BoardPage } from "./board/page.js";
import { PersonPage } from "./board/person.js";
import { HistoryPage } from "./history/page.js";
import { LinkState } from "./link_state.js";
import { href, route } from "./router.js";
import { account, begin, hasToken, ownName, setOwnName, signOut, state } from "./session.js";
import { SignIn } from "./sign_in/page.js";
import { language, t } from "./texts/index.js";
import { Icon } from "./ui/icons.js";
import { Language } from "./ui/language.js";
import { Brand, Empty, Loading, Name, Notice } from "./ui/parts.js";
import { WhatIfPage } from "./what_if/page.js";
import { WorkflowsPage } from "./workflows/page.js";

/** @typedef {"board" | "history" | "what-if" | "workflows"} PageName */

const PAGES = /** @type {const} */ ([
  { page: "board", icon: "board", needs: "status.read" },
  { page: "history", icon: "history", needs: "status.read" },
  { page: "what-if", icon: "whatIf", needs: "workflow.read" },
  { page: "workflows", icon: "settings", needs: "workflow.read" },
]);

/** Return the page that another one belongs to. @param {string} page */
const partOf = (page) => (page === "person" ? "board" : page);

export function App() {
  useEffect(() => {
    document.documentElement.lang = language.value;
  }, [language.value]);
  switch (state.value) {
    case "loading":
      return html`<main class="alone"><${Loading} /></main>`;
    case "leaving":
      return html`<main class="alone"><${Notice} kind="warn">${t().signIn.again}<//></main>`;
    case "unreachable":
      return html`<${Unreachable} />`;
    case "signed-out":
      return html`<${SignIn} />`;
    default:
      return account.value && hasPages.value ? html`<${Frame} />` : html`<${Start} />`;
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
  const { nav } = t();
  const { page, rest } = route.value;
  const key = [account.value, page, ...rest].join("/");
  const shown = useRef(key);
  const names = {
    board: onlyUser.value ? nav.own : nav.board,
    history: nav.history,
    "what-if": nav.whatIf,
    workflows: nav.settings,
  };
  useEffect(() => {
    const name = page === "person" ? rest[0] : names[/** @type {PageName} */ (page)];
    document.title = [name, account.value, "onduty"].filter(Boolean).join(" · ");
  });
  useEffect(() => {
    // Whoever follows a link by keyboard or by ear goes on where it leads, and not where it was.
    if (shown.current !== key) toMain();
    shown.current = key;
  }, [key]);
  return html`<div class="frame">
    <a class="skip" href="#main" onClick=${toMain}>${nav.skip}</a>
    <header class="side">
      <${Brand} />
      <nav aria-label=${nav.label}>
        ${PAGES.filter(({ page: each, needs }) => may(needs) || (each === "board" && onlyUser.value)).map(
          (each) =>
            html`<a key=${each.page} href=${href(each.page)} aria-current=${partOf(page) === each.page ? "page" : null}>
              <${Icon} name=${each.icon} /><span>${names[each.page]}</span>
            </a>`,
        )}
      </nav>
      <div class="corner"><${Corner} /></div>
    </header>
    <div class="content">
      <section class="bar" aria-label=${nav.account}><${AccountChoice} /><${LinkState} /><${Menu} /></section>
      <main id="main" tabindex="-1" class=${`page-${page}`} key=${`${account.value}/${page}`}><${Page} /></main>
    </div>
  </div>`;
}

/** Go to the content without leaving the page. @param {Event} [event] */
function toMain(event) {
  event?.preventDefault();
  document.getElementById("main")?.focus();
}

function Page() {
  const { page, rest } = route.value;
  const entry = PAGES.find((each) => each.page === partOf(page));
  if (!entry) return html`<${Empty} title=${t().errors.noPage} />`;
  if (entry.page === "board" && onlyUser.value) return html`<${PersonPage} id=${onlyUser.value} />`;
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

/** The corner, on a screen that has no room for it. */
function Menu() {
  const isOpen = useSignal(false);
  const button = useRef(/** @type {HTMLElement | null} */ (null));
  const close = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Escape" || !isOpen.value) return;
    isOpen.value = false;
    button.current?.focus();
  };
  return html`<div class="menu" onKeyDown=${close}>
    <button
      ref=${button}
      type="button"
      class="icon-button"
      aria-label=${t().nav.menu}
      aria-expanded=${isOpen.value ? "true" : "false"}
      onClick=${() => (isOpen.value = !isOpen.value)}
    >
      <${Icon} name="person" />
    </button>
    ${isOpen.value && html`<div class="corner card"><${Corner} /></div>`}
  </div>`;
}

/** The reader: name, language, and the way out. */
function Corner() {
  const { nav } = t();
  return html`${hasToken.value
      ? html`<p class="who"><${Icon} name="person" /><${Name}>${caller.value?.name ?? ""}<//></p>
          <button type="button" class="quiet" onClick=${signOut}>${nav.signOut}</button>`
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
        : html`<p class="who"><${Icon} name="person" /><${Name}>${caller.value?.name ?? ""}<//></p>`}
    <${Language} />`;
}

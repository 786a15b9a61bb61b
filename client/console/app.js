/** The frame of all pages: navigation, account, freshness; and what is shown before there is a page. */

import { html, useEffect, useRef, useSignal } from "./lib.js";
import { caller, hasChoice, hasPages, may, mayWatch, onlyUser } from "./access.js";
import { AccountChoice } from "./accounts/choice.js";
import { BoardPage } from "./board/page.js";
import { people, version } from "./board/live.js";
import { called } from "./board/who.js";
import { lazy } from "./lazy.js";
import { LinkState } from "./link_state.js";
import { href, replace, route } from "./router.js";
import { account, begin, hasToken, ownName, setOwnName, signOut, state } from "./session.js";
import { language, t } from "./texts/index.js";
import { tame } from "./ui/foreign.js";
import { Icon } from "./ui/icons.js";
import { Language } from "./ui/language.js";
import { Brand, Empty, Name, Notice } from "./ui/parts.js";
import { WorkflowsPage } from "./workflows/page.js";

/** @typedef {"board" | "history" | "reports" | "what-if" | "workflows"} PageName */

const PAGES = /** @type {const} */ ([
  { page: "board", icon: "board", isOpen: () => mayWatch.value || onlyUser.value !== "" },
  { page: "history", icon: "history", isOpen: () => may("status.read") },
  { page: "reports", icon: "reports", isOpen: () => may("status.read") },
  { page: "what-if", icon: "whatIf", isOpen: () => may("workflow.read") },
  { page: "workflows", icon: "settings", isOpen: () => may("workflow.read") },
]);

const Start = lazy(async () => (await import("./accounts/page.js")).Start);
const SignIn = lazy(async () => (await import("./sign_in/page.js")).SignIn);
const PersonPage = lazy(async () => (await import("./person/page.js")).PersonPage);
const OwnPage = lazy(async () => (await import("./own/page.js")).OwnPage);
const HistoryPage = lazy(async () => (await import("./history/page.js")).HistoryPage);
const ReportsPage = lazy(async () => (await import("./reports/page.js")).ReportsPage);
const WhatIfPage = lazy(async () => (await import("./what_if/page.js")).WhatIfPage);

/** Return the page that another one belongs to. @param {string} page */
const partOf = (page) => (page === "person" ? "board" : page);

export function App() {
  useEffect(() => {
    document.documentElement.lang = language.value;
  }, [language.value]);
  switch (state.value) {
    case "loading":
      return html`<main class="boot"><h1><img src="icon.svg" alt=${t().common.loading} width="48" height="48" /></h1></main>`;
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
    <div class="card narrow" role="alert">
      <${Brand} />
      <h1>${errors.unreachable}</h1>
      <p class="hint">${errors.unreachableHint}</p>
      <button type="button" class="wide" onClick=${begin}>${common.retry}</button>
    </div>
  </main>`;
}

function Frame() {
  const { nav } = t();
  const { page, rest } = route.value;
  const key = [account.value, page, ...rest].join("/");
  const shown = useRef(key);
  // The title says who is shown.
  if (page === "person") void version.value;
  const names = {
    board: onlyUser.value ? nav.own : nav.board,
    history: nav.history,
    reports: nav.reports,
    "what-if": nav.whatIf,
    workflows: nav.settings,
  };
  const look = page === "board" && onlyUser.value ? "person" : page;
  const isClosed = page === "board" && !PAGES[0].isOpen();
  useEffect(() => {
    // Whoever may not see the board begins with what they may see.
    const first = PAGES.find(({ isOpen }) => isOpen());
    if (isClosed && first) replace(href(first.page));
  }, [isClosed]);
  useEffect(() => {
    const name = page === "person" && people.all.has(rest[0]) ? called(rest[0], tame) : names[/** @type {PageName} */ (partOf(page))];
    document.title = [name ?? "", account.value, "onduty"].filter(Boolean).map(tame).join(" · ");
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
        ${PAGES.filter(({ isOpen }) => isOpen()).map(
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
      <main id="main" tabindex="-1" class=${`page-${look}`} key=${`${account.value}/${page}`}><${Page} /></main>
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
  if (!entry) return html`<${Empty} isPage title=${t().errors.noPage}><a href=${href("board")}>${t().person.back}</a><//>`;
  if (!entry.isOpen()) return html`<${Empty} isPage title=${t().errors.denied} />`;
  if (entry.page === "board" && onlyUser.value) return html`<${OwnPage} id=${onlyUser.value} />`;
  switch (page) {
    case "history":
      return html`<${HistoryPage} />`;
    case "reports":
      return html`<${ReportsPage} />`;
    case "what-if":
      return html`<${WhatIfPage} />`;
    case "workflows":
      return html`<${WorkflowsPage} />`;
    case "person":
      if (rest.length === 0) break;
      return html`<${PersonPage} id=${rest[0]} key=${rest[0]} />`;
  }
  return html`<${BoardPage} />`;
}

/** The corner, on a screen that has no room for it. */
function Menu() {
  const isOpen = useSignal(false);
  const menu = useRef(/** @type {HTMLElement | null} */ (null));
  const button = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    if (!isOpen.value) return undefined;
    const left = (/** @type {Event} */ event) => {
      if (!menu.current?.contains(/** @type {Node} */ (event.target))) isOpen.value = false;
    };
    const both = /** @type {const} */ (["pointerdown", "focusin"]);
    for (const each of both) document.addEventListener(each, left);
    return () => {
      for (const each of both) document.removeEventListener(each, left);
    };
  }, [isOpen.value]);
  const close = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Escape" || !isOpen.value) return;
    isOpen.value = false;
    button.current?.focus();
  };
  return html`<div ref=${menu} class="menu" onKeyDown=${close}>
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
    ${isOpen.value && html`<div class="corner card"><${Corner} />${hasChoice.value && html`<a href="#/">${t().nav.changeAccount}</a>`}</div>`}
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

/**
 * `<onduty-status>`: shows the user's status, lets them set it, and warns before a switch for inactivity.
 *
 *     <onduty-status base-url="https://onduty.example" account-id="acme" user-id="ada"></onduty-status>
 *
 * Set the property `token` to a function before the element is connected, or the property `presence` to an AgentPresence that
 * is used elsewhere, too. Colours and sizes are CSS custom properties; see STYLE. The language is that of the element or the page.
 */

import { AgentPresence } from "./presence.js";
import { textsOf } from "./texts.js";

/** @import { StatusName } from "./status.js" */
/** @import { PresenceOptions } from "./presence.js" */

const STATUSES = /** @type {const} */ (["ONLINE", "AWAY", "OFFLINE"]);
const PERIODS = ["15m", "30m", "1h", "2h"];
/** A status that nothing was heard of for so long is shown as the last one that is known. */
const OLD_AFTER_MS = 180_000;

const STYLE = `
:host { --online: var(--onduty-online, #16794c); --away: var(--onduty-away, #9a5b00); --offline: var(--onduty-offline, #5d6470);
  display: inline-block; position: relative; font: var(--onduty-font, 14px/1.4 system-ui, sans-serif);
  color: var(--onduty-text, CanvasText); color-scheme: inherit; }
:host([hidden]) { display: none; }
button, input, select { font: inherit; color: inherit; background: var(--onduty-background, Canvas);
  border: 1px solid var(--onduty-border, color-mix(in srgb, currentColor 45%, transparent)); border-radius: var(--onduty-radius, 6px);
  padding: .35em .7em; min-height: 2.3em; box-sizing: border-box; max-width: 100%; }
button { cursor: pointer; }
:focus-visible { outline: 2px solid var(--onduty-focus, Highlight); outline-offset: 2px; }
.now { display: inline-flex; gap: .5em; align-items: center; }
.dot { width: .75em; height: .75em; border-radius: 50%; background: currentColor; flex: none; }
.AWAY .dot { background: var(--away); clip-path: polygon(50% 0, 100% 100%, 0 100%); border-radius: 0; }
.ONLINE .dot { background: var(--online); }
.OFFLINE .dot { background: none; border: .2em solid var(--offline); box-sizing: border-box; }
.old { opacity: .75; font-style: italic; }
form { display: grid; gap: .6em; }
.panel { position: absolute; z-index: 10; inset-block-start: calc(100% + 4px); inset-inline-start: 0; width: 17em; max-width: 90vw;
  box-sizing: border-box; padding: .8em; background: var(--onduty-background, Canvas); border-radius: var(--onduty-radius, 6px);
  border: 1px solid var(--onduty-border, color-mix(in srgb, currentColor 45%, transparent)); box-shadow: 0 4px 16px #0003; }
fieldset { border: 0; margin: 0; padding: 0; display: grid; gap: .2em; }
label { display: grid; gap: .2em; }
.choice { display: flex; gap: .5em; align-items: center; min-height: 1.9em; }
.choice input { min-height: 0; margin: 0; accent-color: Highlight; }
.row { display: flex; gap: .5em; justify-content: flex-end; flex-wrap: wrap; }
.warning { display: flex; gap: .6em; align-items: center; flex-wrap: wrap; margin-block-start: .4em; padding: .5em .7em;
  border-radius: var(--onduty-radius, 6px); border: 2px solid var(--away); }
[hidden] { display: none !important; }
.error { color: var(--onduty-error, #b3261e); margin: 0; }
.said { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (prefers-color-scheme: dark) { :host { --online: var(--onduty-online, #4cc38a); --away: var(--onduty-away, #f0b458);
  --offline: var(--onduty-offline, #a0a7b4); } .error { color: var(--onduty-error, #ff8a80); } }
`;

/** @typedef {typeof HTMLElement} ElementClass */

/** Node, which renders pages on a server, has no elements. */
const Base = /** @type {ElementClass} */ (globalThis.HTMLElement ?? class {});

/** See the module. */
export class OndutyStatus extends Base {
  constructor() {
    super();
    // A page may have set them before this class was loaded.
    const { presence = null, token, texts = {} } = /** @type {any} */ (this);
    /** @type {AgentPresence | null} */
    this.presence = presence;
    /** @type {PresenceOptions["token"]} */
    this.token = token;
    /** @type {Partial<import("./texts.js").Texts>} */
    this.texts = texts;
    /** The presence that the element has made itself. @type {AgentPresence | null} */
    this.own = null;
    this.isSetting = false;
  }

  connectedCallback() {
    if (this.closing) return;
    this.closing = new AbortController();
    const { signal } = this.closing;
    this.words = { ...textsOf(this.#language()), ...this.texts };
    this.#build();
    if (!this.presence) {
      this.presence = this.own = new AgentPresence({
        baseUrl: this.getAttribute("base-url") ?? "",
        accountId: this.getAttribute("account-id") ?? "",
        userId: this.getAttribute("user-id") ?? "",
        token: this.token,
        notify: this.hasAttribute("notify"),
      });
    }
    for (const kind of ["status", "warning"]) this.presence.addEventListener(kind, () => this.#show(), { signal });
    this.timer = setInterval(() => this.#tick(), 1_000);
    this.#show();
  }

  disconnectedCallback() {
    this.closing?.abort();
    this.closing = undefined;
    clearInterval(this.timer);
    this.own?.close();
    if (this.presence === this.own) this.presence = null;
    this.own = null;
  }

  #language() {
    const language = /** @type {HTMLElement | null} */ (this.closest("[lang]"))?.lang || navigator.language;
    try {
      return Intl.getCanonicalLocales(language.replace("_", "-"))[0];
    } catch {
      return navigator.language; // Pages have all sorts of things there.
    }
  }

  /** @param {string} selector @returns {any} */
  #part(selector) {
    return this.shadowRoot?.querySelector(selector);
  }

  #build() {
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open", delegatesFocus: true });
    const { words } = this;
    if (!words) return;
    const choices = STATUSES.map((status) => el("label", { className: "choice" }, el("input", { type: "radio", name: "status", value: status, required: true }), words[status]));
    const periods = PERIODS.map((period) => el("option", { value: period }, period.replace("m", " min").replace("h", " h")));
    const now = el("button", { type: "button", className: "now" }, el("span", { className: "dot" }), el("span", { className: "word" }));
    now.setAttribute("aria-expanded", "false");
    now.setAttribute("aria-haspopup", "dialog");
    now.addEventListener("click", () => this.#open(this.#part(".panel").hidden));
    const form = el(
      "form",
      {},
      el("fieldset", {}, el("legend", { className: "said" }, words.change), ...choices),
      el("label", {}, words.reason, el("input", { name: "reason", maxLength: 500, autocomplete: "off" })),
      el("label", {}, words.lasts, el("select", { name: "period" }, el("option", { value: "" }, words.noEnd), ...periods)),
      el("p", { className: "error", hidden: true }),
      el("div", { className: "row" }, el("button", { type: "button", className: "cancel" }, words.cancel), el("button", { type: "submit" }, words.set)),
    );
    const panel = el("div", { className: "panel", hidden: true }, form);
    panel.setAttribute("role", "dialog");
    panel.setAttribute("aria-label", words.change);
    form.querySelector(".error")?.setAttribute("role", "alert");
    form.querySelector(".cancel")?.addEventListener("click", () => this.#open(false));
    form.addEventListener("keydown", (event) => event.key === "Escape" && this.#open(false));
    form.addEventListener("submit", (event) => this.#set(event));
    form.addEventListener("focusout", (event) => {
      const to = /** @type {Node | null} */ (event.relatedTarget);
      if (to && !form.contains(to)) this.#open(false);
    });
    const here = el("button", { type: "button" }, words.here);
    here.addEventListener("click", () => this.presence?.stillHere());
    const warning = el("div", { className: "warning", hidden: true }, el("span", { className: "soon" }), here);
    const said = el("span", { className: "said" });
    said.setAttribute("role", "status");
    const alarm = el("span", { className: "said alarm" });
    alarm.setAttribute("role", "alert");
    // A sheet, since the policies of many pages forbid style elements.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    root.replaceChildren(now, panel, warning, said, alarm);
  }

  /** @param {boolean} isOpen */
  #open(isOpen) {
    const panel = this.#part(".panel");
    if (panel.hidden !== isOpen) return;
    panel.hidden = !isOpen;
    this.#part(".now").setAttribute("aria-expanded", String(isOpen));
    this.#part(".error").hidden = true;
    if (isOpen) {
      this.#part("form").reset();
      const status = this.presence?.status?.status ?? "ONLINE";
      const choice = this.#part(`input[value="${status}"]`);
      choice.checked = true;
      choice.focus();
    } else if (panel.contains(this.shadowRoot?.activeElement)) this.#part(".now").focus();
  }

  /** @param {SubmitEvent} event */
  async #set(event) {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.currentTarget);
    const data = new FormData(form);
    if (this.isSetting) return;
    this.isSetting = true;
    try {
      const period = String(data.get("period"));
      const reason = String(data.get("reason")).trim();
      await this.presence?.setStatus(/** @type {StatusName} */ (data.get("status")), { reason, for: period || undefined });
      this.#open(false);
    } catch (error) {
      const place = this.#part(".error");
      place.textContent = this.words?.failed(/** @type {Error} */ (error).message) ?? "";
      place.hidden = false;
    } finally {
      this.isSetting = false;
    }
  }

  #show() {
    const { presence, words } = this;
    if (!presence || !words) return;
    const { status, warning } = presence;
    const place = this.#part(".word");
    const now = this.#part(".now");
    const isOld = !status || Date.now() - status.asOf.getTime() > OLD_AFTER_MS;
    const word = status ? words[status.status] : words.unknown;
    const end = status?.end ? ` ${words.until(this.#time(status.end.at))}` : "";
    const why = status?.reason ? ` · ${status.reason}` : "";
    const text = `${isOld && status ? `${words.unreachable} ` : ""}${word}${end}${why}`;
    now.className = `now ${status?.status ?? ""}${isOld ? " old" : ""}`;
    now.setAttribute("aria-label", `${words.label}: ${text}. ${words.change}`);
    const cause = status && status.cause in words ? words[/** @type {"EXPIRY"} */ (status.cause)] : "";
    now.title = cause;
    if (place.textContent !== text) {
      place.textContent = text;
      if (status) this.#part(".said").textContent = `${words.label}: ${text} ${cause}`;
    }
    this.#part(".warning").hidden = !warning;
    // Said once, and not with every second of the countdown.
    const left = warning ? this.#left(warning.at) : "";
    const alarm = this.#part(".alarm");
    if (!warning) alarm.textContent = "";
    else if (!alarm.textContent) alarm.textContent = words.soon(words[warning.status], left);
    this.#part(".soon").textContent = warning ? words.soon(words[warning.status], left) : "";
  }

  #tick() {
    if (!document.hidden) this.#show();
  }

  /** @param {Date} at */
  #time(at) {
    /** @type {Intl.DateTimeFormatOptions} */
    const day = at.toDateString() === new Date().toDateString() ? {} : { day: "numeric", month: "short" };
    return new Intl.DateTimeFormat(this.#language(), { ...day, hour: "2-digit", minute: "2-digit" }).format(at);
  }

  /** @param {Date} at */
  #left(at) {
    const seconds = Math.max(Math.ceil((at.getTime() - Date.now()) / 1000), 0);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }
}

/**
 * Make an element with properties and children.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} name
 * @param {Record<string, unknown>} properties
 * @param {...(Node | string)} children
 */
function el(name, properties, ...children) {
  const made = document.createElement(name);
  Object.assign(made, properties);
  made.append(...children);
  return made;
}

globalThis.customElements?.define("onduty-status", OndutyStatus);

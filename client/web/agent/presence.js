/**
 * The presence of the user of a browser: notices that somebody is at work there, and tells the server, by one voice for all tabs.
 *
 * Events, each a CustomEvent:
 * - "status": `detail` is an AgentStatus, as often as the server has said what is true;
 * - "warning": the user is about to be switched for inactivity. `detail` is the switch, `{status, cause, at}`, or null once that is
 *   over. Only one tab of a browser is told of a warning, and that tab of its end;
 * - "problem": `detail` is the OndutyError of a call. It is tried again by itself.
 */

import { OndutyError, Status, Then, createClient, durationOf, timestampOf } from "../client/index.js";
import { instant, instantBefore, msSince } from "./elapsed.js";
import { Engagement } from "./engagement.js";
import { watchInput, watchMachine } from "./input.js";
import { Keeper } from "./keeper.js";
import { periodMs } from "./periods.js";
import { statusOf, warnAt } from "./status.js";
import { Tabs } from "./tabs.js";

/** @import { Instant } from "./elapsed.js" */
/** @import { AgentStatus, StatusName, ThenName } from "./status.js" */

const SESSION_TTL_MS = 150_000;
const ENGAGEMENT_TTL_MS = 600_000;
/** Counts the kinds of notes among tabs, so that tabs with different versions of this package do not misunderstand each other. */
const NOTES_VERSION = 1;
/** How often tabs tell each other of input. */
const INPUT_PASSED_ON_EVERY_MS = 1_000;

/**
 * @typedef {object} PresenceOptions
 * @property {string} baseUrl where the server's HTTP door is, as `https://onduty.example`; empty for the page's own origin
 * @property {string} accountId
 * @property {string} userId
 * @property {(how: {wasRefused: boolean}) => string | undefined | Promise<string | undefined>} [token] returns the credential, and is
 *   asked for it at every call; `wasRefused` if the last one was not accepted
 * @property {number} [sessionTtlMs] how long the server takes the browser for open without hearing of it: 30 s to 4 h; 150 s by
 *   default, since browsers slow the timers of hidden pages down to one a minute
 * @property {boolean} [notify] show a notification with the warning if the page is hidden and the user has allowed them
 * @property {(status: AgentStatus) => {title: string, body?: string}} [notification] its words
 * @property {typeof globalThis.fetch} [fetch]
 */

/** See the module. */
export class AgentPresence extends EventTarget {
  /** @param {PresenceOptions} options */
  constructor(options) {
    super();
    this.options = options;
    /** The last status that the server told of, in whichever tab. @type {AgentStatus | null} */
    this.status = null;
    /** The switch that this tab warns of. @type {AgentStatus["next"]} */
    this.warning = null;
    /** @type {Instant | null} */
    this.lastInput = null;
    this.passedOn = instantBefore(INPUT_PASSED_ON_EVERY_MS);
    this.offsetMs = 0;
    this.wasRefused = false;
    /** @type {string | undefined} */
    this.token = undefined;
    this.closing = new AbortController();
    /** @type {Keeper | null} */
    this.keeper = null;
    /** @type {Tabs | null} */
    this.tabs = null;
    /** The tab with the last input. */
    this.latestTab = "";
    this.client = createClient({
      baseUrl: options.baseUrl,
      token: () => this.#fetchToken(),
      fetch: async (url, init) => {
        const response = await (options.fetch ?? fetch)(url, init);
        this.wasRefused = response.status === 401;
        return response;
      },
    });
    // While a page is being closed there is no time to fetch a token.
    this.parting = createClient({
      baseUrl: options.baseUrl,
      token: () => this.token,
      fetch: (url, init) => (options.fetch ?? fetch)(url, { ...init, keepalive: true }),
    });
    const { signal } = this.closing;
    watchInput(() => this.#input(0), signal);
    this.watchesMachine = watchMachine((ago) => this.#input(ago), signal);
    addEventListener("pagehide", () => this.#leave(this.parting), { signal });
    addEventListener("pageshow", (event) => event.persisted && this.#join(), { signal });
    document.addEventListener("freeze", () => this.#leave(null), { signal });
    document.addEventListener("resume", () => this.#join(), { signal });
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.#wake(), { signal });
    addEventListener("online", () => this.keeper?.online(), { signal });
    this.#join();
  }

  /** The user says that they are there. */
  stillHere() {
    this.#input(0);
  }

  /**
   * Set the user's status.
   * @param {StatusName} status
   * @param {{reason?: string, for?: number | string, until?: Date, then?: ThenName}} [how] `for` as "30m", or in ms; `then` is what
   *   follows, AUTOMATIC by default
   * @returns {Promise<AgentStatus>}
   */
  async setStatus(status, { reason = "", for: period, until, then } = {}) {
    const { accountId, userId } = this.options;
    const request = {
      accountId,
      userId,
      status: Status[status],
      reason,
      ttl: period === undefined ? undefined : durationOf(periodMs(period)),
      expireTime: until && timestampOf(until.getTime() + this.offsetMs),
      then: then && Then[then],
    };
    const answer = await this.client.setStatus(request).catch((error) => {
      if (error.code !== "unauthenticated" || !this.options.token) throw error;
      return this.client.setStatus(request); // With a new credential.
    });
    if (!answer.userStatus) throw new OndutyError("internal", "the server did not say what is true now");
    const is = statusOf(answer.userStatus, this.offsetMs);
    if (this.keeper) this.keeper.take(is);
    else {
      this.#shown(is);
      this.tabs?.tell({ kind: "taken", status: is });
    }
    return is;
  }

  /**
   * Say that the user works on something, a call or a chat, until its `end()` is called. Meanwhile the user is not idle.
   * @param {string} engagementId
   * @param {{ttl?: number | string}} [how] how long it lives if this page is closed without ending it: 10 minutes by default
   */
  engage(engagementId, { ttl = ENGAGEMENT_TTL_MS } = {}) {
    const { accountId, userId } = this.options;
    const names = { accountId, userId, engagementId };
    return new Engagement(this.client, names, periodMs(ttl), (error) => this.#problem(error), this.closing.signal);
  }

  /**
   * Ask for the permission to notice input outside the page, too, where the browser can. Call it when the user clicks.
   * @returns {Promise<boolean>} true if it is in use
   */
  async askForMachine() {
    const Detector = /** @type {any} */ (globalThis).IdleDetector;
    if (await this.watchesMachine) return true;
    if (!Detector || (await Detector.requestPermission()) !== "granted") return false;
    this.watchesMachine = watchMachine((ago) => this.#input(ago), this.closing.signal);
    return this.watchesMachine;
  }

  /** Stop, and end the browser's session unless another tab goes on. Engagements are no longer renewed, and run out. */
  close() {
    this.#leave(this.parting);
    this.closing.abort();
  }

  // --- among the tabs ------------------------------------------------------------------------------------------------

  #join() {
    if (this.tabs || this.closing.signal.aborted) return;
    const { baseUrl, accountId, userId, sessionTtlMs = SESSION_TTL_MS } = this.options;
    this.tabs = new Tabs({
      name: `onduty ${NOTES_VERSION} ${JSON.stringify([baseUrl, accountId, userId])}`,
      silenceMaxMs: (sessionTtlMs * 2) / 3,
      onLead: () => this.#lead(sessionTtlMs),
      onFollow: () => {
        // Another tab keeps a session of its own by now.
        this.keeper?.close(this.parting);
        this.keeper = null;
      },
      onNote: (note) => this.#heard(note),
    });
    this.tabs.tell({ kind: "ask" });
  }

  /** @param {import("../client/calls.js").Client | null} parting by which the session is ended; null to let it run out */
  #leave(parting) {
    const { tabs, keeper } = this;
    this.tabs = this.keeper = null;
    tabs?.tell({ kind: "gone" });
    keeper?.close(parting);
    tabs?.close();
    this.#warn(null);
  }

  /** @param {number} ttlMs */
  #lead(ttlMs) {
    const { accountId, userId } = this.options;
    this.keeper = new Keeper({
      client: this.client,
      accountId,
      userId,
      ttlMs,
      lastInput: () => this.lastInput,
      offsetMs: this.offsetMs,
      onStatus: (status, offsetMs) => {
        this.offsetMs = offsetMs;
        this.#shown(status);
        this.tabs?.tell({ kind: "status", status, offsetMs });
      },
      onWarning: (status) => {
        const to = this.latestTab || this.tabs?.id;
        if (to === this.tabs?.id) this.#warn(status);
        this.tabs?.tell({ kind: "warning", status, to });
      },
      onProblem: (error) => this.#problem(error),
      onTurn: () => this.tabs?.tell({ kind: "turn" }),
    });
  }

  /** @param {any} note */
  #heard(note) {
    switch (note.kind) {
      case "input":
        // The note may have waited while this tab was frozen.
        this.#noteInput(instantBefore(note.ago + Math.max(Date.now() - note.wall, 0)), note.from);
        break;
      case "ask":
        if (this.keeper && this.status) this.tabs?.tell({ kind: "status", status: this.status, offsetMs: this.offsetMs });
        break;
      case "status":
        this.offsetMs = note.offsetMs;
        this.#shown(note.status);
        break;
      case "taken":
        if (this.keeper) this.keeper.take(note.status);
        else this.#shown(note.status);
        break;
      case "gone":
        if (this.latestTab === note.from) this.latestTab = "";
        break;
      case "warning":
        this.#warn(note.to === this.tabs?.id ? note.status : null);
    }
  }

  // --- what happens --------------------------------------------------------------------------------------------------

  /** @param {number} ago ms */
  #input(ago) {
    this.#noteInput(instantBefore(ago), this.tabs?.id ?? "");
    if (msSince(this.passedOn) < INPUT_PASSED_ON_EVERY_MS && !this.warning) return;
    this.passedOn = instant();
    this.tabs?.tell({ kind: "input", ago, wall: Date.now() });
  }

  /** @param {Instant} at @param {string} tab */
  #noteInput(at, tab) {
    if (this.lastInput && msSince(this.lastInput) <= msSince(at)) return;
    this.lastInput = at;
    this.latestTab = tab;
    this.keeper?.input();
  }

  #wake() {
    this.keeper?.wake();
    this.tabs?.tell({ kind: "ask" });
  }

  /** @param {AgentStatus} status */
  #shown(status) {
    this.status = status;
    this.dispatchEvent(new CustomEvent("status", { detail: status }));
    // The tab that had this one warn may be gone.
    const at = warnAt(status);
    if (at === null || at > Date.now()) this.#warn(null);
  }

  /** @param {AgentStatus | null} status */
  #warn(status) {
    const next = status?.next ?? null;
    if (next === null && this.warning === null) return;
    this.warning = next;
    this.notification?.close();
    this.notification = undefined;
    this.dispatchEvent(new CustomEvent("warning", { detail: next }));
    if (status && this.options.notify && document.hidden && globalThis.Notification?.permission === "granted") this.#notify(status);
  }

  /** @param {AgentStatus} status */
  #notify(status) {
    try {
      const { title, body } = this.options.notification?.(status) ?? { title: `You will be ${status.next?.status} soon` };
      this.notification = new Notification(title, { body, tag: "onduty-warning" });
    } catch (error) {
      reportError(error); // Android has them in service workers only, and the words come from the page.
    }
  }

  /** @param {OndutyError} error */
  #problem(error) {
    this.dispatchEvent(new CustomEvent("problem", { detail: error }));
  }

  async #fetchToken() {
    try {
      this.token = await this.options.token?.({ wasRefused: this.wasRefused });
    } catch (cause) {
      throw new OndutyError("unavailable", "the credential could not be fetched", { cause });
    }
    return this.token;
  }
}

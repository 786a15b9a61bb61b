/**
 * Keeps the one session of a browser, while its tab leads, and asks what is true.
 *
 * Invariants: one call runs at a time, and what comes meanwhile is remembered as a single wish to call again. What is shown is an
 * answer of the server: a timer only has it asked. Every keeper has a session of its own, so that the end of one, which may
 * arrive late, cannot end the session of the tab that took over.
 */

import { OndutyError, durationOf, millisecondsOf } from "../client/index.js";
import { waitAfter } from "./backoff.js";
import { instant, msSince } from "./elapsed.js";
import { newId } from "./ids.js";
import { statusOf, warnAt } from "./status.js";

/** @import { Client } from "../client/calls.js" */
/** @import { Instant } from "./elapsed.js" */
/** @import { AgentStatus } from "./status.js" */

/** How often input is told while it changes nothing. */
const INPUT_TOLD_EVERY_MS = 30_000;
/** The least time between two calls, however much happens. */
const APART_MS = 1_000;
/** A timer that is later than this was held up: the machine slept, or the page was frozen. */
const HELD_UP_MS = 30_000;
/** After the network is back, or the machine has woken up, browsers come one after the other. */
const BACK_WITHIN_MS = 5_000;

/**
 * @typedef {object} KeeperOptions
 * @property {Client} client
 * @property {string} accountId
 * @property {string} userId
 * @property {number} ttlMs how long the session lives without being kept
 * @property {() => Instant | null} lastInput
 * @property {number} [offsetMs] by how much the server's clock is ahead of this machine's, as far as that is known
 * @property {(status: AgentStatus, offsetMs: number) => void} onStatus
 * @property {(status: AgentStatus | null) => void} onWarning called with the status to warn of, and with null when that is over
 * @property {(error: OndutyError) => void} onProblem
 * @property {() => void} onTurn called at every attempt, whatever comes of it
 * @property {() => number} [random]
 */

/** See the module. */
export class Keeper {
  /** @param {KeeperOptions} options */
  constructor(options) {
    this.options = options;
    this.sessionId = newId();
    this.random = options.random ?? Math.random;
    this.closing = new AbortController();
    /** @type {AgentStatus | null} */
    this.status = null;
    this.offsetMs = options.offsetMs ?? 0;
    /** The newest input that the server has been told of. @type {Instant | null} */
    this.told = null;
    /** The time of the switch that was warned of (ms). @type {number | null} */
    this.warned = null;
    /** True if what is shown may be old because the machine slept: then it is asked for before anything is told. */
    this.isHeldUp = false;
    this.isOpen = false;
    this.failures = 0;
    this.calledAt = instant();
    this.end = () => {};
    this.#run();
  }

  /** Act on input: tell of it now, soon, or with the next call. */
  input() {
    if (this.failures > 0) {
      // Not while a server is away: its users are all at their keyboards. Whom it does not know yet, it will know by this.
      if (this.isUnknown) this.end();
      return;
    }
    if (this.isUrgent) this.#callIn(APART_MS - msSince(this.calledAt));
    else this.#callIn(INPUT_TOLD_EVERY_MS - msSince(this.calledAt));
  }

  /** Ask what is true and tell of this browser, because the machine woke up or the page was looked at again. */
  wake() {
    this.isHeldUp = true;
    if (this.failures === 0) this.#callIn(APART_MS - msSince(this.calledAt));
  }

  /** The network is back. */
  online() {
    this.isHeldUp = true;
    this.failures = 0;
    this.#callIn(this.random() * BACK_WITHIN_MS);
  }

  /** Take over a status that another call of this browser was answered with. @param {AgentStatus} status */
  take(status) {
    this.#shown(status);
    this.end(); // When to ask next depends on it.
  }

  /**
   * Stop keeping, and end the session by a call that outlives the page.
   * @param {Client | null} parting null to let the session run out
   */
  close(parting) {
    this.closing.abort();
    clearTimeout(this.sooner);
    this.end();
    if (!parting || !this.isOpen) return;
    const { accountId, userId } = this.options;
    parting.endSession({ accountId, userId, sessionId: this.sessionId }).catch(() => {
      // It runs out then.
    });
  }

  get isUrgent() {
    return this.status?.status !== "ONLINE" || this.warned !== null;
  }

  async #run() {
    while (!this.closing.signal.aborted) {
      this.options.onTurn();
      const waitMs = await this.#turn();
      const paused = instant();
      await this.#pause(waitMs);
      if (msSince(paused) > waitMs + HELD_UP_MS) this.isHeldUp = true;
    }
  }

  /** Call, and return how long to wait until the next time, in ms. */
  async #turn() {
    this.isUnknown = false;
    this.calledAt = instant();
    const wasHeldUp = this.isHeldUp;
    this.isHeldUp = false; // It may be set again while the calls are under way.
    try {
      if (wasHeldUp) await this.#ask();
      await this.#keep();
      this.failures = 0;
      return this.isHeldUp ? APART_MS : this.#untilNext();
    } catch (error) {
      if (!(error instanceof OndutyError)) throw error;
      this.isHeldUp ||= wasHeldUp;
      if (this.closing.signal.aborted) return 0;
      this.failures += 1;
      this.isUnknown = error.reason === "USER_UNKNOWN";
      this.options.onProblem(error);
      return this.isUnknown ? this.options.ttlMs / 2 : waitAfter(error, this.failures, this.random);
    }
  }

  async #ask() {
    const { client, accountId, userId } = this.options;
    const answer = await client.getStatus({ accountId, userId }, { signal: this.closing.signal });
    if (answer.userStatus) this.#shown(statusOf(answer.userStatus, this.offsetMs));
  }

  async #keep() {
    const { client, accountId, userId, ttlMs } = this.options;
    const input = this.options.lastInput();
    const isNews = input !== null && input !== this.told;
    const asked = Date.now();
    this.isOpen = true; // Also if the answer is lost.
    const answer = await client.keepSession(
      {
        accountId,
        userId,
        sessionId: this.sessionId,
        ttl: durationOf(ttlMs),
        idleFor: isNews ? durationOf(msSince(input)) : undefined,
      },
      { signal: this.closing.signal },
    );
    if (isNews) this.told = input;
    const serverTime = millisecondsOf(answer.serverTime);
    if (serverTime !== undefined) this.offsetMs = serverTime - (asked + Date.now()) / 2;
    if (answer.userStatus) this.#shown(statusOf(answer.userStatus, this.offsetMs));
    if (this.options.lastInput() !== input) this.input();
  }

  /** @param {AgentStatus} status */
  #shown(status) {
    this.status = status;
    const at = warnAt(status);
    const switchAt = status.next?.at.getTime() ?? null;
    const isDue = at !== null && at <= Date.now();
    this.options.onStatus(status, this.offsetMs);
    if (isDue && this.warned === null) {
      this.warned = switchAt;
      this.options.onWarning(status);
    } else if (!isDue && this.warned !== null) {
      this.warned = null;
      this.options.onWarning(null);
    }
  }

  /** Until the session has to be kept, something is to be warned of, or the status is another one; in ms. */
  #untilNext() {
    const now = Date.now();
    const times = [this.options.ttlMs / 2];
    const at = warnAt(this.status);
    if (at !== null && this.warned === null) times.push(at - now);
    const next = this.status?.next?.at.getTime();
    if (next !== undefined) times.push(next - now + 50 + this.random() * 200);
    return Math.max(Math.min(...times), APART_MS);
  }

  /** @param {number} ms */
  #callIn(ms) {
    clearTimeout(this.sooner);
    this.sooner = setTimeout(() => this.end(), Math.max(ms, 0));
  }

  /** @param {number} ms */
  #pause(ms) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.end = () => {
        clearTimeout(timer);
        clearTimeout(this.sooner);
        this.end = () => {};
        resolve(undefined);
      };
    });
  }
}

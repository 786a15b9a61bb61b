/**
 * The tabs of one browser that speak for the same user: one of them leads, and they tell each other things.
 *
 * Invariant: while the browser has Web Locks, at most one tab believes that it leads, but for a tab that is frozen. Where it has no
 * Web Locks or no BroadcastChannel, or refuses the page to use them, every tab leads, and has nobody to tell.
 */

import { instant, msSince } from "./elapsed.js";
import { newId } from "./ids.js";

const CHECKED_EVERY_MS = 10_000;

/**
 * @typedef {object} TabOptions
 * @property {string} name the same for tabs that speak for the same user
 * @property {number} silenceMaxMs how long the leader may say nothing before another tab takes over
 * @property {() => void} onLead
 * @property {() => void} onFollow called when another tab has taken over
 * @property {(note: any) => void} onNote
 */

/** See the module. */
export class Tabs {
  /** @param {TabOptions} options */
  constructor(options) {
    this.options = options;
    /** This tab, among the others. */
    this.id = newId();
    this.isLeading = false;
    this.closing = new AbortController();
    this.heard = this.checked = instant();
    this.release = () => {};
    try {
      if (globalThis.navigator?.locks) this.channel = new BroadcastChannel(options.name);
    } catch {
      // There are none, or not for this page.
    }
    if (!this.channel) {
      queueMicrotask(() => this.#lead());
      return;
    }
    this.channel.onmessage = ({ data }) => {
      this.heard = instant();
      options.onNote(data);
    };
    this.#seek({});
    this.timer = setInterval(() => this.#check(), CHECKED_EVERY_MS);
  }

  /** @param {object} note what structured cloning can copy */
  tell(note) {
    if (!this.closing.signal.aborted) this.channel?.postMessage({ ...note, from: this.id });
  }

  /** Leave the tabs, and let another one lead. */
  close() {
    this.closing.abort();
    this.waiting?.abort();
    clearInterval(this.timer);
    this.isLeading = false;
    this.release();
    this.channel?.close();
  }

  #lead() {
    if (this.closing.signal.aborted) return;
    this.isLeading = true;
    this.options.onLead();
  }

  /** @param {{steal?: boolean}} how */
  #seek({ steal = false }) {
    // A request of this tab that still waits would be granted one day, beside this one.
    this.waiting?.abort();
    this.waiting = new AbortController();
    const how = steal ? { steal } : { signal: this.waiting.signal };
    const lock = navigator.locks.request(this.options.name, how, () => {
      if (this.closing.signal.aborted) return undefined;
      this.#lead();
      return new Promise((resolve) => {
        this.release = () => resolve(undefined);
      });
    });
    lock.catch((error) => {
      if (this.closing.signal.aborted) return;
      if (!this.isLeading) {
        if (error.name !== "AbortError") this.#beAlone();
        return;
      }
      // Stolen by a tab that has heard nothing of this one.
      this.isLeading = false;
      this.heard = instant();
      this.options.onFollow();
      this.#seek({});
    });
  }

  /** Lead without the others, because the browser refuses locks to this page. */
  #beAlone() {
    clearInterval(this.timer);
    this.channel?.close();
    this.channel = undefined;
    this.#lead();
  }

  #check() {
    const wasAsleep = msSince(this.checked) > 3 * CHECKED_EVERY_MS + 60_000;
    this.checked = instant();
    if (this.isLeading) return;
    if (wasAsleep) {
      // This tab heard nothing because it was frozen or slowed down. The leader gets the time to answer.
      this.heard = instant();
      this.tell({ kind: "ask" });
    } else if (msSince(this.heard) > this.options.silenceMaxMs) {
      this.heard = instant();
      this.#seek({ steal: true });
    }
  }
}

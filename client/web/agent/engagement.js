/** An engagement: while it lives, the user is not idle, although there may be no input. */

import { OndutyError, durationOf } from "../client/index.js";
import { waitAfter } from "./backoff.js";

/** @import { Client } from "../client/calls.js" */

/** See the module. It is renewed by the tab that began it; if that tab is closed, it runs out. */
export class Engagement {
  /**
   * @param {Client} client
   * @param {{accountId: string, userId: string, engagementId: string}} names
   * @param {number} ttlMs how long it lives without being renewed
   * @param {(error: OndutyError) => void} onProblem
   * @param {AbortSignal} [signal] stops the renewals
   */
  constructor(client, names, ttlMs, onProblem, signal) {
    this.client = client;
    this.names = names;
    this.ttlMs = ttlMs;
    this.onProblem = onProblem;
    this.signal = signal;
    this.failures = 0;
    this.hasEnded = false;
    /** @type {Promise<void> | undefined} */
    this.ending = undefined;
    this.renewing = this.#renew();
  }

  /**
   * End it, as soon as a renewal that is under way has been answered. It is no longer renewed in any case; if the call fails, it can
   * be ended again.
   * @returns {Promise<void>}
   */
  end() {
    this.hasEnded = true;
    clearTimeout(this.timer);
    this.ending ??= this.#end();
    return this.ending;
  }

  async #end() {
    await this.renewing;
    try {
      await this.client.endEngagement(this.names);
    } catch (error) {
      this.ending = undefined;
      throw error;
    }
  }

  async #renew() {
    if (this.signal?.aborted) return;
    let waitMs = this.ttlMs / 2;
    try {
      await this.client.keepEngagement({ ...this.names, ttl: durationOf(this.ttlMs) });
      this.failures = 0;
    } catch (error) {
      if (!(error instanceof OndutyError)) throw error;
      this.failures += 1;
      waitMs = waitAfter(error, this.failures);
      this.onProblem(error);
    }
    if (this.hasEnded) return;
    this.timer = setTimeout(() => {
      this.renewing = this.#renew();
    }, waitMs);
  }
}

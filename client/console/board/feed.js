/**
 * The messages of a watch, by one stream for all tabs of a browser. A browser opens six connections to a server over HTTP/1.1,
 * and every stream takes one of them. The tab that holds a lock leads: it has the stream, and passes on what it is told.
 *
 * Invariant: a tab is told a snapshot and what follows it, none missing and none twice, whichever tab leads. A tab that may
 * have missed something has the leader begin again with a snapshot.
 */

import { OndutyError } from "../lib.js";
import { openChannel } from "../storage.js";
import { Deadline } from "./server_clock.js";

/** @import { WatchStatusesResponse } from "../lib.js" */

/** Bookmarks come once a second; the first one may take three. */
const SILENCE_MAX_MS = 3_500;
const FIRST_SILENCE_MAX_MS = 7_000;
const RETRY_MIN_MS = 500;
const RETRY_MAX_MS = 10_000;
const ADVISED_MAX_MS = 60_000;

/** @typedef {{waitMs: number, isOrderly: boolean}} Lost `isOrderly` if the server ended the stream and took its leave */

/**
 * What tabs tell each other. `after` is the token of the message before.
 * @typedef {{message: WatchStatusesResponse, after: string} | {lost: Lost} | "lead" | "join" | "retry"} Note
 */

/**
 * @typedef {object} Wanted
 * @property {string} name tabs with the same name share a stream, so it tells what is watched and who may see it
 * @property {string} resumeToken
 * @property {(resumeToken: string, signal: AbortSignal) => AsyncIterable<WatchStatusesResponse>} open
 * @property {(message: WatchStatusesResponse) => void} onMessage
 * @property {(lost: Lost) => void} onLost
 * @property {(error: unknown) => boolean} isOutdated returns true if the stream is to be opened again at once
 * @property {(error: unknown) => boolean} isFinal returns true if it makes no sense to try again
 */

/** See the module. */
export class Feed {
  /** @param {Wanted} wanted */
  constructor(wanted) {
    this.wanted = wanted;
    this.resumeToken = wanted.resumeToken;
    this.closing = new AbortController();
    this.silence = new Deadline();
    this.isSilent = false;
    /** True until a snapshot begins, for a tab that does not lead. */
    this.isWaiting = true;
    /** @type {AbortController | null} */
    this.leading = null;
    /** @type {AbortController | null} */
    this.seeking = null;
    /** @type {AbortController | null} */
    this.attempt = null;
    /** What is true of the attempt: a message has come, a bookmark has come, the next one is to follow at once. */
    this.hasBegun = false;
    this.isFresh = false;
    this.isBegunAnew = false;
    /** True once there has been another tab. */
    this.isShared = false;
    this.endPause = () => {};
    this.channel = navigator.locks ? openChannel(wanted.name) : null;
    if (this.channel) {
      this.channel.onmessage = ({ data }) => this.#heard(data);
      this.#seek({});
      this.#follow();
    } else this.#lead();
  }

  /** Stop, and let another tab lead. */
  close() {
    this.closing.abort();
    this.seeking?.abort();
    this.#stopLeading();
    this.channel?.close();
  }

  /** Try again at once, if the connection is lost. */
  retry() {
    if (this.leading) this.endPause();
    else this.#tell("retry");
  }

  /** Act if there has been silence for too long; to be called every half second or so, and when the page wakes up. */
  check() {
    const wasSilent = this.isSilent;
    this.isSilent = this.silence.hasPassed();
    // What has arrived while the page was held up comes first.
    if (!this.isSilent || !wasSilent) return;
    this.isSilent = false;
    if (this.leading) this.attempt?.abort();
    else this.#seek({ steal: true });
  }

  // --- between tabs --------------------------------------------------------------------------------------------------

  /** @param {Note} note */
  #tell(note) {
    if (!this.closing.signal.aborted) this.channel?.postMessage(note);
  }

  /** @param {Note} note */
  #heard(note) {
    this.isShared = true;
    if (note === "join") this.#beginAnew();
    else if (note === "retry") this.endPause();
    else if (this.leading) return;
    else if (note === "lead") this.silence.in(FIRST_SILENCE_MAX_MS);
    else if ("lost" in note) {
      this.silence.in(note.lost.waitMs + FIRST_SILENCE_MAX_MS);
      this.wanted.onLost(note.lost);
    } else this.#take(note);
  }

  /** Begin with a snapshot for a tab that has come, unless that is about to happen. */
  #beginAnew() {
    if (!this.leading || (!this.hasBegun && !this.resumeToken)) return;
    this.resumeToken = "";
    this.isBegunAnew = true;
    this.attempt?.abort();
    this.endPause();
  }

  /** Be told by the tab that leads. */
  #follow() {
    this.isWaiting = true;
    this.silence.in(FIRST_SILENCE_MAX_MS);
    this.#tell("join");
  }

  /** @param {{message: WatchStatusesResponse, after: string}} note */
  #take({ message, after }) {
    const { event } = message;
    if (event.case === "snapshot" && event.value.first) this.isWaiting = false;
    else if (this.isWaiting) return;
    else if (after !== this.resumeToken) return this.#follow();
    this.silence.in(SILENCE_MAX_MS);
    this.resumeToken = message.resumeToken;
    this.wanted.onMessage(message);
  }

  /** Lead as soon as nobody else does; with `steal`, at once. @param {LockOptions} options */
  #seek(options) {
    this.seeking?.abort();
    const seeking = (this.seeking = new AbortController());
    if (!options.steal) options.signal = seeking.signal;
    navigator.locks.request(this.wanted.name, options, () => this.#lead()).catch(() => {
      // Another tab has taken the lead, because it heard nothing of this one.
      if (this.closing.signal.aborted || seeking !== this.seeking || seeking.signal.aborted) return;
      this.#stopLeading();
      this.#seek({});
      this.#follow();
    });
  }

  // --- the stream ----------------------------------------------------------------------------------------------------

  #stopLeading() {
    this.leading?.abort();
    this.leading = null;
    this.endPause();
  }

  async #lead() {
    if (this.closing.signal.aborted) return;
    const leading = (this.leading = new AbortController());
    this.#tell("lead");
    for (let failures = 0; !leading.signal.aborted; ) {
      const attempt = (this.attempt = new AbortController());
      this.isBegunAnew = false;
      const error = await this.#read(AbortSignal.any([leading.signal, attempt.signal]));
      this.silence.in(Infinity);
      if (leading.signal.aborted) return;
      if (this.isBegunAnew) continue;
      if (error && this.wanted.isFinal(error)) return this.close();
      failures = this.isFresh ? 1 : failures + 1;
      const lost = { waitMs: waitAfter(failures, error), isOrderly: !error && !attempt.signal.aborted && failures === 1 };
      this.#tell({ lost });
      this.wanted.onLost(lost);
      await this.#pause(lost.waitMs);
    }
  }

  /** Pass on what the server says, until that ends. Returns the error that ended it. @param {AbortSignal} signal */
  async #read(signal) {
    this.hasBegun = this.isFresh = false;
    this.silence.in(FIRST_SILENCE_MAX_MS);
    try {
      for await (const message of this.wanted.open(this.resumeToken, signal)) {
        if (signal.aborted) return undefined;
        this.isFresh ||= message.event.case === "bookmark";
        this.silence.in(this.isFresh ? SILENCE_MAX_MS : FIRST_SILENCE_MAX_MS);
        if (this.isShared) this.#tell({ message, after: this.resumeToken });
        this.hasBegun = true;
        this.resumeToken = message.resumeToken;
        this.wanted.onMessage(message);
      }
    } catch (error) {
      if (!(error instanceof OndutyError)) reportError(error);
      else if (this.resumeToken && (error.code === "out_of_range" || error.code === "invalid_argument")) {
        // The token is no longer kept, or is one of a store that is gone.
        this.resumeToken = "";
        this.isBegunAnew = true;
      } else if (this.wanted.isOutdated(error)) this.isBegunAnew = true;
      return error;
    }
    return undefined;
  }

  /** @param {number} ms */
  #pause(ms) {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.endPause(), ms);
      this.endPause = () => {
        clearTimeout(timer);
        this.endPause = () => {};
        resolve(undefined);
      };
    });
  }
}

/** Return how long to wait: longer after each failure, not all browsers for as long, and no less than the server asks for. @param {number} failures @param {unknown} error */
function waitAfter(failures, error) {
  const longest = Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** Math.min(failures - 1, 10));
  const advised = (error instanceof OndutyError && error.retryAfterMs) || 0;
  return Math.min(advised, ADVISED_MAX_MS) + longest * (0.5 + Math.random() / 2);
}

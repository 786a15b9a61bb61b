/**
 * Reads the changes of a period from its end, as far as they are asked for.
 *
 * The server lists changes in the order in which they were recorded, oldest first. So the end of the period is read in slices,
 * each as long as what the one before it held suggests.
 */

import { CHANGES_MAX, readChanges, without } from "./read.js";

/** @import { Calls, Change } from "./read.js" */

const FIRST_SLICE_MS = 60_000;
const SLICE_FACTOR = 8;
/** A slice that holds more is read anew in a shorter one, one that holds less is followed by a longer one. */
const SLICE_MOST = 4_000;
const SLICE_LEAST = 400;

/** See the module. */
export class NewestFirst {
  /**
   * @param {{accountId: string, userId: string, teamId?: string, start: number, end?: number}} wanted times in ms UTC; without an end it goes on
   * @param {number} now ms UTC, by a clock that need not be the server's
   * @param {Calls} [calls]
   */
  constructor(wanted, now, calls) {
    this.wanted = wanted;
    this.calls = calls;
    /** What has been read, newest first. */
    this.changes = /** @type {Change[]} */ ([]);
    /** All from here to the end of the period is read, ms UTC. */
    this.from = wanted.end ?? now;
    this.until = wanted.end;
    /** True if there are changes that cannot be read, because too many are of the same moment. */
    this.isCut = false;
    this.sliceMs = wanted.userId ? Math.max(1, this.from - wanted.start) : FIRST_SLICE_MS;
  }

  get isComplete() {
    return this.from <= this.wanted.start;
  }

  /** Forget somebody who has been erased. @param {string} id */
  forget(id) {
    this.changes = this.changes.map((each) => without(each, id));
  }

  /**
   * Read on until `isEnough`, up to a bound.
   * @param {AbortSignal} signal @param {(changes: Change[]) => boolean} isEnough
   */
  async more(signal, isEnough) {
    const before = this.changes.length;
    while (!this.isComplete && !isEnough(this.changes) && this.changes.length - before < CHANGES_MAX) {
      const start = Math.max(this.wanted.start, this.from - this.sliceMs);
      const isMoment = this.from - start <= 1;
      const most = isMoment ? CHANGES_MAX : SLICE_MOST;
      const slice = await readChanges({ ...this.wanted, start, end: this.until, signal, most }, this.calls);
      if (slice.isCapped && !isMoment) {
        this.sliceMs = Math.max(1, Math.floor((this.from - start) / SLICE_FACTOR));
        continue;
      }
      this.isCut ||= slice.isCapped;
      this.changes.push(...slice.changes);
      this.from = this.until = start;
      if (slice.changes.length < SLICE_LEAST) this.sliceMs *= SLICE_FACTOR;
    }
  }
}

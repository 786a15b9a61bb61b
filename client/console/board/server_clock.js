/** Time as the server has it. The reader's own clock may be wrong, may be set while the page is open, and may stop in sleep. */

const OFFSETS_KEPT = 30;

/** Tells the server's time from what the server says now and then. */
export class ServerClock {
  /** @param {() => number} [steady] ms of a clock that nobody sets */
  constructor(steady = () => performance.now()) {
    this.steady = steady;
    /** @type {number[]} */
    this.offsets = [];
    this.isAnew = true;
  }

  /** Learn from now on, as from another server. What was learnt before holds until then. */
  restart() {
    this.isAnew = true;
  }

  /** Take what the server has just said. @param {number} ms UTC */
  learn(ms) {
    this.offsets = [...(this.isAnew ? [] : this.offsets.slice(1 - OFFSETS_KEPT)), ms - this.steady()];
    this.isAnew = false;
  }

  /** Return the server's time, ms UTC: no later than it is, and earlier by what the quickest message took. */
  now() {
    return this.offsets.length ? this.steady() + Math.max(...this.offsets) : Date.now();
  }
}

/** A point in time. It has passed after a sleep of the machine too, which not every clock counts. */
export class Deadline {
  constructor() {
    this.steady = Infinity;
    this.wall = Infinity;
  }

  /** @param {number} ms from now; Infinity for never */
  in(ms) {
    this.steady = performance.now() + ms;
    this.wall = Date.now() + ms;
  }

  hasPassed() {
    return performance.now() > this.steady || Date.now() > this.wall;
  }
}

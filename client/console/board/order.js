/** Those who match a filter, in order; kept up change by change, so that nothing is ever sorted again as a whole. */

/** @import { Person } from "./people.js" */

/** @typedef {"person" | "status" | "since"} SortBy */

/** @typedef {{by: SortBy, down: boolean, search: string, statuses: Set<number>, team: string}} Wanted an empty set means all statuses, an empty team all teams */

/** @type {Record<SortBy, (one: Person, other: Person) => number>} */
const BY = {
  person: () => 0,
  status: (one, other) => one.status - other.status,
  since: (one, other) => one.since - other.since,
};

/** @param {Person} one @param {Person} other */
function byName(one, other) {
  if (one.key !== other.key) return one.key < other.key ? -1 : 1;
  return one.id < other.id ? -1 : one.id > other.id ? 1 : 0;
}

/** See the module. */
export class Ordered {
  constructor() {
    /** @type {Person[]} */
    this.rows = [];
    /** @type {Wanted} */
    this.wanted = { by: "person", down: false, search: "", statuses: new Set(), team: "" };
  }

  /** @param {Iterable<Person>} everybody @param {Wanted} wanted */
  reset(everybody, wanted) {
    this.wanted = wanted;
    this.rows = [];
    for (const person of everybody) if (this.#matches(person)) this.rows.push(person);
    this.rows.sort((one, other) => this.#compare(one, other));
  }

  /** @param {Person | undefined} before @param {Person | undefined} after */
  change(before, after) {
    const from = before && this.#matches(before) ? this.#place(before) : -1;
    const isShown = after !== undefined && this.#matches(after);
    if (from >= 0 && isShown && this.#compare(/** @type {Person} */ (before), after) === 0) {
      this.rows[from] = after;
      return;
    }
    if (from >= 0) this.rows.splice(from, 1);
    if (isShown) this.rows.splice(this.#place(after), 0, after);
  }

  /** Return where somebody is, or -1 if they are not shown. @param {Person} person */
  indexOf(person) {
    return this.#matches(person) ? this.#place(person) : -1;
  }

  /** @param {Person} person */
  #matches(person) {
    const { search, statuses, team } = this.wanted;
    if ((team && person.team !== team) || (statuses.size > 0 && !statuses.has(person.status))) return false;
    return search === "" || person.key.includes(search);
  }

  /** @param {Person} one @param {Person} other */
  #compare(one, other) {
    const order = BY[this.wanted.by](one, other) || byName(one, other);
    return this.wanted.down ? -order : order;
  }

  /** Return the index of the first row that does not come before `person`. @param {Person} person */
  #place(person) {
    let low = 0;
    let high = this.rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#compare(this.rows[middle], person) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

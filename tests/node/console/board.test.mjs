// Tests of the console's modules that need no page. Run by `node --test`, through test_console.py.

import assert from "node:assert/strict";
import { test } from "node:test";

const { Cause, Status, Then } = await import("../../../client/web/gen/onduty/v1/status_pb.js");
const { People, keyOf, nextOf } = await import("../../../client/console/board/people.js");
const { Ordered } = await import("../../../client/console/board/order.js");
const { Deadline, ServerClock } = await import("../../../client/console/board/server_clock.js");
const { marksOf, partsOf } = await import("../../../client/console/person/parts_of.js");

const time = (ms) => ({ seconds: BigInt(Math.floor(ms / 1000)), nanos: (ms % 1000) * 1e6 });
const user = (userId, revision, more = {}) => ({
  accountId: "acme",
  userId,
  status: Status.ONLINE,
  cause: Cause.ACTIVITY,
  statusSince: time(1_000),
  actor: "",
  reason: "",
  nextStatus: Status.AWAY,
  nextStatusTime: time(9_000),
  revision: BigInt(revision),
  ...more,
});
const snapshot = (users, first = true, last = true) => ({ case: "snapshot", value: { first, last, userStatuses: users } });
const change = (userId, revision, more = {}) => ({
  case: "statusChange",
  value: { ...user(userId, revision, { status: Status.AWAY, cause: Cause.INACTIVITY, effectiveTime: time(9_000) }), ...more },
});
const changes = (...all) => ({ case: "changes", value: { changes: all.map((each) => ({ change: each })) } });

test("a snapshot replaces everybody, once all of it is there", () => {
  const people = new People();
  people.apply(snapshot([user("ann", 1), user("ben", 2)]), 5);
  people.apply(snapshot([user("eva", 1)], true, false), 6);
  assert.deepEqual([...people.all.keys()], ["ann", "ben"]);
  people.apply(snapshot([user("ida", 2)], false, true), 6);
  assert.deepEqual([...people.all.keys()], ["eva", "ida"]);
  assert.equal(people.counts[Status.ONLINE], 2);
});

test("a snapshot that begins again leaves nothing of the one that was cut", () => {
  const people = new People();
  people.apply(snapshot([user("ann", 1)], true, false), 5);
  people.apply(snapshot([user("ben", 1)], true, true), 5);
  assert.deepEqual([...people.all.keys()], ["ben"]);
});

test("a part of a snapshot is never taken for all of it", () => {
  assert.throws(() => new People().apply(snapshot([user("ann", 1)], false, true), 5));
});

test("a change moves the counts, and says nothing of what comes next", () => {
  const people = new People();
  people.apply(snapshot([user("ann", 1), user("ben", 2)]), 5);
  people.apply(changes(change("ann", 3)), 6);
  const ann = people.all.get("ann");
  assert.deepEqual([ann.status, ann.since, ann.nextAt, ann.checked], [Status.AWAY, 9_000, undefined, 0]);
  assert.deepEqual(people.counts, { [Status.ONLINE]: 1, [Status.AWAY]: 1, [Status.OFFLINE]: 0 });
});

test("neither a read nor a change takes somebody back to what was before", () => {
  const people = new People();
  people.apply(snapshot([user("ann", 1)]), 5);
  people.take(user("ann", 4, { status: Status.OFFLINE }), 6);
  people.apply(changes(change("ann", 3)), 7);
  assert.equal(people.all.get("ann").status, Status.OFFLINE);
  people.take(user("ann", 3), 8);
  assert.equal(people.all.get("ann").status, Status.OFFLINE);
  assert.equal(people.counts[Status.OFFLINE], 1);
});

test("a change of the reason alone keeps since", () => {
  const people = new People();
  people.apply(snapshot([user("ann", 1)]), 5);
  people.apply(changes(change("ann", 2, { status: Status.ONLINE, cause: Cause.MANUAL, reason: "back" })), 6);
  assert.deepEqual([people.all.get("ann").since, people.all.get("ann").reason], [1_000, "back"]);
});

test("search and order take letters as people do", () => {
  assert.equal(keyOf("Émile"), "emile");
  assert.equal(keyOf("\u202egnp.exe"), "gnp.exe");
  assert.equal(keyOf("E\u0301mile"), keyOf("\u00c9mile"));
  assert.equal(keyOf("ANN <b>"), "ann <b>");
});

test("what is kept in order is what sorting would give, whatever changes", () => {
  let seed = 7;
  const random = (n) => (seed = (seed * 48_271) % 2_147_483_647) % n;
  for (const by of ["person", "status", "since"]) {
    for (const wanted of [
      { by, down: false, search: "", statuses: new Set() },
      { by, down: true, search: "1", statuses: new Set([Status.ONLINE, Status.AWAY]) },
      { by, down: false, search: "", statuses: new Set(), team: "t1" },
    ]) {
      const people = new People();
      const ordered = new Ordered();
      people.onChange = (before, after) => ordered.change(before, after);
      people.apply(snapshot(Array.from({ length: 300 }, (_, i) => user(`u${i}`, 1, { status: 1 + random(3), statusSince: time(random(50)) }))), 5);
      ordered.reset(people.all.values(), wanted);
      for (let revision = 2; revision < 600; revision++) {
        const id = `u${random(320)}`;
        const kind = random(4);
        const more = { status: 1 + random(3), effectiveTime: time(random(100)), displayName: people.all.get(id)?.name, teamId: people.all.get(id)?.team };
        const renamed = who(id, revision, { displayName: `n${random(40)}`, teamId: `t${random(3)}`, erased: kind === 3 });
        people.apply(changes(kind < 2 ? change(id, revision, more) : renamed), 6);
      }
      const sorted = new Ordered();
      sorted.reset(people.all.values(), wanted);
      assert.deepEqual(ordered.rows, sorted.rows);
      for (const [index, each] of ordered.rows.entries()) assert.equal(ordered.indexOf(each), index);
    }
  }
});

test("a change costs no look at everybody", () => {
  const people = new People();
  const ordered = new Ordered();
  people.onChange = (before, after) => ordered.change(before, after);
  people.apply(snapshot(Array.from({ length: 20_000 }, (_, i) => user(`u${i}`, 1, { statusSince: time(i) }))), 5);
  ordered.reset(people.all.values(), { by: "since", down: true, search: "", statuses: new Set() });
  let looks = 0;
  ordered.rows = new Proxy(ordered.rows, {
    get(rows, name) {
      if (typeof name === "string" && /^\d+$/.test(name)) looks++;
      const found = rows[name];
      return typeof found === "function" ? found.bind(rows) : found;
    },
  });
  for (let i = 0; i < 100; i++) people.apply(changes(change(`u${i * 199}`, 2, { effectiveTime: time(30_000 + i) })), 6);
  assert.ok(looks < 100 * 2 * 16, `${looks} looks`);
});

test("the server's time is told by the quickest message, whatever the reader's clock does", () => {
  let steady = 0;
  const clock = new ServerClock(() => steady);
  clock.learn(1_000_000);
  steady = 1_000;
  clock.learn(1_000_700);
  assert.equal(clock.now(), 1_001_000);
  steady = 2_000;
  assert.equal(clock.now(), 1_002_000);
  clock.restart();
  assert.equal(clock.now(), 1_002_000);
  clock.learn(500_000);
  assert.equal(clock.now(), 500_000);
});

test("a deadline has passed once either clock says so", (t) => {
  const deadline = new Deadline();
  assert.equal(deadline.hasPassed(), false);
  deadline.in(10_000);
  assert.equal(deadline.hasPassed(), false);
  const now = Date.now();
  t.mock.method(Date, "now", () => now + 60_000);
  assert.equal(deadline.hasPassed(), true);
});

const at = (ms, from, to) => ({ at: ms, from, to });

test("the parts of a period add up to it, and nothing is said of before the first change", () => {
  const person = { status: Status.OFFLINE, since: 800 };
  const known = [at(800, Status.AWAY, Status.OFFLINE), at(500, Status.ONLINE, Status.AWAY), at(300, Status.UNSPECIFIED, Status.ONLINE)];
  assert.deepEqual(partsOf(known, person, 0, 1_000), [
    { status: Status.ONLINE, from: 300, to: 500 },
    { status: Status.AWAY, from: 500, to: 800 },
    { status: Status.OFFLINE, from: 800, to: 1_000 },
  ]);
  assert.deepEqual(partsOf(known.slice(0, 2), person, 400, 1_000).map(({ from, to }) => to - from), [100, 300, 200]);
});

test("an earlier period ends as the first change after it says", () => {
  const person = { status: Status.OFFLINE, since: 800 };
  assert.deepEqual(partsOf([at(800, Status.AWAY, Status.OFFLINE)], person, 100, 200), [{ status: Status.AWAY, from: 100, to: 200 }]);
  assert.deepEqual(partsOf([], person, 700, 900), [{ status: Status.OFFLINE, from: 800, to: 900 }]);
  assert.deepEqual(partsOf([], person, 100, 200), []);
});

test("a change of the cause alone is no part of its own", () => {
  const known = [at(500, Status.AWAY, Status.AWAY), at(300, Status.ONLINE, Status.AWAY)];
  assert.equal(partsOf(known, { status: Status.AWAY, since: 300 }, 200, 1_000).length, 2);
});

test("marks are at full hours of the reader's clock, also where it is put forward or back", () => {
  process.env.TZ = "Europe/Berlin";
  for (const [day, hours] of [["2026-03-29", 23], ["2026-10-25", 25], ["2026-06-01", 24]]) {
    const start = new Date(`${day}T00:00:00`).getTime();
    const end = start + hours * 3_600_000;
    const marks = marksOf(start, end);
    assert.equal(new Date(end).getHours(), 0);
    assert.ok(marks.length >= 4 && marks.length <= 9, String(marks.length));
    for (const mark of marks) assert.equal(new Date(mark).getHours() % 4, 0, `${day}: ${new Date(mark)}`);
    assert.equal(new Set(marks).size, marks.length);
  }
});

test("next is what is shown as something else, also behind a session that will be kept", () => {
  const person = { status: Status.AWAY, next: Status.OFFLINE, nextAt: 9_000, nextCause: Cause.DISCONNECT, isConnected: true };
  assert.equal(nextOf(person), null);
  const lunch = { ...person, expireAt: 12_000, then: Then.ONLINE };
  assert.deepEqual(nextOf(lunch), { status: Status.ONLINE, at: 12_000, cause: Cause.EXPIRY });
  assert.equal(nextOf({ ...lunch, then: Then.AUTOMATIC }), null);
  assert.deepEqual(nextOf({ ...lunch, isConnected: false }), { status: Status.OFFLINE, at: 9_000, cause: Cause.DISCONNECT });
  const gone = { status: Status.OFFLINE, next: Status.OFFLINE, nextAt: 9_000, nextCause: Cause.INACTIVITY, isConnected: false };
  assert.equal(nextOf(gone), null, "only the cause changes");
  assert.equal(nextOf({ ...gone, nextAt: undefined }), null);
});

const who = (userId, revision, more) => ({ case: "userChange", value: { userId, revision: BigInt(revision), displayName: "", teamId: "", erased: false, ...more } });

test("people are found and sorted by name, and found by id, and a change of either moves them", () => {
  const people = new People();
  const ordered = new Ordered();
  people.onChange = (before, after) => ordered.change(before, after);
  people.apply(snapshot([user("4711", 1, { displayName: "Zoë Ng", teamId: "night" }), user("ben", 2), user("eva", 3)]), 5);
  const shown = (search, team = "") => {
    ordered.reset(people.all.values(), { by: "person", down: false, search, statuses: new Set(), team });
    return ordered.rows.map(({ id }) => id);
  };
  assert.deepEqual(shown(""), ["ben", "eva", "4711"]);
  assert.deepEqual([shown("zoe"), shown("471"), shown("", "night")], [["4711"], ["4711"], ["4711"]]);
  shown("");
  people.apply(changes(who("4711", 4, { displayName: "Ada Ng", teamId: "day" })), 6);
  assert.deepEqual(ordered.rows.map(({ id }) => id), ["4711", "ben", "eva"]);
  assert.deepEqual([shown("", "night"), shown("", "day")], [[], ["4711"]]);
  // What comes next is decided by another team's settings now.
  assert.deepEqual([people.all.get("4711").nextAt, people.all.get("ben").nextAt], [undefined, 9_000]);
  assert.deepEqual([people.countsOf("night")[1], people.countsOf("day")[1], people.countsOf("")[1]], [0, 1, 3]);
});

test("a name is shared by those who are shown alike, also by an id that reads like it", () => {
  const people = new People();
  people.apply(snapshot([user("1", 1, { displayName: "Ann" }), user("2", 2, { displayName: "A\u0301nn" }), user("3", 3, { displayName: "ben" }), user("ben", 4)]), 5);
  const shared = () => [...people.all.values()].filter(({ id, name }) => people.isShared(id, name)).map(({ id }) => id);
  assert.deepEqual(shared(), ["1", "2", "3", "ben"]);
  people.apply(changes(who("2", 5, { displayName: "Ana" }), who("3", 6)), 6);
  assert.deepEqual(shared(), []);
});

test("whoever is erased is gone, does not come back by an old read, and is somebody new by a new one", () => {
  const people = new People();
  const [gone, forgotten] = [[], []];
  people.onChange = (before, after) => after || gone.push(before.id);
  people.onErased = (id) => forgotten.push(id);
  people.apply(snapshot([user("ann", 1, { displayName: "Ann Lee", teamId: "night" }), user("ben", 2, { actor: "ann" })]), 5);
  people.apply(changes(who("ann", 4, { erased: true })), 6);
  assert.equal(people.all.get("ben").actor, "");
  people.take(user("ann", 1, { displayName: "Ann Lee" }), 7);
  assert.deepEqual([[...people.all.keys()], gone, forgotten, people.counts[Status.ONLINE]], [["ben"], ["ann"], ["ann"], 1]);
  assert.deepEqual([people.teams.size, people.names.size], [0, 1]);
  people.take(user("ann", 6), 8);
  // Told of late, the erasure is not that of the new one.
  people.apply(changes(who("ann", 5, { erased: true })), 9);
  assert.deepEqual(people.all.get("ann").name ?? "", "");
});

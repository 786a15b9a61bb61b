// Tests of the feed: one stream for all tabs of a browser.

import assert from "node:assert/strict";
import { test } from "node:test";

const { Feed } = await import("../../../client/console/board/feed.js");
const { OndutyError } = await import("../../../client/web/client/index.js");

/** Locks as browsers have them, between tabs that are objects here. */
class Locks {
  constructor() {
    this.holder = null;
    this.queue = [];
  }

  request(_name, { steal, signal }, act) {
    return new Promise((resolve, reject) => {
      const entry = { act, resolve, reject };
      if (steal) {
        this.holder?.reject(new DOMException("stolen", "AbortError"));
        this.#grant(entry);
      } else if (this.holder) {
        this.queue.push(entry);
        signal?.addEventListener("abort", () => {
          if (!this.queue.includes(entry)) return;
          this.queue.splice(this.queue.indexOf(entry), 1);
          reject(new DOMException("given up", "AbortError"));
        });
      } else this.#grant(entry);
    });
  }

  #grant(entry) {
    this.holder = entry;
    Promise.resolve()
      .then(entry.act)
      .then(entry.resolve, entry.reject)
      .finally(() => {
        if (this.holder !== entry) return;
        this.holder = null;
        if (this.queue.length) this.#grant(this.queue.shift());
      });
  }
}

/** A server whose watch tells of a counter: a snapshot of it, then each step. */
class Counter {
  constructor() {
    this.value = 0;
    this.streams = new Set();
    this.opened = [];
    this.error = null;
  }

  async *open(token, signal) {
    this.opened.push(token);
    if (this.error) throw this.error;
    const stream = { queue: [], wake: () => {} };
    const over = new Promise((resolve) => signal.addEventListener("abort", resolve));
    this.streams.add(stream);
    try {
      if (token) for (let value = Number(token) + 1; value <= this.value; value++) yield message("changes", value);
      else yield message("snapshot", this.value, { first: true, last: true });
      for (;;) {
        while (stream.queue.length && !signal.aborted) yield stream.queue.shift();
        if (signal.aborted) throw new OndutyError("canceled", "");
        await Promise.race([over, new Promise((resolve) => (stream.wake = resolve))]);
      }
    } finally {
      this.streams.delete(stream);
    }
  }

  step() {
    this.value++;
    for (const { queue, wake } of this.streams) {
      queue.push(message("changes", this.value));
      wake();
    }
  }
}

const message = (kind, value, more = {}) => ({ resumeToken: String(value), event: { case: kind, value: { ...more, value } } });

let names = 0;
function tabs(t, n, server) {
  const name = `test ${names++}`;
  Object.defineProperty(globalThis, "navigator", { value: { locks: new Locks() }, configurable: true });
  const all = [];
  for (let i = 0; i < n; i++) all.push(tab(name, server));
  t.after(() => all.forEach(({ feed }) => feed.close()));
  return { name, all };
}

function tab(name, server) {
  const seen = { values: [], lost: 0, feed: null, isFinal: false };
  seen.feed = new Feed({
    name,
    resumeToken: "",
    open: (token, signal) => server.open(token, signal),
    onMessage({ event }) {
      if (event.case === "snapshot") seen.values = [event.value.value];
      else seen.values.push(event.value.value);
    },
    onLost: () => seen.lost++,
    isOutdated: () => false,
    isFinal: (error) => error.code === "unauthenticated" && (seen.isFinal = true),
  });
  return seen;
}

async function until(holds, what) {
  for (let tries = 0; tries < 1_000; tries++) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.fail(what);
}

const isWhole = ({ values }) => values.every((value, i) => i === 0 || value === values[i - 1] + 1);
const haveAll = (all, value) => all.every((each) => each.values.at(-1) === value);

test("nine tabs share one stream, and all are told everything", async (t) => {
  const server = new Counter();
  const { all } = tabs(t, 9, server);
  await until(() => haveAll(all, 0), "a snapshot for all");
  for (let i = 0; i < 50; i++) server.step();
  await until(() => haveAll(all, 50), "all steps for all");
  assert.equal(server.streams.size, 1);
  assert.ok(all.every(isWhole));
});

test("a tab that comes later begins with a snapshot, and the others miss nothing", async (t) => {
  const server = new Counter();
  const { name, all } = tabs(t, 2, server);
  await until(() => haveAll(all, 0), "a snapshot");
  server.step();
  await until(() => haveAll(all, 1), "a step");
  all.push(tab(name, server));
  server.step();
  await until(() => haveAll(all, 2), "all steps for all");
  assert.ok(all.every(isWhole));
  assert.equal(server.streams.size, 1);
});

test("when the tab that leads is closed, another goes on where it was", async (t) => {
  const server = new Counter();
  const { all } = tabs(t, 3, server);
  await until(() => haveAll(all, 0), "a snapshot");
  const [first, ...others] = all;
  server.step();
  await until(() => haveAll(all, 1), "a step");
  const before = server.opened.length;
  first.feed.close();
  server.step();
  await until(() => haveAll(others, 2), "the step after");
  assert.deepEqual(server.opened.slice(before), ["1"]);
  assert.ok(others.every(isWhole));
});

test("a tab that leads and is frozen loses the lead, and follows once it wakes", async (t) => {
  const server = new Counter();
  const { all } = tabs(t, 3, server);
  await until(() => haveAll(all, 0), "a snapshot");
  const [first, second, third] = all;
  const { channel } = first.feed;
  const thaw = channel.onmessage;
  channel.onmessage = () => {};
  first.feed.resumeToken = "frozen";
  const silent = () => {
    second.feed.silence.in(-1);
    second.feed.check();
    second.feed.check();
  };
  silent();
  await until(() => second.feed.leading && !first.feed.leading, "another leads");
  channel.onmessage = thaw;
  server.step();
  await until(() => haveAll([second, third], 1), "a step");
  first.feed.silence.in(-1);
  server.step();
  await until(() => [second, third].every((each) => each.values.at(-1) === 2), "another step");
  assert.equal(server.streams.size, 1);
  assert.ok(all.every(isWhole));
});

test("a token that is no good any more leads to a snapshot at once", async (t) => {
  for (const code of ["out_of_range", "invalid_argument"]) {
    const server = new Counter();
    const { all } = tabs(t, 1, server);
    await until(() => haveAll(all, 0), "a snapshot");
    const [stream] = server.streams;
    const open = server.open.bind(server);
    server.open = (token, signal) => {
      if (token) server.opened.push(token);
      return token ? failing(new OndutyError(code, "")) : open(token, signal);
    };
    all[0].feed.attempt.abort();
    all[0].feed.retry();
    await until(() => server.streams.size === 1 && ![...server.streams].includes(stream), "another stream");
    assert.deepEqual(server.opened, ["", "0", ""]);
  }
});

async function* failing(error) {
  throw error;
}

test("a failure nobody has thought of is told as lost, not passed over", async (t) => {
  const server = new Counter();
  server.error = new TypeError("not a message");
  const reported = [];
  globalThis.reportError = (error) => reported.push(error);
  const { all } = tabs(t, 1, server);
  await until(() => all[0].lost > 0, "lost");
  assert.ok(reported.includes(server.error));
  server.error = null;
  all[0].feed.retry();
  await until(() => haveAll(all, 0), "a snapshot");
});

test("a tab whose credential has ended gives the lead to another", async (t) => {
  const server = new Counter();
  const { all } = tabs(t, 2, server);
  await until(() => haveAll(all, 0), "a snapshot");
  const open = server.open.bind(server);
  server.open = () => {
    server.open = open;
    return failing(new OndutyError("unauthenticated", ""));
  };
  all[0].feed.attempt.abort();
  all[0].feed.retry();
  await until(() => all[0].isFinal && all[1].feed.leading, "the other leads");
  server.step();
  await until(() => all[1].values.at(-1) === 1, "a step");
});

test("a server that takes its leave is asked again soon; one that asks for patience gets it", async (t) => {
  const server = new Counter();
  const told = [];
  server.open = () => failing(new OndutyError("resource_exhausted", "", { reason: "LIMIT_EXCEEDED", retryAfterMs: 30_000 }));
  const { all } = tabs(t, 1, server);
  all[0].feed.wanted.onLost = (lost) => told.push(lost);
  await until(() => told.length > 0, "lost");
  assert.ok(told[0].waitMs >= 30_000 && told[0].waitMs < 31_000 && !told[0].isOrderly);
  server.open = async function* () {
    yield message("snapshot", 0, { first: true, last: true });
    yield message("bookmark", 0);
  };
  all[0].feed.retry();
  await until(() => told.length > 1, "the end");
  assert.ok(told[1].isOrderly && told[1].waitMs <= 500);
  // Without a bookmark in between it is no leave but a fault.
  server.open = async function* () {};
  all[0].feed.retry();
  await until(() => told.length > 2, "another end");
  assert.ok(!told[2].isOrderly);
});

test("attempts are further and further apart, and not equally far for all", async (t) => {
  const first = new Set();
  for (let round = 0; round < 5; round++) {
    const server = new Counter();
    const waits = [];
    server.open = () => failing(new OndutyError("unavailable", ""));
    const { feed } = tabs(t, 1, server).all[0];
    feed.wanted.onLost = ({ waitMs }) => waits.push(waitMs);
    for (let n = 1; n <= 8; n++) {
      await until(() => waits.length >= n, "an attempt");
      feed.retry();
    }
    feed.close();
    for (const [n, wait] of waits.entries()) {
      const longest = Math.min(10_000, 500 * 2 ** n);
      assert.ok(wait >= longest / 2 && wait <= longest, `${n}: ${wait}`);
    }
    first.add(waits[0]);
  }
  assert.equal(first.size, 5);
});

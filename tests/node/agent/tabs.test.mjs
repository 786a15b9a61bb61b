// Tests of the election among tabs, with locks and channels as browsers have them.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

/** Web Locks, for one name. */
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
      } else if (!this.holder) this.#grant(entry);
      else {
        this.queue.push(entry);
        signal?.addEventListener("abort", () => {
          const place = this.queue.indexOf(entry);
          if (place < 0) return;
          this.queue.splice(place, 1);
          reject(new DOMException("given up", "AbortError"));
        });
      }
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

/** Channels that deliver at once, unless a tab is frozen. */
class Channel {
  static open = new Set();
  constructor() {
    Channel.open.add(this);
  }
  postMessage(note) {
    for (const other of Channel.open) if (other !== this && !other.isFrozen) other.onmessage({ data: structuredClone(note) });
  }
  close() {
    Channel.open.delete(this);
  }
}

let locks;
beforeEach((context) => {
  locks = new Locks();
  Channel.open.clear();
  Object.defineProperty(globalThis, "navigator", { value: { locks }, configurable: true });
  globalThis.BroadcastChannel = Channel;
  context.mock.timers?.reset();
});

const { Tabs } = await import("../../../client/web/agent/tabs.js");
const settled = () => new Promise((resolve) => setImmediate(resolve));

function tab(said = []) {
  const made = new Tabs({
    name: "acme ada",
    silenceMaxMs: 100_000,
    onLead: () => said.push("lead"),
    onFollow: () => said.push("follow"),
    onNote: (note) => said.push(note.kind),
  });
  return Object.assign(made, { said });
}

test("one of five tabs leads, and when it is closed another one does", async (context) => {
  context.mock.timers.enable({ apis: ["setInterval", "Date"] });
  const tabs = Array.from({ length: 5 }, () => tab());
  await settled();
  for (let alive = 5; alive > 0; alive--) {
    const leading = tabs.filter((each) => each.isLeading);
    assert.equal(leading.length, 1);
    leading[0].close();
    await settled();
  }
  assert.deepEqual(tabs.filter((each) => each.isLeading), []);
});

test("a leader that says nothing for too long is replaced, and follows when it is back", async (context) => {
  context.mock.timers.enable({ apis: ["setInterval", "Date"] });
  const first = tab();
  const second = tab();
  await settled();
  assert.ok(first.isLeading);
  first.channel.isFrozen = true;
  for (let s = 0; s < 110; s += 10) context.mock.timers.tick(10_000);
  await settled();
  assert.deepEqual([first.isLeading, second.isLeading], [false, true]);
  assert.deepEqual(first.said.at(-1), "follow");
  second.close();
  await settled();
  assert.ok(first.isLeading, "it waits for the lock again");
});

test("a leader that speaks keeps the lead", async (context) => {
  context.mock.timers.enable({ apis: ["setInterval", "Date"] });
  const first = tab();
  const second = tab();
  await settled();
  for (let s = 0; s < 600; s += 10) {
    context.mock.timers.tick(10_000);
    if (s % 60 === 0) first.tell({ kind: "turn" });
    await settled();
  }
  assert.deepEqual([first.isLeading, second.isLeading], [true, false]);
});

test("a tab that was frozen asks before it takes over", async (context) => {
  context.mock.timers.enable({ apis: ["setInterval", "Date"] });
  const first = tab();
  const second = tab();
  await settled();
  context.mock.timers.setTime(Date.now() + 3_600_000); // Both clocks jump: the machine slept.
  context.mock.timers.tick(10_000);
  await settled();
  assert.deepEqual([first.isLeading, second.isLeading], [true, false]);
  assert.ok(first.said.includes("ask"));
});

test("without locks or channels every tab speaks for itself", async () => {
  for (const lacking of [{ navigator: {} }, { BroadcastChannel: undefined }]) {
    Object.defineProperty(globalThis, "navigator", { value: lacking.navigator ?? { locks }, configurable: true });
    globalThis.BroadcastChannel = "BroadcastChannel" in lacking ? undefined : Channel;
    const tabs = [tab(), tab()];
    await settled();
    assert.deepEqual(tabs.map((each) => each.isLeading), [true, true]);
    for (const each of tabs) each.close();
  }
});

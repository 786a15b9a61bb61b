// Tests of what needs no browser: how long to wait, periods, and when to warn.

import assert from "node:assert/strict";
import { test } from "node:test";

const { waitAfter } = await import("../../../client/web/agent/backoff.js");
const { periodMs } = await import("../../../client/web/agent/periods.js");
const { warnAt } = await import("../../../client/web/agent/status.js");
const { instant, instantBefore, msSince } = await import("../../../client/web/agent/elapsed.js");

const unavailable = { code: "unavailable" };

test("the limit of a wait doubles up to a minute, and the wait is anywhere below it", () => {
  const longest = [1, 2, 3, 4, 5, 6, 7, 8, 60].map((failures) => waitAfter(unavailable, failures, () => 1));
  assert.deepEqual(longest, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  assert.equal(waitAfter(unavailable, 9, () => 0), 0);
});

test("a hundred thousand browsers come back evenly", () => {
  const perSecond = new Array(60).fill(0);
  for (let browser = 0; browser < 100_000; browser++) perSecond[Math.floor(waitAfter(unavailable, 20) / 1000)]++;
  assert.ok(Math.max(...perSecond) < 2_100, `${Math.max(...perSecond)} in the same second`);
});

test("a server that names a time is asked no earlier, and not by all at that time", () => {
  const waits = [0, 0.5, 1].map((chance) => waitAfter({ code: "resource_exhausted", retryAfterMs: 5_000 }, 2, () => chance));
  assert.deepEqual(waits, [5_000, 6_000, 7_000]);
});

test("what is refused is tried again minutes later", () => {
  for (const code of ["permission_denied", "invalid_argument", "unimplemented"])
    assert.ok(waitAfter({ code }, 1, () => 0) >= 150_000);
});

test("periods are read as people write them", () => {
  assert.equal(periodMs("30m"), 1_800_000);
  assert.equal(periodMs("1h30m"), 5_400_000);
  assert.equal(periodMs("90s"), 90_000);
  assert.equal(periodMs(250), 250);
  for (const wrong of ["", "30", "m", "30 m", "-5m", "1h30", "5w"]) assert.throws(() => periodMs(wrong), RangeError, wrong);
});

test("a warning comes a minute before, or a fifth of a short period", () => {
  const at = Date.UTC(2026, 0, 1, 9, 10);
  const next = { status: "AWAY", cause: "INACTIVITY", at: new Date(at) };
  const status = (idleMs, more = {}) => ({ cause: "ACTIVITY", since: new Date(0), lastActivity: new Date(at - idleMs), next, ...more });
  assert.equal(warnAt(status(600_000)), at - 60_000);
  assert.equal(warnAt(status(100_000)), at - 20_000);
  assert.equal(warnAt(status(600_000, { next: { ...next, cause: "DISCONNECT" } })), null);
  assert.equal(warnAt(status(600_000, { next: null })), null);
  assert.equal(warnAt(null), null);
});

test("time that has passed is never too short, whichever clock fails", (context) => {
  const then = instant();
  context.mock.method(Date, "now", () => then.wall + 3_600_000);
  assert.ok(msSince(then) >= 3_600_000); // The page's clock slept.
  context.mock.method(Date, "now", () => then.wall - 3_600_000);
  context.mock.method(performance, "now", () => then.mono + 5_000);
  assert.equal(msSince(then), 5_000); // Somebody set the clock back.
  assert.equal(msSince(instantBefore(700)), 700);
});

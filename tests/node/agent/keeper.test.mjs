// Tests of the keeper: when it calls, and what it makes of answers. Time is mocked.

import assert from "node:assert/strict";
import { test } from "node:test";

const { Keeper } = await import("../../../client/web/agent/keeper.js");
const { OndutyError, timestampOf, millisecondsOf, Status, Cause } = await import("../../../client/web/client/index.js");

const START = Date.UTC(2026, 0, 1, 9);
const TTL = 150_000;
const settled = async () => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

/** A server that answers at once: somebody ONLINE who will be AWAY ten minutes after the last input. */
class Server {
  /** By how much its clock is ahead. */
  offset = 0;
  calls = [];
  lastActivity = null;
  status = Status.ONLINE;
  error = null;
  hold = null;

  get client() {
    const answer = (kind) => async (request) => {
      this.calls.push({ kind, at: Date.now() - START, ...request });
      await this.hold;
      if (this.error) throw this.error;
      const now = Date.now() + this.offset;
      if (request.idleFor) this.lastActivity = Math.max(this.lastActivity ?? 0, now - millisecondsOf(request.idleFor));
      return { serverTime: timestampOf(now), userStatus: this.userStatus };
    };
    return { keepSession: answer("keep"), getStatus: answer("get"), endSession: answer("end") };
  }

  get userStatus() {
    const isOnline = this.status === Status.ONLINE && this.lastActivity !== null;
    return {
      status: this.status,
      cause: Cause.ACTIVITY,
      available: true,
      statusSince: timestampOf(START),
      lastActivityTime: this.lastActivity === null ? undefined : timestampOf(this.lastActivity),
      nextStatus: isOnline ? Status.AWAY : 0,
      nextStatusTime: isOnline ? timestampOf(this.lastActivity + 600_000) : undefined,
      nextCause: isOnline ? Cause.INACTIVITY : 0,
      actor: "",
      reason: "",
      connected: true,
      engagements: 0,
    };
  }

  times(kind = "keep") {
    return this.calls.filter((call) => call.kind === kind).map((call) => call.at);
  }
}

async function begin(context, { server = new Server(), random = () => 0 } = {}) {
  context.mock.timers.enable({ apis: ["setTimeout", "Date"], now: START });
  context.mock.method(performance, "now", () => Date.now() - START);
  const seen = { statuses: [], warnings: [], problems: [], input: null };
  const keeper = new Keeper({
    client: server.client,
    accountId: "acme",
    userId: "ada",
    ttlMs: TTL,
    lastInput: () => seen.input,
    onStatus: (status) => seen.statuses.push(status),
    onWarning: (status) => seen.warnings.push(status && status.next),
    onProblem: (error) => seen.problems.push(error),
    onTurn: () => {},
    random,
  });
  const input = () => {
    seen.input = { mono: performance.now(), wall: Date.now() };
    keeper.input();
  };
  const pass = async (ms) => {
    for (let left = ms; left > 0; left -= 500) {
      context.mock.timers.tick(Math.min(left, 500));
      await settled();
    }
  };
  await settled();
  return { server, keeper, seen, input, pass };
}

test("a session is kept at half of its lease, with no input told where there was none", async (context) => {
  const { server, pass } = await begin(context);
  await pass(300_000);
  assert.deepEqual(server.times(), [0, 75_000, 150_000, 225_000, 300_000]);
  assert.ok(server.calls.every((call) => call.idleFor === undefined));
  assert.equal(new Set(server.calls.map((call) => call.sessionId)).size, 1);
});

test("input is told every half minute while it changes nothing", async (context) => {
  const { server, input, pass } = await begin(context);
  await pass(1_000);
  for (let s = 0; s < 90; s++) {
    input();
    await pass(1_000);
  }
  const told = server.calls.filter((call) => call.idleFor).map((call) => call.at);
  assert.ok(told.length >= 3 && told.length <= 4, String(told));
});

test("input is told at once to whom it may bring back", async (context) => {
  const { server, input, pass } = await begin(context);
  await pass(5_000);
  server.status = Status.AWAY;
  await pass(75_000);
  const before = server.calls.length;
  input();
  await pass(1_000);
  assert.equal(server.calls.length, before + 1);
  assert.ok(millisecondsOf(server.calls.at(-1).idleFor) <= 500);
});

test("input is told as how long ago it was", async (context) => {
  const { server, seen, input, pass } = await begin(context);
  await pass(1_000);
  input();
  await pass(500);
  seen.input = { mono: performance.now() - 7_000, wall: Date.now() - 7_000 };
  await pass(75_000);
  assert.ok(server.calls.filter((call) => call.idleFor).some((call) => millisecondsOf(call.idleFor) >= 7_000));
});

test("a warning rests on an answer of just then, comes once, and ends with input", async (context) => {
  const { server, seen, input, pass } = await begin(context);
  await pass(1_000);
  input();
  await pass(60_000);
  const idleFrom = server.lastActivity;
  await pass(540_000 - 60_000);
  assert.equal(seen.warnings.length, 1);
  assert.equal(seen.warnings[0].at.getTime(), idleFrom + 600_000);
  assert.ok(server.times().some((at) => Math.abs(START + at - (idleFrom + 540_000)) <= 1_000), "it asked again just then");
  input();
  await pass(1_500);
  assert.deepEqual(seen.warnings.slice(1), [null]);
});

test("somebody who was active elsewhere is not warned", async (context) => {
  const { server, seen, input, pass } = await begin(context);
  await pass(1_000);
  input();
  await pass(60_000);
  server.lastActivity += 300_000; // On a phone.
  await pass(500_000);
  assert.deepEqual(seen.warnings, []);
});

test("a clock that is an hour off changes neither countdown nor warning", async (context) => {
  const server = new Server();
  server.offset = 3_600_000;
  const { seen, input, pass } = await begin(context, { server });
  await pass(1_000);
  input();
  await pass(31_000);
  const { next } = seen.statuses.at(-1);
  assert.ok(Math.abs(next.at.getTime() - (seen.input.wall + 600_000)) < 1_000);
  await pass(545_000);
  assert.equal(seen.warnings.length, 1);
});

test("one call runs at a time, and what comes meanwhile is one more", async (context) => {
  const { server, input, pass } = await begin(context);
  await pass(1_000);
  server.status = Status.AWAY;
  await pass(75_000);
  let release = () => {};
  server.hold = new Promise((resolve) => (release = resolve));
  input();
  await pass(2_000);
  const running = server.calls.length;
  for (let i = 0; i < 50; i++) input();
  await pass(5_000);
  assert.equal(server.calls.length, running);
  server.hold = null;
  release();
  await pass(2_000);
  assert.equal(server.calls.length, running + 1);
});

test("failures are retried with waits that grow, and input does not shorten them", async (context) => {
  const server = new Server();
  server.error = new OndutyError("unavailable", "away");
  const { keeper, seen, input, pass } = await begin(context, { server, random: () => 1 });
  for (let i = 0; i < 240; i++) {
    input();
    await pass(500);
  }
  assert.ok(server.calls.length <= 8, String(server.times()));
  assert.equal(seen.problems.length, server.calls.length);
  server.error = null;
  keeper.online();
  await pass(5_500);
  assert.equal(server.times("get").length, 1);
  assert.ok(seen.statuses.length >= 2);
});

test("after sleep the truth is asked for first, then told", async (context) => {
  const { server, pass } = await begin(context);
  await pass(1_000);
  context.mock.timers.setTime(Date.now() + 3_600_000);
  await pass(80_000);
  assert.deepEqual(server.calls.slice(1, 3).map((call) => call.kind), ["get", "keep"]);
});

test("somebody who was never seen is known with the first input", async (context) => {
  const server = new Server();
  server.error = new OndutyError("not_found", "never seen", { reason: "USER_UNKNOWN" });
  const { input, pass } = await begin(context, { server });
  await pass(10_000);
  assert.equal(server.calls.length, 1);
  server.error = null;
  input();
  await pass(1_000);
  assert.equal(server.calls.length, 2);
  assert.ok(server.calls[1].idleFor);
});

test("it ends its own session when it is closed, and calls no more", async (context) => {
  const { server, keeper, pass } = await begin(context);
  await pass(1_000);
  keeper.close(server.client);
  await pass(300_000);
  assert.deepEqual(server.calls.map((call) => call.kind), ["keep", "end"]);
  assert.equal(server.calls[1].sessionId, server.calls[0].sessionId);
});

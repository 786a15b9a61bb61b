// Tests of calls that hang, and of engagements whose end is lost.

import assert from "node:assert/strict";
import { test } from "node:test";

const { createClient, OndutyError } = await import("../../../client/web/client/index.js");
const { Engagement } = await import("../../../client/web/agent/engagement.js");

test("a token that never comes does not hold up a call for ever", async (context) => {
  const awake = setInterval(() => {}, 1_000); // Nothing else keeps Node from leaving.
  context.after(() => clearInterval(awake));
  const client = createClient({ baseUrl: "http://127.0.0.1:1", token: () => new Promise(() => {}), timeoutMs: 50 });
  await assert.rejects(client.getStatus({}), { code: "deadline_exceeded" });
  const closing = new AbortController();
  const called = client.getStatus({}, { signal: closing.signal, timeoutMs: 60_000 });
  closing.abort();
  await assert.rejects(called, { code: "canceled" });
  await assert.rejects(client.watchStatuses({}, { signal: AbortSignal.abort() }).next(), { code: "canceled" });
});

test("an engagement whose end was lost can be ended again", async () => {
  const ends = [new OndutyError("unavailable", "down"), null];
  const endEngagement = async () => {
    const error = ends.shift();
    if (error) throw error;
  };
  const call = new Engagement({ keepEngagement: async () => {}, endEngagement }, {}, 600_000, () => {});
  await assert.rejects(call.end(), { code: "unavailable" });
  await call.end();
  assert.deepEqual(ends, []);
  await call.end(); // It has ended.
});

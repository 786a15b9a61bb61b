// Errors of the client tell the name under which the server logged the call.

import assert from "node:assert/strict";
import { test } from "node:test";

const { createClient, OndutyError } = await import("../../../client/web/client/index.js");

/** @param {Response} response */
const clientOf = (response) => createClient({ baseUrl: "http://onduty.example", fetch: async () => response });

test("an error of a unary call has the name from the header", async () => {
  const headers = { "content-type": "application/json", "x-request-id": "7f3a" };
  const response = new Response('{"code":"internal","message":"internal error"}', { status: 500, headers });
  await assert.rejects(clientOf(response).getCaller({}), (error) => error instanceof OndutyError && error.requestId === "7f3a");
});

test("an error of a stream has the name from the metadata at its end", async () => {
  const end = Buffer.from('{"error":{"code":"unavailable"},"metadata":{"x-request-id":["7f3b"]}}');
  const response = new Response(Buffer.concat([Buffer.from([2, 0, 0, 0, end.length]), end]));
  await assert.rejects(
    clientOf(response).watchStatuses({ accountId: "acme" }).next(),
    (error) => error.code === "unavailable" && error.requestId === "7f3b",
  );
});

test("an answer of a proxy has no name", async () => {
  await assert.rejects(clientOf(new Response("", { status: 502 })).getCaller({}), (error) => error.requestId === "");
});

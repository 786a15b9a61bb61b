/** Calls every method of the service by the Connect protocol: unary calls as promises, streams as async iterators. */

import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { StatusService } from "../gen/onduty/v1/status_pb.js";
import { pack, unpack } from "./envelopes.js";
import { OndutyError, REQUEST_ID_KEY, errorOfObject, errorOfResponse } from "./errors.js";

/** @import { DescMethod, DescMessage, MessageInitShape, MessageShape } from "@bufbuild/protobuf" */

/**
 * @typedef {object} ClientOptions
 * @property {string} baseUrl where the server's HTTP door is, as `https://onduty.example`; empty for the page's own origin
 * @property {() => string | undefined | Promise<string | undefined>} [token] the API key or JWT, asked for at every call
 * @property {() => string | undefined} [actor] the name of who acts, where the caller may act for others
 * @property {typeof globalThis.fetch} [fetch]
 * @property {number} [timeoutMs] how long a unary call may take; 10 s by default
 */

/**
 * @typedef {object} CallOptions
 * @property {AbortSignal} [signal]
 * @property {number} [timeoutMs]
 */

/** @typedef {(typeof StatusService)["method"]} Methods */
/** @typedef {{ [K in keyof Methods]: Methods[K]["methodKind"] extends "unary" ? K : never }[keyof Methods]} UnaryName */
/** @typedef {{ [K in keyof Methods]: Methods[K]["methodKind"] extends "server_streaming" ? K : never }[keyof Methods]} StreamName */
/**
 * @typedef {{ [K in UnaryName]:
 *     (request: MessageInitShape<Methods[K]["input"]>, options?: CallOptions) => Promise<MessageShape<Methods[K]["output"]>>
 *   } & { [K in StreamName]:
 *     (request: MessageInitShape<Methods[K]["input"]>, options?: CallOptions) => AsyncGenerator<MessageShape<Methods[K]["output"]>>
 *   }} Client
 */

const UNARY_TIMEOUT_MS = 10_000;

/**
 * Return a client: an object with a function for each method that HTTP can carry, as `client.getStatus({accountId, userId})`.
 *
 * Failures are OndutyError. A stream that its server ends is done; one that is cut fails as `unavailable`.
 * @param {ClientOptions} options
 * @returns {Client}
 */
export function createClient(options) {
  const client = /** @type {any} */ ({});
  for (const [name, method] of Object.entries(StatusService.method)) {
    const call = /** @type {DescMethod} */ (method);
    if (call.methodKind === "unary") client[name] = unary.bind(null, options, call);
    if (call.methodKind === "server_streaming") client[name] = stream.bind(null, options, call);
  }
  return client;
}

/**
 * @param {ClientOptions} options
 * @param {DescMethod} method
 * @param {MessageInitShape<DescMessage>} request
 * @param {CallOptions} [call]
 */
async function unary(options, method, request, { signal, timeoutMs = options.timeoutMs ?? UNARY_TIMEOUT_MS } = {}) {
  const timeout = AbortSignal.timeout(timeoutMs);
  const either = signal ? AbortSignal.any([signal, timeout]) : timeout;
  const body = /** @type {Uint8Array<ArrayBuffer>} */ (toBinary(method.input, create(method.input, request)));
  const headers = { "content-type": "application/proto", "connect-timeout-ms": String(timeoutMs) };
  const response = await post(options, method, headers, body, either, signal);
  if (!response.ok) throw await errorOfResponse(response);
  try {
    return fromBinary(method.output, new Uint8Array(await response.arrayBuffer()));
  } catch (error) {
    throw broken(error, either, signal);
  }
}

/**
 * @param {ClientOptions} options
 * @param {DescMethod} method
 * @param {MessageInitShape<DescMessage>} request
 * @param {CallOptions} [call]
 */
async function* stream(options, method, request, { signal } = {}) {
  // Leaving the loop early ends the call, too.
  const ending = new AbortController();
  const either = signal ? AbortSignal.any([signal, ending.signal]) : ending.signal;
  try {
    const body = pack(toBinary(method.input, create(method.input, request)));
    const response = await post(options, method, { "content-type": "application/connect+proto" }, body, either, signal);
    if (!response.ok || !response.body) throw await errorOfResponse(response);
    const messages = unpack(response.body.getReader());
    for (;;) {
      const { value, done } = await messages.next().catch((error) => {
        throw broken(error, either, signal);
      });
      if (!done) {
        yield fromBinary(method.output, value);
        continue;
      }
      if (value === undefined) throw new OndutyError("unavailable", "the stream was cut");
      if (value.error) throw errorOfObject(value.error, undefined, value.metadata?.[REQUEST_ID_KEY]?.[0]);
      return;
    }
  } finally {
    ending.abort();
  }
}

/**
 * @param {ClientOptions} options
 * @param {DescMethod} method
 * @param {Record<string, string>} headers
 * @param {Uint8Array<ArrayBuffer>} body
 * @param {AbortSignal} either ends the call
 * @param {AbortSignal | undefined} signal the caller's own
 */
async function post(options, method, headers, body, either, signal) {
  // Whoever fetches the token may never be done.
  const token = options.token && (await Promise.race([options.token(), over(either, signal)]));
  const actor = options.actor?.();
  if (token) headers.authorization = `Bearer ${token}`;
  if (actor) headers["onduty-actor-bin"] = base64(actor);
  headers["connect-protocol-version"] = "1";
  const url = `${options.baseUrl}/${method.parent.typeName}/${method.name}`;
  try {
    // No cookies, and no copy kept by the browser.
    const init = /** @type {RequestInit} */ ({ method: "POST", headers, body, signal: either, credentials: "omit", cache: "no-store" });
    return await (options.fetch ?? globalThis.fetch)(url, init);
  } catch (error) {
    throw broken(error, either, signal);
  }
}

/**
 * Return a promise that fails when a call is ended before it has an answer.
 * @param {AbortSignal} either
 * @param {AbortSignal | undefined} signal
 * @returns {Promise<never>}
 */
function over(either, signal) {
  return new Promise((_, reject) => {
    const end = () => reject(broken(either.reason, either, signal));
    if (either.aborted) end();
    else either.addEventListener("abort", end, { once: true });
  });
}

/**
 * Return the error of a call that got no whole answer.
 * @param {unknown} error
 * @param {AbortSignal} either
 * @param {AbortSignal | undefined} signal
 */
function broken(error, either, signal) {
  if (signal?.aborted) return new OndutyError("canceled", "the call was cancelled", { cause: error });
  if (either.aborted) return new OndutyError("deadline_exceeded", "the server did not answer in time", { cause: error });
  return new OndutyError("unavailable", "the server cannot be reached", { cause: error });
}

/** @param {string} text */
function base64(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

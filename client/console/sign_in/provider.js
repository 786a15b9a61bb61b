/** Where people sign in by OpenID Connect, and the code for that, which only those who use it load. */

import { signal } from "../lib.js";

/**
 * @typedef {object} Provider
 * @property {string} issuer
 * @property {string} clientId
 * @property {string} scopes
 * @property {Record<string, string>} parameters further ones of each request for a token
 */

/** The provider; null if there is none, undefined until the server was asked. */
export const provider = signal(/** @type {Provider | null | undefined} */ (undefined));

/** Ask the server for the provider, unless that is known. Fails if the server is away. */
export async function findProvider() {
  provider.value ??= (await (await fetch("sign-in.json", { credentials: "omit" })).json()).provider;
  return provider.value ?? null;
}

/** Load the code. Fails if the server is away. */
export function protocol() {
  return import("./oidc.js");
}

/**
 * OpenID Connect: the authorization code flow with PKCE, for a public client.
 *
 * Invariant: no token, code, nonce or verifier is put into an address, a cookie or a message.
 */

import * as oauth from "oauth4webapi";

/** @import { Departure, answer } from "./answer.js" */
/** @import { Provider } from "./provider.js" */

/** @typedef {NonNullable<typeof answer>} Answer */
/** @typedef {{token: string, lifetimeMs: number | undefined, refreshToken: string | undefined}} Tokens */
/** @typedef {"unreachable" | "elsewhere" | "denied" | "expired" | "foreign" | "opaque" | "blocked" | "insecure" | "provider"} Reason */

/** Signing in failed. `detail` is what the provider said, if it said anything: text of somebody else. */
export class SignInError extends Error {
  /**
   * @param {Reason} reason
   * @param {string} [detail]
   */
  constructor(reason, detail = "") {
    super(reason);
    this.reason = reason;
    this.detail = detail.slice(0, DETAIL_MAX);
  }
}

const DETAIL_MAX = 300;
const SKEW_MAX_S = 24 * 3_600;
const TIMEOUT_MS = 10_000;
const PUBLIC = oauth.None();
/** Errors that say that the provider cannot go on without the person. */
const NEEDS_PERSON = new Set(["login_required", "interaction_required", "consent_required", "account_selection_required"]);

/**
 * Return the address at which the provider signs a person in and sends the browser back, and what is needed then.
 * @param {Provider} provider
 * @param {{page: string, isSilent: boolean}} options `page` is the fragment of the page to return to; with `isSilent` the
 *   provider asks nothing, and fails if it would have to
 * @returns {Promise<{address: URL, departure: Departure}>}
 */
export async function begun(provider, { page, isSilent }) {
  const server = await discovered(provider);
  const target = new URL(server.authorization_endpoint ?? "");
  if (target.protocol !== "https:" && !isLocal(provider)) throw new SignInError("provider", target.origin);
  const state = oauth.generateRandomState();
  const nonce = oauth.generateRandomNonce();
  const verifier = oauth.generateRandomCodeVerifier();
  const modes = server.response_modes_supported ?? [];
  const parameters = {
    client_id: provider.clientId,
    response_type: "code",
    redirect_uri: returnAddress(),
    scope: provider.scopes,
    state,
    nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    ...(modes.includes("fragment") ? { response_mode: "fragment" } : {}),
    ...(isSilent ? { prompt: "none" } : {}),
    ...provider.parameters,
  };
  for (const [name, value] of Object.entries(parameters)) target.searchParams.set(name, value);
  return { address: target, departure: { state, nonce, verifier, page } };
}

/**
 * Return the tokens for the code that the provider sent the browser back with.
 * @param {Provider} provider
 * @param {Answer} answer
 * @returns {Promise<Tokens>}
 */
export async function redeem(provider, { parameters, departure }) {
  if (departure === null) throw new SignInError("foreign");
  const server = await discovered(provider);
  return inWords(async () => {
    const client = clientOf(provider);
    const checked = oauth.validateAuthResponse(server, client, parameters, departure.state);
    const options = { ...requestOptions(provider), additionalParameters: provider.parameters };
    const request = [server, client, PUBLIC, checked, returnAddress(), departure.verifier, options];
    const response = await oauth.authorizationCodeGrantRequest(.../** @type {[any, any, any, any, any, any, any]} */ (request));
    client[oauth.clockSkew] = await skewOf(response);
    const expected = { expectedNonce: departure.nonce, requireIdToken: true };
    return tokensOf(await oauth.processAuthorizationCodeResponse(server, client, response, expected));
  });
}

/**
 * Return new tokens for a refresh token.
 * @param {Provider} provider
 * @param {string} refreshToken
 * @returns {Promise<Tokens>}
 */
export async function renew(provider, refreshToken) {
  const server = await discovered(provider);
  return inWords(async () => {
    const client = clientOf(provider);
    const options = { ...requestOptions(provider), additionalParameters: provider.parameters };
    const response = await oauth.refreshTokenGrantRequest(server, client, PUBLIC, refreshToken, options);
    client[oauth.clockSkew] = await skewOf(response);
    return tokensOf(await oauth.processRefreshTokenResponse(server, client, response));
  });
}

/**
 * Return the address at which the session with the provider ends; null if the provider has none. It names the client
 * rather than the person, since that would put a token into an address: so the provider may ask.
 * @param {Provider} provider
 */
export async function farewellAddress(provider) {
  const { end_session_endpoint: address } = await discovered(provider);
  if (!address) return null;
  const target = new URL(address);
  if (target.protocol !== "https:" && !isLocal(provider)) return null;
  target.searchParams.set("client_id", provider.clientId);
  target.searchParams.set("post_logout_redirect_uri", returnAddress());
  return target;
}

/** @param {Provider} provider */
async function discovered(provider) {
  const server = await inWords(async () => {
    const issuer = new URL(provider.issuer);
    return oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, requestOptions(provider)));
  });
  // The policy of this page allows calls to the origin of the issuer alone.
  if (new URL(server.token_endpoint ?? "about:blank").origin !== new URL(provider.issuer).origin) {
    throw new SignInError("elsewhere", server.token_endpoint);
  }
  return server;
}

/**
 * Call the provider, and fail as SignInError if that fails.
 * @template T
 * @param {() => Promise<T>} call
 * @returns {Promise<T>}
 */
async function inWords(call) {
  try {
    return await call();
  } catch (error) {
    if (error instanceof SignInError) throw error;
    if (error instanceof oauth.AuthorizationResponseError || error instanceof oauth.ResponseBodyError) {
      const detail = [error.error, error.error_description].filter(Boolean).join(": ");
      if (error.error === "access_denied") throw new SignInError("denied", detail);
      throw new SignInError(NEEDS_PERSON.has(error.error) ? "expired" : "provider", detail);
    }
    // `fetch` does not tell why it failed.
    if (error instanceof TypeError && !("code" in error)) throw new SignInError("unreachable");
    if (error instanceof DOMException) throw new SignInError("unreachable");
    throw new SignInError("provider", error instanceof Error ? error.message : "");
  }
}

/** @param {oauth.TokenEndpointResponse} response @returns {Tokens} */
function tokensOf({ access_token: token, expires_in: seconds, refresh_token: refreshToken }) {
  if (payloadOf(token) === null) throw new SignInError("opaque");
  return { token, lifetimeMs: seconds && seconds * 1_000, refreshToken };
}

/**
 * Return by how many seconds the clock of this device is behind the provider's, by a token that it has just made. That it is
 * new, its nonce and the code prove, or the refresh token; so what is left to check does not need the clock of this device.
 * @param {Response} response
 */
async function skewOf(response) {
  const body = await response.clone().json().catch(() => ({}));
  const issuedAt = payloadOf(body?.id_token ?? "")?.iat;
  const skew = typeof issuedAt === "number" ? issuedAt - Math.floor(Date.now() / 1_000) : 0;
  return Math.abs(skew) <= SKEW_MAX_S ? skew : 0;
}

/** Return the claims of a JWT, unverified; null if it is none. @param {string} token */
function payloadOf(token) {
  const parts = token.split(".");
  try {
    if (parts.length !== 3) return null;
    return JSON.parse(atob(parts[1].replaceAll("-", "+").replaceAll("_", "/")));
  } catch {
    return null;
  }
}

/** @param {Provider} provider @returns {oauth.Client} */
function clientOf(provider) {
  return { client_id: provider.clientId };
}

/** @param {Provider} provider */
function requestOptions(provider) {
  return { signal: () => AbortSignal.timeout(TIMEOUT_MS), [oauth.allowInsecureRequests]: isLocal(provider) };
}

/** Return true if the provider is on this machine, where nothing needs to be encrypted. @param {Provider} provider */
function isLocal(provider) {
  return new URL(provider.issuer).protocol === "http:";
}

/** Return the address that the provider sends the browser back to. */
function returnAddress() {
  return location.origin + location.pathname;
}

/** Names that nobody else has. */

/** Return one. Pages without TLS have no `crypto.randomUUID`. */
export function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

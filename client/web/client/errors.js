/** Errors of calls, with the stable reason that the server gives. */

/**
 * @typedef {object} FieldViolation
 * @property {string} field the field at fault, as `workflow.offline_after`
 * @property {string} description what is wrong with it, for people
 */

/** A call that failed. */
export class OndutyError extends Error {
  /**
   * @param {string} code the code of the Connect protocol, as `permission_denied`; `unavailable` if nobody answered
   * @param {string} message
   * @param {{reason?: string, violations?: FieldViolation[], retryAfterMs?: number, requestId?: string,
   *   cause?: unknown}} [more]
   */
  constructor(code, message, { reason = "", violations = [], retryAfterMs, requestId = "", cause } = {}) {
    super(message, { cause });
    this.name = "OndutyError";
    this.code = code;
    /** The name of an ErrorReason without its prefix, as `REVISION_CONFLICT`; empty if the server gave none. */
    this.reason = reason;
    this.violations = violations;
    this.retryAfterMs = retryAfterMs;
    /** The name of the call in the server's log; empty if no onduty server answered. */
    this.requestId = requestId;
  }
}

/** The header with the name that the server gives to a call; in streams it is in the metadata at the end. */
export const REQUEST_ID_KEY = "x-request-id";

/** The codes of answers that did not come from onduty, but from a proxy before it. */
const CODE_OF_HTTP = /** @type {Record<number, string>} */ ({
  400: "internal",
  401: "unauthenticated",
  403: "permission_denied",
  404: "unimplemented",
  429: "unavailable",
  502: "unavailable",
  503: "unavailable",
  504: "unavailable",
});

/**
 * Return the error of an answer whose status is not 200.
 * @param {Response} response
 * @returns {Promise<OndutyError>}
 */
export async function errorOfResponse(response) {
  const fallback = CODE_OF_HTTP[response.status] ?? "unknown";
  try {
    return errorOfObject(await response.json(), fallback, response.headers.get(REQUEST_ID_KEY) ?? "");
  } catch {
    return new OndutyError(fallback, `the server answered with HTTP status ${response.status}`);
  }
}

/**
 * Return the error that an error object of the Connect protocol describes.
 * @param {any} object
 * @param {string} [fallback] the code, if the object has none
 * @param {string} [requestId] the name of the call in the server's log
 * @returns {OndutyError}
 */
export function errorOfObject(object, fallback = "unknown", requestId = "") {
  const more =
    /** @type {{reason?: string, violations?: FieldViolation[], retryAfterMs?: number, requestId: string}} */ ({ requestId });
  for (const { type, debug } of object.details ?? []) {
    if (type === "google.rpc.ErrorInfo" && debug?.domain === "onduty") more.reason = debug.reason;
    if (type === "google.rpc.BadRequest") more.violations = debug?.fieldViolations;
    if (type === "google.rpc.RetryInfo") more.retryAfterMs = Number.parseFloat(debug?.retryDelay) * 1000;
  }
  return new OndutyError(object.code ?? fallback, object.message ?? "", more);
}

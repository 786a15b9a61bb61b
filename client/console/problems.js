/** Errors of calls, in words for the person before the page. */

import { OndutyError } from "./lib.js";
import { t } from "./texts/index.js";

/**
 * Return one sentence that says what went wrong.
 * @param {unknown} error
 */
export function inWords(error) {
  const texts = t().errors;
  if (!(error instanceof OndutyError)) throw error;
  switch (error.code) {
    case "permission_denied":
      return texts.denied;
    case "deadline_exceeded":
      return texts.timeout;
    case "resource_exhausted":
      return texts.limit;
    case "unavailable":
      return error.reason === "STORE_UNAVAILABLE" ? texts.store : texts.unreachable;
    default:
      return texts.failed(error.violations[0]?.description ?? error.message);
  }
}

/**
 * Return true if a call was given up by the page itself.
 * @param {unknown} error
 */
export function isCancelled(error) {
  return error instanceof OndutyError && error.code === "canceled";
}

/**
 * Takes what an OpenID Connect provider sent the browser back with.
 *
 * Invariant: it is out of the address, and of the history, before anything else runs. So `router.js` imports this first.
 */

import { tabStorage } from "../storage.js";

/** @typedef {{state: string, nonce: string, verifier: string, page: string}} Departure */

const DEPARTURE_KEY = "onduty.departure";

/** Keep what is needed once the provider sends the browser back. Returns false if it would be lost. @param {Departure} departure */
export function depart(departure) {
  return tabStorage.set(DEPARTURE_KEY, JSON.stringify(departure));
}

function take() {
  // The provider was asked to answer in the fragment, which no server sees; not all can.
  const given = [location.hash, location.search].map((each) => new URLSearchParams(each.slice(1)));
  const parameters = given.find((each) => each.has("state") && (each.has("code") || each.has("error")));
  if (!parameters) return null;
  const departure = /** @type {Departure | null} */ (JSON.parse(tabStorage.get(DEPARTURE_KEY) ?? "null"));
  const isOurs = departure !== null && departure.state === parameters.get("state");
  // A departure is used once.
  if (isOurs) tabStorage.set(DEPARTURE_KEY, null);
  history.replaceState(null, "", location.pathname + (isOurs ? departure.page : ""));
  return { parameters, departure: isOurs ? departure : null };
}

/** The answer of the provider; null if the page was opened in another way. Its departure is null if this tab made none. */
export const answer = take();

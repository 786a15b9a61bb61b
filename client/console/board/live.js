/**
 * Follows the account that is shown, and says how fresh what it knows is.
 *
 * Invariant: `link` is `live` only while the server has said within the last seconds up to when everything is delivered.
 */

import { OndutyError, effect, millisecondsOf, signal } from "../lib.js";
import { mayWatch } from "../access.js";
import { account, client, credential, endedBy, state } from "../session.js";
import { People } from "./people.js";

/** @import { Workflow } from "../lib.js" */

/** Bookmarks come once a second. */
const SILENCE_MAX_MS = 3_500;
const RETRY_MIN_MS = 500;
const RETRY_MAX_MS = 10_000;
const DRAW_INTERVAL_MS = 100;
const OFFSETS_KEPT = 30;

export const people = new People();
/** Counts up when what is known has changed, ten times a second at most. */
export const version = signal(0);
export const link = signal(/** @type {"connecting" | "live" | "lost" | "denied"} */ ("connecting"));
/** Up to when everything is known, ms UTC of the server; 0 if nothing is. */
export const asOf = signal(0);
/** When the next attempt is made, local ms. */
export const retryAt = signal(0);
/** The account's workflow, as the watch tells it; null until it has. */
export const workflow = signal(/** @type {Workflow | null} */ (null));

/** @type {number[]} */
let offsets = [];
let resumeToken = "";
let failures = 0;
let drawing = 0;
/** @type {AbortController | null} */
let running = null;
/** @type {(() => void) | null} */
let endPause = null;

/** Return the server's time now, ms UTC. It cannot be told better than by the latest that the server has said. */
export function serverNow() {
  return offsets.length ? Date.now() + Math.max(...offsets) : Date.now();
}

/** Try again at once, if the connection is lost. */
export function retryNow() {
  failures = 0;
  endPause?.();
}

/** Draw soon. */
export function changed() {
  drawing ||= setTimeout(() => {
    drawing = 0;
    version.value++;
  }, DRAW_INTERVAL_MS);
}

/** @param {string} accountId */
function start(accountId) {
  stop();
  people.apply({ case: "snapshot", value: /** @type {any} */ ({ first: true, last: true, userStatuses: [] }) });
  resumeToken = "";
  failures = 0;
  offsets = [];
  asOf.value = 0;
  workflow.value = null;
  link.value = mayWatch.peek() ? "connecting" : "denied";
  if (!mayWatch.peek()) return;
  running = new AbortController();
  follow(accountId, running.signal);
}

function stop() {
  running?.abort();
  running = null;
  endPause?.();
}

/** @param {string} accountId @param {AbortSignal} signal */
async function follow(accountId, signal) {
  while (!signal.aborted) {
    const used = credential();
    try {
      await attempt(accountId, signal);
      failures = 0;
    } catch (error) {
      if (signal.aborted || endedBy(error, used)) return;
      if (!(error instanceof OndutyError)) throw error;
      // A stream ends with its credential, which was renewed meanwhile.
      if (error.code === "unauthenticated") continue;
      if (error.reason === "RESUME_TOKEN_EXPIRED") resumeToken = "";
      if (error.code === "permission_denied") {
        link.value = "denied";
        return;
      }
      failures++;
    }
    if (signal.aborted) return;
    link.value = "lost";
    await pause();
  }
}

/** @param {string} accountId @param {AbortSignal} signal */
async function attempt(accountId, signal) {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), 2 * SILENCE_MAX_MS);
  try {
    const either = AbortSignal.any([signal, silence.signal]);
    for await (const { event, resumeToken: token } of client.watchStatuses({ accountId, resumeToken }, { signal: either })) {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENCE_MAX_MS);
      if (signal.aborted) return;
      resumeToken = token;
      take(event);
    }
  } finally {
    clearTimeout(timer);
  }
}

/** @param {import("../lib.js").WatchStatusesResponse["event"]} event */
function take(event) {
  people.apply(event);
  changed();
  if (event.case === "snapshot" && event.value.first) workflow.value = event.value.workflow ?? null;
  if (event.case === "changes") {
    for (const { change } of event.value.changes) {
      if (change.case === "workflowChange") workflow.value = change.value.workflow ?? null;
    }
  }
  if (event.case === "bookmark") {
    const until = millisecondsOf(event.value.effectiveUntil) ?? 0;
    offsets = [...offsets.slice(1 - OFFSETS_KEPT), until - Date.now()];
    asOf.value = until;
    link.value = "live";
    failures = 0;
  }
}

/** Wait longer after each failure, and not all pages for as long. */
function pause() {
  const longest = Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** Math.min(failures, 10));
  const wait = longest * (0.5 + Math.random() / 2);
  retryAt.value = Date.now() + wait;
  return new Promise((resolve) => {
    const timer = setTimeout(() => endPause?.(), wait);
    endPause = () => {
      clearTimeout(timer);
      endPause = null;
      resolve(undefined);
    };
  });
}

addEventListener("online", retryNow);
addEventListener("pageshow", (event) => {
  if (event.persisted) retryNow();
});

effect(() => {
  const accountId = account.value;
  if (state.value === "ready" && accountId) start(accountId);
  else stop();
});

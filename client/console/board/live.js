/**
 * Follows the account that is shown, and says how fresh what it knows is.
 *
 * Invariant: `link` is `live` only while the server has said within the last seconds up to when everything is delivered, and
 * that was within the last seconds too. What is not live is shown as of `asOf`.
 */

import { OndutyError, computed, effect, millisecondsOf, signal } from "../lib.js";
import { caller, mayWatch } from "../access.js";
import { account, client, credential, endedBy, state } from "../session.js";
import { tick } from "../time.js";
import { Feed } from "./feed.js";
import { People } from "./people.js";
import { Deadline, ServerClock } from "./server_clock.js";

/** @import { UserStatus, WatchStatusesResponse, Workflow, WorkflowChange } from "../lib.js" */

const FRESH_MAX_MS = 3_500;
const CHECK_INTERVAL_MS = 500;
const DRAW_INTERVAL_MS = 100;
/** A page that nobody looks at stops following after this, and asks for the truth once it is looked at again. */
const HIDDEN_MAX_MS = 60_000;

export const people = new People();
/** Counts up when what is known has changed, ten times a second at most. */
export const version = signal(0);
/** `late`: the connection stands, but what comes is old, or nothing comes. */
export const link = signal(/** @type {"connecting" | "live" | "late" | "lost" | "denied"} */ ("connecting"));
/** Up to when everything is known, ms UTC of the server; 0 if nothing is. */
export const asOf = signal(0);
/** True if what is shown is old. */
export const isStale = computed(() => link.value !== "live" && asOf.value > 0);
/** When the next attempt is made, local ms. */
export const retryAt = signal(0);
/** The account's workflow, as the watch tells it; null until it has. */
export const workflow = signal(/** @type {Workflow | null} */ (null));
/** The workflows that teams have of their own. */
export const teamWorkflows = signal(/** @type {ReadonlyMap<string, Workflow>} */ (new Map()));
/** Counts up when teams may have come or gone, or may have got a workflow. */
export const teamsVersion = signal(0);
/** Told who has been erased, by id, for whatever shows them. */
export const forgetting = new Set(/** @type {((id: string) => void)[]} */ ([]));
people.onErased = (id) => forgetting.forEach((each) => each(id));

const server = new ServerClock();
const fresh = new Deadline();
let drawing = 0;
/** @type {Feed | null} */
let feed = null;
/** The token of the last message, for going on after a pause. */
let resumeToken = "";
let checking = 0;
let hiding = 0;

/** Return the server's time now, ms UTC. */
export function serverNow() {
  return server.now();
}

/** The time, once a second, of which what is shown is true, ms UTC of the server. */
export const nowShown = computed(() => (link.value === "live" || !asOf.value ? tick.value && serverNow() : asOf.value));

/** Try again at once, if the connection is lost. */
export function retryNow() {
  feed?.retry();
}

/** Draw soon. */
export function changed() {
  drawing ||= setTimeout(() => {
    drawing = 0;
    version.value++;
  }, DRAW_INTERVAL_MS);
}

/**
 * Take what a call has answered about people, if it is still about the account that is shown.
 * @param {UserStatus[]} users
 */
export function learn(users) {
  for (const user of users) if (user.accountId === account.peek()) people.take(user, serverNow());
  changed();
}

/** @param {string} accountId */
function begin(accountId) {
  end();
  forget();
  if (mayWatch.peek()) follow(accountId);
  else link.value = "denied";
}

/** @param {string} accountId */
function follow(accountId) {
  link.value = "connecting";
  server.restart();
  let used = credential();
  feed = new Feed({
    name: `onduty ${accountId} ${who()}`,
    resumeToken,
    open(token, signal) {
      used = credential();
      return client.watchStatuses({ accountId, resumeToken: token }, { signal });
    },
    onMessage: ({ event }) => take(event),
    onLost({ waitMs, isOrderly }) {
      link.value = isOrderly ? "connecting" : "lost";
      retryAt.value = Date.now() + waitMs;
      server.restart();
    },
    // A stream ends with its credential, which may have been renewed meanwhile.
    isOutdated: (error) => error instanceof OndutyError && error.code === "unauthenticated" && used !== credential(),
    isFinal(error) {
      if (endedBy(error, used)) return true;
      if (!(error instanceof OndutyError) || error.code !== "permission_denied") return false;
      forget();
      link.value = "denied";
      return true;
    },
  });
  checking = setInterval(check, CHECK_INTERVAL_MS);
}

/** Return the same for tabs whose callers may see the same. */
function who() {
  const { name = "", grants = [] } = caller.peek() ?? {};
  return JSON.stringify([name, grants]);
}

function end() {
  clearInterval(checking);
  if (feed) resumeToken = feed.resumeToken;
  feed?.close();
  feed = null;
}

function forget() {
  resumeToken = "";
  people.clear();
  asOf.value = 0;
  workflow.value = null;
  teamWorkflows.value = new Map();
}

function check() {
  if (link.value === "live" && fresh.hasPassed()) link.value = "late";
  feed?.check();
}

/** @param {WatchStatusesResponse["event"]} event */
function take(event) {
  people.apply(event, serverNow());
  changed();
  if (event.case === "snapshot" && event.value.first) {
    workflow.value = event.value.workflow ?? null;
    teamWorkflows.value = new Map(event.value.teamWorkflows.map((each) => [each.teamId, each]));
    teamsVersion.value++;
  }
  if (event.case === "changes") {
    for (const { change } of event.value.changes) {
      if (change.case === "workflowChange") takeWorkflow(change.value);
      if (change.case === "userChange") teamsVersion.value++;
    }
  }
  if (event.case === "bookmark") {
    const until = millisecondsOf(event.value.effectiveUntil) ?? 0;
    server.learn(until);
    asOf.value = until;
    const left = until + FRESH_MAX_MS - serverNow();
    if (left > 0) {
      fresh.in(left);
      link.value = "live";
    }
  }
}

/** @param {WorkflowChange} change */
function takeWorkflow({ teamId, workflow: changed, deleted }) {
  if (!teamId) {
    workflow.value = changed ?? null;
    return;
  }
  const own = new Map(teamWorkflows.peek());
  if (deleted || !changed) own.delete(teamId);
  else own.set(teamId, changed);
  teamWorkflows.value = own;
  teamsVersion.value++;
}

addEventListener("online", retryNow);
addEventListener("pageshow", check);
document.addEventListener("resume", check);
document.addEventListener("visibilitychange", () => {
  clearTimeout(hiding);
  if (document.hidden) {
    hiding = setTimeout(end, HIDDEN_MAX_MS);
  } else {
    check();
    if (!feed && state.peek() === "ready" && account.peek() && link.peek() !== "denied") follow(account.peek());
  }
});

effect(() => {
  const accountId = account.value;
  if (state.value === "ready" && accountId) begin(accountId);
  else end();
});

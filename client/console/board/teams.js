/** The teams of the account that is shown, and the choice of one. */

import { OndutyError, effect, html, signal } from "../lib.js";
import { mayWatch } from "../access.js";
import { chooseTeam, team } from "../router.js";
import { account, client, endedBy, state } from "../session.js";
import { t } from "../texts/index.js";
import { isolated } from "../ui/foreign.js";
import { teamsVersion } from "./live.js";

/** @import { Team } from "../lib.js" */

const PAGE_SIZE = 1_000;
const TEAMS_MAX = 5_000;
/** Of many changes at once, the teams are read once. */
const SETTLE_MS = 500;

/** The teams, in the order of their ids. */
export const teams = signal(/** @type {Team[]} */ ([]));

let timer = 0;
/** @type {AbortController | null} */
let reading = null;

/** @param {string} accountId */
async function read(accountId) {
  const { signal: stopped } = (reading = new AbortController());
  try {
    const found = /** @type {Team[]} */ ([]);
    let pageToken = "";
    do {
      const page = await client.listTeams({ accountId, pageSize: PAGE_SIZE, pageToken }, { signal: stopped });
      found.push(...page.teams);
      pageToken = page.nextPageToken;
    } while (pageToken && found.length < TEAMS_MAX);
    if (!stopped.aborted) teams.value = found;
  } catch (error) {
    // They are read again with the next change, and the watch says whether the server is there.
    if (!(error instanceof OndutyError)) throw error;
    endedBy(error);
  }
}

let shownOf = "";
effect(() => {
  const accountId = account.value;
  void teamsVersion.value;
  clearTimeout(timer);
  reading?.abort();
  if (accountId !== shownOf) teams.value = [];
  shownOf = accountId;
  // The watch begins by telling of teams.
  if (state.value === "ready" && accountId && mayWatch.value && teamsVersion.value) timer = setTimeout(() => read(accountId), SETTLE_MS);
});

/**
 * The choice of a team, if there is any.
 * @param {{all: string, note?: (team: Team) => string, isKept?: boolean}} props `all` names the choice of none; `isKept` where
 *   nothing has its place before it is known whether there is any
 */
export function TeamChoice({ all, note, isKept = false }) {
  const chosen = team.value;
  const known = teams.value;
  if (!chosen && known.length === 0 && !(isKept && mayWatch.value)) return null;
  const isKnown = !chosen || known.some(({ teamId }) => teamId === chosen);
  return html`<label class="labelled team-choice"
    ><span>${t().common.team}</span>
    <select value=${chosen} onChange=${(/** @type {any} */ event) => {
      chooseTeam(event.currentTarget.value);
      // The page may stay where it is.
      event.currentTarget.value = team.value;
    }}>
      <option value="" selected=${chosen === ""}>${all}</option>
      ${!isKnown && html`<option value=${chosen} selected>${isolated(chosen)}</option>`}
      ${known.map(
        (each) =>
          html`<option key=${each.teamId} value=${each.teamId} selected=${each.teamId === chosen}>
            ${isolated(each.teamId)}${note?.(each)}
          </option>`,
      )}
    </select>
  </label>`;
}

/** Gives a person a name and a team. */

import { OndutyError, html, useSignal } from "../lib.js";
import { learn } from "../board/live.js";
import { teams } from "../board/teams.js";
import { called } from "../board/who.js";
import { inWords } from "../problems.js";
import { account, client, endedBy } from "../session.js";
import { t } from "../texts/index.js";
import { Dialog, Notice } from "../ui/parts.js";

/** @import { Person } from "../board/people.js" */

const NAME_MAX_BYTES = 256;
const TEAM_MAX_BYTES = 128;

/** @param {string} text */
const bytesOf = (text) => new TextEncoder().encode(text).length;

/** @param {{person: Person, onClose: () => void}} props */
export function EditDialog({ person, onClose }) {
  const texts = t().edit;
  const name = useSignal(person.name);
  const team = useSignal(person.team);
  const problem = useSignal("");
  const isBusy = useSignal(false);
  const before = useSignal({ name: person.name, team: person.team });
  const wanted = { name: name.value.trim(), team: team.value.trim() };
  const paths = [wanted.name !== before.value.name && "display_name", wanted.team !== before.value.team && "team_id"].filter(Boolean);
  const faults = {
    name: bytesOf(wanted.name) > NAME_MAX_BYTES ? texts.tooLong(NAME_MAX_BYTES) : "",
    team: bytesOf(wanted.team) > TEAM_MAX_BYTES ? texts.tooLong(TEAM_MAX_BYTES) : "",
  };
  const isReady = paths.length > 0 && !faults.name && !faults.team && !isBusy.value;
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!isReady) return;
    isBusy.value = true;
    problem.value = "";
    try {
      const user = { accountId: account.peek(), userId: person.id, displayName: wanted.name, teamId: wanted.team };
      const { userStatus } = await client.updateUser({ user, updateMask: { paths: /** @type {string[]} */ (paths) } });
      if (userStatus) learn([userStatus]);
      onClose();
    } catch (error) {
      if (error instanceof OndutyError && error.reason === "USER_UNKNOWN") problem.value = t().setStatus.erased;
      else if (!endedBy(error)) problem.value = inWords(error);
    }
    isBusy.value = false;
  };
  const fields = /** @type {const} */ ([
    ["name", texts.name, texts.nameHint, name],
    ["team", t().common.team, texts.teamHint, team],
  ]);
  return html`<${Dialog} title=${texts.title(called(person.id))} onClose=${onClose}>
    <form onSubmit=${submit} novalidate>
      ${fields.map(
        ([field, label, hint, value]) =>
          html`<div key=${field} class="field ${faults[field] ? "wrong" : ""}">
            <label for="edit-${field}">${label} <span class="hint">(${t().setStatus.optional})</span></label>
            <input
              id="edit-${field}"
              list=${field === "team" ? "known-teams" : null}
              autocomplete="off"
              dir="auto"
              disabled=${isBusy.value}
              value=${value.value}
              aria-describedby="edit-${field}-hint"
              aria-invalid=${faults[field] ? "true" : null}
              onInput=${(/** @type {any} */ event) => (value.value = event.currentTarget.value)}
            />
            <p class=${faults[field] ? "problem" : "hint"} id="edit-${field}-hint">${faults[field] || hint}</p>
          </div>`,
      )}
      <datalist id="known-teams">${teams.value.map(({ teamId }) => html`<option key=${teamId} value=${teamId}></option>`)}</datalist>
      ${problem.value && html`<${Notice} kind="error">${problem.value}<//>`}
      <div class="dialog-actions">
        <button type="button" onClick=${onClose}>${t().common.cancel}</button>
        <button type="submit" class="primary" disabled=${!isReady}>${t().workflows.save}</button>
      </div>
    </form>
  <//>`;
}

/** The time zone of an account, in which the days of its reports begin and end. */

import { OndutyError, html, useEffect, useSignal } from "../lib.js";
import { may } from "../access.js";
import { lazy } from "../lazy.js";
import { inWords, isCancelled } from "../problems.js";
import { account, client, endedBy } from "../session.js";
import { loadReportTexts, r } from "../texts/reports.js";
import { Loading, Notice } from "../ui/parts.js";

export const AccountZone = lazy(async () => {
  await loadReportTexts();
  return Zone;
});

function Zone() {
  const texts = r().timeZone;
  /** The zone in force; null until it is known. */
  const kept = useSignal(/** @type {string | null} */ (null));
  const typed = useSignal("");
  const problem = useSignal("");
  const phase = useSignal(/** @type {"" | "saving" | "saved"} */ (""));
  const mayWrite = may("workflow.write");
  useEffect(() => {
    const stop = new AbortController();
    client.getAccount({ accountId: account.peek() }, { signal: stop.signal }).then(
      (answer) => {
        kept.value = answer.account?.timeZone ?? "";
        typed.value = kept.value;
      },
      (error) => {
        if (!isCancelled(error) && !endedBy(error)) problem.value = inWords(error);
      },
    );
    return () => stop.abort();
  }, []);
  const save = async (/** @type {Event} */ event) => {
    event.preventDefault();
    const timeZone = typed.value.trim();
    if (!mayWrite || phase.value === "saving" || timeZone === kept.value) return;
    phase.value = "saving";
    problem.value = "";
    try {
      const written = { account: { accountId: account.peek(), timeZone }, updateMask: { paths: ["time_zone"] } };
      kept.value = (await client.updateAccount(written)).account?.timeZone ?? "";
      typed.value = kept.value;
      phase.value = "saved";
    } catch (error) {
      phase.value = "";
      if (!endedBy(error)) problem.value = error instanceof OndutyError && error.code === "invalid_argument" ? texts.unknown : inWords(error);
    }
  };
  const zones = kept.value !== null && mayWrite ? Intl.supportedValuesOf("timeZone") : [];
  return html`<form class="card account-zone" onSubmit=${save} novalidate>
    <h2>${texts.title}</h2>
    ${kept.value === null
      ? !problem.value && html`<${Loading} />`
      : html`<div class="field ${problem.value ? "wrong" : ""}">
            <label for="time-zone">${texts.label}</label>
            <input
              id="time-zone"
              list="time-zones"
              maxlength="64"
              autocomplete="off"
              autocapitalize="off"
              spellcheck=${false}
              aria-describedby="time-zone-hint"
              disabled=${!mayWrite || phase.value === "saving"}
              value=${typed.value}
              onInput=${(/** @type {any} */ event) => {
                typed.value = event.currentTarget.value;
                problem.value = phase.value = "";
              }}
            />
            <datalist id="time-zones">${zones.map((each) => html`<option key=${each} value=${each}></option>`)}</datalist>
            <p class="hint" id="time-zone-hint">${texts.hint} ${texts.later}</p>
          </div>
          ${mayWrite &&
          html`<div class="form-footer">
            <p class="hint ${phase.value}" role="status">${phase.value === "saved" ? texts.saved : ""}</p>
            <button type="submit" disabled=${phase.value === "saving" || typed.value.trim() === kept.value}>${texts.save}</button>
          </div>`}`}
    ${problem.value && html`<${Notice} kind="error">${problem.value}<//>`}
  </form>`;
}

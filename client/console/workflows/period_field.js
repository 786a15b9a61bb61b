/** The periods of a workflow: each a number and a unit that can be taken away and added again. */

import { Status, html, useEffect, useId, useRef } from "../lib.js";
import { t } from "../texts/index.js";
import { Icon } from "../ui/icons.js";
import { statusWord } from "../ui/status.js";
import { suggestedAway, suggestedGone, suggestedOffline } from "./draft.js";

/** @import { Draft, Faults, Period, Unit } from "./draft.js" */

const UNITS = /** @type {Unit[]} */ (["s", "min", "h", "d"]);

/**
 * @param {object} props
 * @param {Draft} props.draft
 * @param {Faults} props.faults
 * @param {{[K in keyof Faults]: string}} [props.refused] what the server says is wrong
 * @param {(fields: Partial<Draft>) => void} props.onChange
 * @param {boolean} [props.disabled]
 * @param {boolean} [props.withGone] also of those whose last session has ended
 */
export function Periods({ draft, faults, refused = {}, onChange, disabled = false, withGone = false }) {
  const texts = t().workflows;
  const ref = useRef(/** @type {HTMLElement | null} */ (null));
  const focus = useRef("");
  useEffect(() => {
    // What was pressed is gone: go on with what has come in its place.
    if (focus.current) /** @type {HTMLElement | null} */ (ref.current?.querySelector(focus.current))?.focus();
    focus.current = "";
  });
  const wrong = (/** @type {keyof Faults} */ field) => {
    const fault = faults[field];
    return fault ? texts.invalid[fault] : refused[field];
  };
  const fields = /** @type {const} */ ([
    ["awayAfter", texts.awayAfter, texts.addAway, texts.removeAway, suggestedAway],
    ["offlineAfter", texts.offlineAfter, texts.addOffline, texts.removeOffline, suggestedOffline],
    ...(withGone
      ? /** @type {const} */ ([["disconnectAfter", texts.goneAfter, texts.addGone, texts.removeGone, suggestedGone]])
      : []),
  ]);
  const change = (/** @type {keyof Draft} */ name, /** @type {Period | null} */ period) => {
    focus.current = period ? `.${name} input` : `.add-${name}`;
    onChange({ [name]: period });
  };
  return html`<div class="periods" ref=${ref}>
    ${fields.map(([name, label, , removeLabel]) => {
      const period = draft[name];
      if (!period) return null;
      return html`<${PeriodField}
          key=${name}
          name=${name}
          label=${label}
          period=${period}
          onChange=${(/** @type {Period} */ changed) => onChange({ [name]: changed })}
          removeLabel=${removeLabel}
          onRemove=${() => change(name, null)}
          problem=${wrong(name)}
          disabled=${disabled}
          >${name === "disconnectAfter" && html`<${GoneStatus} draft=${draft} onChange=${onChange} disabled=${disabled} />`}<//
        >
        ${name === "offlineAfter" && draft.awayAfter && html`<p class="hint">${texts.bothStart}</p>`}
        ${name === "disconnectAfter" && html`<p class="hint">${texts.goneHint}</p>`}`;
    })}
    ${wrong("enabled") && html`<p class="problem" role="alert">${wrong("enabled")}</p>`}
    ${!disabled &&
    html`<div class="adders">
      ${fields.map(
        ([name, , add, , suggested]) =>
          !draft[name] &&
          html`<button type="button" key=${name} class="quiet add-${name}" onClick=${() => change(name, suggested(draft))}>
            <${Icon} name="plus" />${add}
          </button>`,
      )}
    </div>`}
  </div>`;
}

/**
 * @param {object} props
 * @param {string} props.name
 * @param {string} props.label
 * @param {Period} props.period
 * @param {(period: Period) => void} props.onChange
 * @param {string} props.removeLabel
 * @param {() => void} props.onRemove
 * @param {string | undefined} props.problem
 * @param {boolean} props.disabled
 * @param {any} [props.children] what else belongs to it
 */
function PeriodField({ name, label, period, onChange, removeLabel, onRemove, problem, disabled, children }) {
  const id = useId();
  return html`<div class="field ${name} ${problem ? "wrong" : ""}">
    <label for=${id}>${label}</label>
    <div class="field-row">
      <input
        id=${id}
        class="short"
        inputmode="decimal"
        autocomplete="off"
        value=${period.text}
        disabled=${disabled}
        aria-invalid=${problem ? "true" : null}
        aria-describedby=${problem ? `${id}-problem` : null}
        onInput=${(/** @type {any} */ event) => onChange({ ...period, text: event.currentTarget.value })}
      />
      <select
        aria-label=${t().workflows.unit(label)}
        value=${period.unit}
        disabled=${disabled}
        onChange=${(/** @type {any} */ event) => onChange({ ...period, unit: event.currentTarget.value })}
      >
        ${UNITS.map((unit) => html`<option value=${unit} selected=${unit === period.unit}>${t().longUnits[unit]}</option>`)}
      </select>
      ${children}
      ${!disabled &&
      html`<button type="button" class="icon-button" aria-label=${removeLabel} title=${removeLabel} onClick=${onRemove}>
        <${Icon} name="cross" />
      </button>`}
    </div>
    ${problem && html`<p class="problem" id=${`${id}-problem`} role="alert">${problem}</p>`}
  </div>`;
}

/** @param {{draft: Draft, onChange: (fields: Partial<Draft>) => void, disabled: boolean}} props */
function GoneStatus({ draft, onChange, disabled }) {
  return html`<select
    aria-label=${t().workflows.goneStatus}
    disabled=${disabled}
    onChange=${(/** @type {any} */ event) => onChange({ disconnectStatus: Number(event.currentTarget.value) })}
  >
    ${[Status.OFFLINE, Status.AWAY].map(
      (each) => html`<option value=${each} selected=${each === draft.disconnectStatus}>${statusWord(each)}</option>`,
    )}
  </select>`;
}

/** A period: a number, a unit, and a button that takes it away. */

import { html, useId } from "../lib.js";
import { t } from "../texts/index.js";
import { Icon } from "../ui/icons.js";

/** @import { Period, Unit } from "./draft.js" */

const UNITS = /** @type {Unit[]} */ (["s", "min", "h", "d"]);

/**
 * @param {object} props
 * @param {string} props.label
 * @param {Period} props.period
 * @param {(period: Period) => void} props.onChange
 * @param {string} props.removeLabel
 * @param {() => void} props.onRemove
 * @param {string | undefined} props.problem
 * @param {boolean} props.disabled
 */
export function PeriodField({ label, period, onChange, removeLabel, onRemove, problem, disabled }) {
  const id = useId();
  return html`<div class="field ${problem ? "wrong" : ""}">
    <label for=${id}>${label}</label>
    <div class="field-row">
      <input
        id=${id}
        class="short"
        inputmode="numeric"
        autocomplete="off"
        maxlength="9"
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
      ${!disabled &&
      html`<button type="button" class="icon-button" aria-label=${removeLabel} title=${removeLabel} onClick=${onRemove}>
        <${Icon} name="cross" />
      </button>`}
    </div>
    ${problem && html`<p class="problem" id=${`${id}-problem`} role="alert">${problem}</p>`}
  </div>`;
}
